"""The money as the ministry sees it: tranches, freezes, awards, the ledger.

The programme year is where money and applications meet, and so is the change of an award: their
pages are in ``applications.admin``.
"""

from funding.admin import desk
from funding.admin.award import AwardAdmin
from funding.admin.freeze import BudgetFreezeAdmin
from funding.admin.ledger import LedgerEntryAdmin
from funding.admin.tranche import TrancheAdmin
from funding.admin.tranche_change import TrancheChangeAdmin

__all__ = [
    "AwardAdmin",
    "BudgetFreezeAdmin",
    "LedgerEntryAdmin",
    "TrancheAdmin",
    "TrancheChangeAdmin",
    "desk",
]
