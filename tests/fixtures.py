"""Fixtures for tests of every app."""

import pytest

from buendnisse.services.reference_data import sync_reference_data
from tests.factories.cases import Round


@pytest.fixture
def reference_data(db: None) -> None:
    """Districts, territories, and the groups with their permissions, as deployment makes them."""
    sync_reference_data()


@pytest.fixture
def round_() -> Round:
    """A programme year with its people and its money, to make cases in."""
    return Round()
