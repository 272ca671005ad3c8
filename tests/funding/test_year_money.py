"""The money of a year at a glance: what it shows, and that every figure leads to its entries."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buendnisse.roles import Role
from buendnisse.templatetags.display import euro
from funding.services.freezes import impose_freeze
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round
from tests.funding.scenes import MoneyStory, at, award
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

PAGE = reverse("admin:funding_year_money", args=[2016])


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[Role.BUDGET_OFFICER]))
    return client


def figures(response: HttpResponse) -> dict[str, Decimal]:
    return {amount.label: amount.euros for amount in response.context["amounts"]}


def test_the_year_is_shown_as_it_stands_today(officer: Client) -> None:
    MoneyStory()
    page = officer.get(PAGE)
    assert figures(page) == {
        "Zugewiesen": Decimal(150_000),
        "Gebunden": Decimal(55_000),
        "Ausgezahlt": Decimal(4_000),
        "Offen": Decimal(51_000),
        "Frei": Decimal(95_000),
    }
    assert [(row.label, row.balance.free) for row in page.context["tranches"].rows] == [
        ("2016-1", Decimal(45_000)),
        ("2016-2", Decimal(50_000)),
    ]
    assert {row.label: row.balance.open for row in page.context["regions"].rows} == {
        "Stuttgart": 0,
        "Karlsruhe": Decimal(40_000),
        "Freiburg": 0,
        "Tübingen": Decimal(11_000),
    }
    assert [row.label for row in page.context["month_rows"]] == [
        "Februar 2016",
        "Juli 2016",
        "August 2016",
        "Oktober 2016",
        "November 2016",
    ]


@pytest.mark.parametrize("query", ["", "?stand=31.07.2016", "?stand=2016-08-20"])
def test_every_figure_leads_to_the_entries_that_it_sums(officer: Client, query: str) -> None:
    """Each amount on the page is the sum above the list that it links to."""
    MoneyStory()
    Round(year=2015)
    html = text(officer.get(PAGE + query)).partition("<main")[2]
    ledger = reverse("admin:funding_ledgerentry_changelist")
    links = re.findall(rf'<a href="({ledger}\?[^"]*kennzahl=[^"]*)">([^<]*)</a>', html)
    assert len(links) >= 5 + 2 * 5 + 2 * 5 * 3 + 5
    wrong = []
    for url, shown in links:
        ((_label, amount),) = officer.get(unescape(url)).context["cl"].sums
        if amount != shown:
            wrong.append((url, shown, amount))
    assert wrong == []
    # No amount in a table stands there without its entries.
    assert re.findall(r'<td class="numeric">\s*[^<\s]', html) == []


def test_a_past_day_is_shown_as_it_was(officer: Client) -> None:
    MoneyStory()
    page = officer.get(f"{PAGE}?stand=31.07.2016")
    assert figures(page)["Gebunden"] == Decimal(67_000)
    assert [row.label for row in page.context["tranches"].rows] == ["2016-1"]
    html = text(page)
    assert "Stand am Ende des 31. Juli 2016" in html
    assert 'value="31.07.2016"' in html
    assert "Stand von heute" in html
    before = officer.get(f"{PAGE}?stand=01.01.2016")
    assert set(figures(before).values()) == {Decimal(0)}
    assert "ist in diesem Programmjahr nichts gebucht" in text(before)


@pytest.mark.parametrize("typed", ["", "31.12.9999", "tomorrow"])
def test_a_day_that_has_not_come_is_today(officer: Client, typed: str) -> None:
    MoneyStory()
    if typed == "tomorrow":
        typed = f"{timezone.localdate() + timedelta(days=1):%d.%m.%Y}"
    page = officer.get(f"{PAGE}?stand={typed}")
    assert (page.context["day"], page.context["past_day"]) == (timezone.localdate(), None)
    assert all("stand=" not in amount.url for amount in page.context["amounts"])


@pytest.mark.parametrize("typed", ["31.02.2016", "gestern", "%00", "9" * 5000])
def test_what_is_no_day_is_said_at_the_field(officer: Client, typed: str) -> None:
    MoneyStory()
    page = officer.get(f"{PAGE}?stand={typed}")
    assert page.status_code == 200
    assert "Bitte geben Sie einen Tag ein, den es gibt" in text(page)
    assert re.search(r"<title>\s*Fehler:", text(page))
    assert page.context["day"] == timezone.localdate()
    assert page.context["heading"].startswith("Stand von heute, ")
    assert "Den eingegebenen Tag gibt es nicht. Gezeigt wird der Stand von heute." in text(page)


def test_a_future_day_is_said_to_be_taken_as_today(officer: Client) -> None:
    MoneyStory()
    said = "Der eingegebene Tag liegt in der Zukunft. Gezeigt wird der Stand von heute."
    assert said in text(officer.get(f"{PAGE}?stand=31.12.9999"))
    assert said not in text(officer.get(f"{PAGE}?stand={timezone.localdate():%d.%m.%Y}"))
    assert officer.get(f"{PAGE}?stand=31.07.2016").context["notice"] == ""


def test_unconfirmed_tranches_are_named_and_not_counted(officer: Client) -> None:
    story = MoneyStory()
    assert officer.get(PAGE).context["pending"] is None
    story.round.propose_money(Decimal("7000.00"))
    page = officer.get(PAGE)
    pending = page.context["pending"]
    assert "Nicht mitgezählt: 1 Tranche über 7.000\u00a0€ wartet" in pending.sentence
    assert pending.sentence in text(page)
    assert [t.number for t in officer.get(pending.url).context["cl"].result_list] == [3]
    assert figures(page)["Zugewiesen"] == Decimal(150_000)
    story.round.propose_money(Decimal("500.00"))
    assert (
        "2 Tranchen über zusammen 7.500\u00a0€ warten"
        in officer.get(PAGE).context["pending"].sentence
    )
    assert officer.get(f"{PAGE}?stand=31.07.2016").context["pending"] is None


def test_the_other_years_are_one_click_away_on_the_same_day(officer: Client) -> None:
    MoneyStory()
    Round(year=2015)
    page = officer.get(f"{PAGE}?stand=31.07.2016")
    other = reverse("admin:funding_year_money", args=[2015])
    assert page.context["years"] == [(2016, ""), (2015, f"{other}?stand=31.07.2016")]
    assert officer.get(PAGE).context["years"] == [(2016, ""), (2015, other)]


def test_a_year_that_is_not_there_is_not_found(officer: Client) -> None:
    for year in (1999, 10**12):
        path = reverse("admin:funding_year_money", args=[year])
        assert officer.get(path).status_code == 404


def test_bars_of_tranches_have_one_scale(officer: Client) -> None:
    MoneyStory()
    html = text(officer.get(PAGE))
    bars = html.partition('class="money-bars"')[2].partition("</ul>")[0]
    frames = re.findall(r'class="money-frame"[^>]*width="([^"]*)"', bars)
    assert frames == ["100.00%", "50.00%"]
    # Each picture has its words: of the year, two tranches, eight groups, and the months.
    assert len(re.findall(r'role="img"[^>]*>\s*<title>\s*\w', html)) == 1 + 2 + 8 + 1
    assert "style=" not in html.partition("<main")[2]


def test_the_programme_year_leads_here(officer: Client) -> None:
    story = MoneyStory()
    year = reverse("admin:funding_programmeyear_change", args=[story.round.year.pk])
    html = text(officer.get(year))
    assert f'href="{PAGE}"' in html
    assert f'href="{reverse("admin:funding_ledgerentry_changelist")}?jahr=2016"' in html
    administrator = Client()
    administrator.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert PAGE not in text(administrator.get(year))


def test_a_frozen_year_says_so_today_and_not_on_a_past_day(officer: Client) -> None:
    story = MoneyStory()
    impose_freeze(
        programme_year_id=story.round.year.pk,
        reason="Haushaltslage.",
        acting_user=story.round.budget_officer,
        now=at(12, 1),
    )
    notice = "Haushaltssperre 2016"
    assert notice in text(officer.get(PAGE))
    assert notice not in text(officer.get(f"{PAGE}?stand=30.11.2016"))


def test_amounts_are_written_in_german(officer: Client) -> None:
    MoneyStory()
    assert f">{euro(Decimal(150_000))}</a>" in text(officer.get(PAGE))


@pytest.mark.parametrize("number", [1, 3])
def test_page_has_a_constant_number_of_queries(
    officer: Client, number: int, django_assert_num_queries: object
) -> None:
    round_ = Round()
    for each in range(number):
        round_.add_money(Decimal("1000.00"), now=at(3 + each, 1))
        award(round_, each, "1000.00", at(7 + each, 13))
    # Session, person, two for permissions, roles; the year; balances; breakdown; all years;
    # a freeze; what waits.
    with django_assert_num_queries(11):  # type: ignore[operator]
        officer.get(PAGE)
