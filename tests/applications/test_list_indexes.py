"""What the lists of the ministry and the desk are read from: indexes, and the rows of one page."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Q, QuerySet
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import State
from applications.models import Application, Decision
from buendnisse.counting import CappedPaginator, capped_count, capped_counts
from buendnisse.models import Alliance, ChangeRecord, OutgoingMail, User
from buendnisse.roles import Role
from buendnisse.services.outbox import without_secrets
from buendnisse.templatetags.filters import filter_links
from funding.models import Award, LedgerEntry
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

QUEUE = reverse("admin:applications_application_changelist")


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=set(Role)))
    return client


def plan_of_keys(rows: QuerySet[Any]) -> str:
    """How PostgreSQL finds the keys of a page where a scan of the table and a sort are no way."""
    ways = ("seqscan", "sort", "incremental_sort", "bitmapscan", "hashjoin", "mergejoin")
    with connection.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET LOCAL enable_{way} = off")
    return rows.values("pk")[:25].explain()


def listed(model: type, query: str = "") -> QuerySet[Any]:
    """The rows of a list in the order that its page has them in."""
    request = RequestFactory().get(f"/{query}")
    request.user = UserFactory(roles=set(Role))
    rows: QuerySet[Any] = admin.site._registry[model].get_changelist_instance(request).queryset
    return rows


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("model", "query", "index"),
    [
        (Application, "", "application_order_idx"),
        (Application, "?o=1", "application_reference_idx"),
        (Application, "?o=-1", "application_reference_idx"),
        (Application, "?o=4", "application_age_idx"),
        (Application, "?o=-4", "application_age_idx"),
        (Application, "?o=-5", "application_requested_idx"),
        (Application, "?o=-7", "application_score_idx"),
        (Application, "?sachbearbeitung=ich", "application_caseload_idx"),
        (Decision, "", "decision_proposed_idx"),
        (Decision, "?outcome__exact=open", "decision_outcome_idx"),
        (Decision, "?kind__exact=waiting_list", "decision_kind_idx"),
        (Decision, "?o=-4", "decision_amount_idx"),
        (Award, "", "award_order_idx"),
        (Award, "?o=0", "award_reference_idx"),
        (Award, "?o=-0", "award_reference_idx"),
        (Award, "?o=-4", "award_amount_idx"),
        (Award, "?o=-6", "award_day_idx"),
        (LedgerEntry, "", "ledger_booked_at_idx"),
        (User, "?o=1", "user_name_idx"),
        (User, "?o=-1", "user_name_idx"),
        (User, "?is_staff__exact=1", "user_all_staff_idx"),
        (User, "?is_active__exact=0", "user_inactive_idx"),
        (ChangeRecord, "?kind__exact=added", "change_rare_kind_idx"),
        (Alliance, "", "alliance_name_idx"),
        (Alliance, "?o=-0", "alliance_name_idx"),
        (OutgoingMail, "", "mail_created_idx"),
        (OutgoingMail, "?state__exact=failed", "mail_state_idx"),
        (OutgoingMail, "?kind=acknowledgement", "mail_kind_idx"),
        (OutgoingMail, "?state__exact=by_post", "mail_by_post_idx"),
    ],
)
def test_an_index_has_the_order_of_the_list(model: type, query: str, index: str) -> None:
    plan = plan_of_keys(listed(model, query))
    assert index in plan
    assert "Sort" not in plan


@pytest.mark.postgres
def test_the_desk_counts_letters_by_their_own_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    letters = without_secrets(OutgoingMail.objects.to_post()).order_by()
    assert "mail_by_post_idx" in letters.values("pk").explain()


@pytest.mark.postgres
def test_nothing_new_waits_in_the_indexes_of_the_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reloptions FROM pg_class"
            " WHERE relname LIKE '%\\_search\\_idx' ORDER BY relname"
        )
        found = cursor.fetchall()
    assert found == [
        (f"{table}_search_idx", ["fastupdate=off"])
        for table in (
            "applications_application",
            "buendnisse_alliance",
            "buendnisse_outgoingmail",
            "buendnisse_searchedword",
            "buendnisse_user",
            "funding_award",
            "funding_ledgerentry",
        )
    ]


@pytest.mark.parametrize("query", ["", "?o=1", "?o=-1", "?o=-5", "?o=5.-1"])
def test_the_pages_of_a_list_have_all_its_rows_in_its_order(round_: Round, query: str) -> None:
    for _ in range(5):
        round_.case(State.SUBMITTED)
    rows = listed(Application, query)
    pages = CappedPaginator(rows, 2)
    with CaptureQueriesContext(connection) as captured:
        found = [list(pages.page(number).object_list) for number in (1, 2, 3)]
    assert found == [list(rows)[start : start + 2] for start in (0, 2, 4)]
    assert [sql["sql"].count("LIMIT 2") for sql in captured if "ORDER BY" in sql["sql"]]


def test_a_column_that_runs_down_turns_the_rest_of_the_order_over(round_: Round) -> None:
    first, second, third = (round_.case(State.SUBMITTED) for _ in range(3))
    # All ask for the same amount, so the file number decides.
    assert list(listed(Application, "?o=5")) == [first, second, third]
    assert list(listed(Application, "?o=-5")) == [third, second, first]
    assert list(listed(Application)) == [first, second, third]


def test_alliances_are_not_sorted_by_what_is_looked_up_for_each(client: Client) -> None:
    page = client.get(reverse("admin:buendnisse_alliance_changelist"), {"o": "-1"})
    changelist = page.context["cl"]
    assert [changelist.get_ordering_field(name) for name in changelist.list_display] == [
        "name",
        None,
        None,
        None,
    ]


def test_a_typed_order_that_no_column_offers_sorts_nothing(client: Client) -> None:
    UserFactory(name="A", organisation="Zebra", email="a@example.org")
    UserFactory(name="B", organisation="Aal", email="b@example.org")
    people = reverse("admin:buendnisse_user_changelist")

    def order(query: str) -> list[str]:
        rows = client.get(f"{people}?{query}").context["cl"].result_list
        return [person.email for person in rows if person.organisation in ("Zebra", "Aal")]

    assert order("o=-1") == ["b@example.org", "a@example.org"]
    # The third column, the organisation, has no arrow.
    assert order("o=2") == order("") == ["a@example.org", "b@example.org"]


def test_the_choices_of_a_filter_are_escaped() -> None:
    choices = [
        {"selected": True, "query_string": '?a="b"&c=d', "display": "<b>Café</b>"},
        {"selected": False, "query_string": "?", "display": "Alle"},
    ]
    assert filter_links(choices) == (
        '<li class="selected"><a href="?a=%22b%22&amp;c=d">&lt;b&gt;Café&lt;/b&gt;</a></li>'
        '<li><a href="?">Alle</a></li>'
    )


def test_the_box_of_a_row_says_which_row(client: Client, round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    assert (
        f'<input type="checkbox" name="_selected_action" value="{application.pk}"'
        f' class="action-select" aria-label="Auswählen: {application}">'
    ) in client.get(QUEUE).content.decode()


def test_all_and_mine_are_counted_together(round_: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [UserFactory(name=name) for name in ("Ulm", "Ulm", "Wangen")]
    rows = type(people[0]).objects.filter(pk__in=[person.pk for person in people])
    condition = Q(name="Wangen")
    assert capped_counts(rows, condition) == (3, 1)
    # Where not all are counted, those that meet the condition are none the less.
    monkeypatch.setattr("buendnisse.counting.MOST_COUNTED", 1)
    assert capped_counts(rows, condition) == (2, 1)
    assert capped_count(rows) == 2


def test_the_desk_counts_what_is_to_be_announced_by_year(client: Client, round_: Round) -> None:
    def announcements() -> list[tuple[str, int]]:
        return [
            (str(item.label), item.count)
            for item in client.get(reverse("admin:index")).context["waiting"]
            if "bekannt zu geben" in str(item.label)
        ]

    for _ in range(2):
        round_.case(State.AWARDED)
    assert announcements() == [("Entscheidungen 2016 bekannt zu geben", 2)]
    Round(year=2015).case(State.AWARDED)
    assert announcements() == [
        ("Entscheidung 2015 bekannt zu geben", 1),
        ("Entscheidungen 2016 bekannt zu geben", 2),
    ]
    assert Award.objects.count() == 3
