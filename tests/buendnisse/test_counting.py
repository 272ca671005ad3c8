"""Long lists are counted as far as anybody reads, whatever their length."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buendnisse import counting
from buendnisse.counting import CappedPaginator, capped_count, count_words
from buendnisse.models import User
from buendnisse.roles import Role
from funding.models import LedgerEntry
from tests.factories.buendnisse import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def test_numbers_as_people_write_them() -> None:
    words = [count_words(number) for number in (0, 999, 1_000, 1_001)]
    assert words == ["0", "999", "1.000", "über 1.000"]


def test_pages_end_where_the_count_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        UserFactory.create_batch(2)
    monkeypatch.setattr(counting, "MOST_COUNTED", 3)
    people = User.objects.order_by("pk")
    assert capped_count(people) == 4
    paginator = CappedPaginator(people, 2)
    assert (paginator.count, paginator.num_pages, paginator.is_capped) == (3, 2, True)
    assert paginator.words == "über 3"
    few = CappedPaginator([1, 2], 2)
    assert (few.count, few.is_capped, few.words) == (2, False, "2")


def test_a_capped_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    UserFactory.create_batch(2)
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    page = client.get(reverse("admin:buendnisse_user_changelist")).content.decode()
    assert "über 2 Personen." in page
    assert "Grenzen Sie mit den Filtern oder der Suche ein." in page


def test_the_last_page_is_shown_and_a_page_beyond_it_leads_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Offsets end at the count: the last page costs what 1.000 rows cost, whatever the table."""
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    UserFactory.create_batch(8)
    monkeypatch.setattr(counting, "MOST_COUNTED", 5)
    monkeypatch.setattr(admin.site._registry[User], "list_per_page", 2)
    path = reverse("admin:buendnisse_user_changelist")
    last = client.get(f"{path}?p=3").context["cl"]
    assert (last.page_num, last.paginator.num_pages, len(last.result_list)) == (3, 3, 1)
    for beyond in ("4", "99999999999999999999"):
        assert client.get(f"{path}?p={beyond}").headers["Location"] == f"{path}?e=1"


def test_no_list_counts_a_whole_table() -> None:
    """Every list, searched or not, counts over a LIMIT; the ledger's sum counts on its way."""
    client = Client()
    client.force_login(UserFactory(roles=list(Role)))
    unlimited = []
    for model, model_admin in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in ["", *(["?q=Wangen"] if model_admin.search_fields else [])]:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path + query).status_code == 200
            counts = [
                each["sql"]
                for each in captured.captured_queries
                if each["sql"].startswith("SELECT COUNT(")
            ]
            assert counts or model is LedgerEntry
            unlimited += [path + query for sql in counts if "LIMIT 1001" not in sql]
    assert unlimited == []
