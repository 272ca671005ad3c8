"""The work: applications from the draft to the announced decision, and the record of each step."""

from applications.models.application import Application
from applications.models.attachment import Attachment
from applications.models.budget_line import BudgetLine
from applications.models.decision import Decision, SelectionRun
from applications.models.review import CheckResult, Criterion, CriterionScore, Review
from applications.models.sharing import SharingChange
from applications.models.trail import CorrectionRequest, StatusChange, Submission, SubmissionContent

__all__ = [
    "Application",
    "Attachment",
    "BudgetLine",
    "CheckResult",
    "CorrectionRequest",
    "Criterion",
    "CriterionScore",
    "Decision",
    "Review",
    "SelectionRun",
    "SharingChange",
    "StatusChange",
    "Submission",
    "SubmissionContent",
]
