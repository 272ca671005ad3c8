"""Fixtures for tests of the applicants' pages."""

import pytest
from django.test import Client

from buendnisse.models import User
from tests.factories.buendnisse import UserFactory


@pytest.fixture
def owner() -> User:
    return UserFactory()


@pytest.fixture
def applicant(client: Client, owner: User) -> Client:
    """The browser of an alliance's owner."""
    client.force_login(owner)
    return client
