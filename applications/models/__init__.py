"""The work: applications from the draft to the announced decision, and the record of each step."""

from applications.models.application import Application
from applications.models.budget_line import BudgetLine
from applications.models.conflict import ConflictKind, ConflictRecord
from applications.models.decision import Decision, SelectionRun
from applications.models.decision_basis import DecisionBasis
from applications.models.jury_draw import JuryDraw
from applications.models.review import CheckResult, Criterion, CriterionScore, Review
from applications.models.sharing import SharingChange
from applications.models.trail import CorrectionRequest, StatusChange, Submission, SubmissionContent

__all__ = [
    "Application",
    "BudgetLine",
    "CheckResult",
    "ConflictKind",
    "ConflictRecord",
    "CorrectionRequest",
    "Criterion",
    "CriterionScore",
    "Decision",
    "DecisionBasis",
    "JuryDraw",
    "Review",
    "SelectionRun",
    "SharingChange",
    "StatusChange",
    "Submission",
    "SubmissionContent",
]
