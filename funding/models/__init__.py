"""The money: years, tranches, the ledger, awards, and what changes them."""

from funding.models.award import Award
from funding.models.award_change import AwardChange, AwardChangeKind
from funding.models.freeze import BudgetFreeze, FreezeKind
from funding.models.ledger import LedgerEntry
from funding.models.programme_year import ProgrammeYear
from funding.models.tranche import Origin, Tranche
from funding.models.tranche_change import TrancheChange

__all__ = [
    "Award",
    "AwardChange",
    "AwardChangeKind",
    "BudgetFreeze",
    "FreezeKind",
    "LedgerEntry",
    "Origin",
    "ProgrammeYear",
    "Tranche",
    "TrancheChange",
]
