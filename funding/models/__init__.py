"""The money: years, their tranches, the ledger, and the awards made from them."""

from funding.models.award import Award
from funding.models.ledger import LedgerEntry
from funding.models.programme_year import ProgrammeYear
from funding.models.tranche import Origin, Tranche

__all__ = ["Award", "LedgerEntry", "Origin", "ProgrammeYear", "Tranche"]
