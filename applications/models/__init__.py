"""The work: applications from the draft to the announced decision, and the record of each step."""

from applications.models.application import Application
from applications.models.attachment import Attachment
from applications.models.budget_line import BudgetLine
from applications.models.case_file import ApplicantMessage, FollowUp, InternalNote
from applications.models.conflict import ConflictKind, ConflictRecord
from applications.models.consent import ConsentRequest
from applications.models.decision import Decision, SelectionRun
from applications.models.decision_basis import DecisionBasis
from applications.models.deputyship import Deputyship
from applications.models.jury_draw import JuryDraw
from applications.models.late_request import LateRequest
from applications.models.review import CheckResult, Criterion, CriterionScore, Review
from applications.models.sharing import SharingChange
from applications.models.text_block import TextBlock
from applications.models.trail import (
    CorrectionExtension,
    CorrectionRequest,
    StatusChange,
    Submission,
    SubmissionContent,
)
from applications.models.year_closing import WaitingListClosing

__all__ = [
    "ApplicantMessage",
    "Application",
    "Attachment",
    "BudgetLine",
    "CheckResult",
    "ConflictKind",
    "ConflictRecord",
    "ConsentRequest",
    "CorrectionExtension",
    "CorrectionRequest",
    "Criterion",
    "CriterionScore",
    "Decision",
    "DecisionBasis",
    "Deputyship",
    "FollowUp",
    "InternalNote",
    "JuryDraw",
    "LateRequest",
    "Review",
    "SelectionRun",
    "SharingChange",
    "StatusChange",
    "Submission",
    "SubmissionContent",
    "TextBlock",
    "WaitingListClosing",
]
