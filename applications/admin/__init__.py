"""The ministry's side: the queue, the case, the steps, selection, decisions, announcement."""

from applications.admin import desk, mail_kinds, shortcuts
from applications.admin.award_change import AwardChangeAdmin
from applications.admin.decision import DecisionAdmin
from applications.admin.person_erasure import PersonErasureAdmin
from applications.admin.programme_year import ProgrammeYearAdmin
from applications.admin.queue import ApplicationAdmin
from applications.admin.selection_run import SelectionRunAdmin
from applications.admin.text_blocks import TextBlockAdmin
from applications.admin.year_closing import WaitingListClosingAdmin

__all__ = [
    "ApplicationAdmin",
    "AwardChangeAdmin",
    "DecisionAdmin",
    "PersonErasureAdmin",
    "ProgrammeYearAdmin",
    "SelectionRunAdmin",
    "TextBlockAdmin",
    "WaitingListClosingAdmin",
    "desk",
    "mail_kinds",
    "shortcuts",
]
