"""The money as the ministry sees it: tranches, awards, the ledger.

The programme year is where money and applications meet; its page is in ``applications.admin``.
"""

from funding.admin import desk
from funding.admin.award import AwardAdmin
from funding.admin.ledger import LedgerEntryAdmin
from funding.admin.tranche import TrancheAdmin

__all__ = ["AwardAdmin", "LedgerEntryAdmin", "TrancheAdmin", "desk"]
