"""The ledger outside a transaction: without a database, since nothing may be asked of it."""

from datetime import UTC, datetime

import pytest

from buendnisse.models import User
from funding.models import ProgrammeYear
from funding.services.ledger import Ledger


def test_ledger_is_locked_in_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        Ledger(ProgrammeYear(pk=1), acting_user=User(pk=1), now=datetime(2016, 7, 13, tzinfo=UTC))
