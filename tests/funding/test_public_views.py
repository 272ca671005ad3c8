"""The start page and the published list: announced awards, and nothing else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buendnisse.models import DistrictType
from tests.factories.buendnisse import NOW, DistrictFactory, UserFactory
from tests.factories.funding import (
    AnnouncedAwardFactory,
    AwardFactory,
    OpenYearFactory,
    ProgrammeYearFactory,
)

pytestmark = pytest.mark.django_db
HOME = reverse("home")
LIST = reverse("award_list")


def names(client: Client, **query: str) -> list[str]:
    return [award.recipient_name for award in client.get(LIST, query).context["page_obj"]]


def test_home_says_which_call_is_open_and_leads_to_registration(client: Client) -> None:
    OpenYearFactory()

    content = client.get(HOME).content.decode()

    assert "Der Förderaufruf 2099 ist offen" in content
    assert "1. Januar 2016, 08:00\xa0Uhr" in content
    assert "31. Dezember 2099, 23:59\xa0Uhr" in content
    assert "15.000\xa0€" in content
    assert f'href="{reverse("account_signup")}"' in content


def test_home_leads_members_to_their_alliances(client: Client) -> None:
    client.force_login(UserFactory())

    assert f'href="{reverse("alliances:list")}"' in client.get(HOME).content.decode()


def test_home_without_an_open_call_names_the_next(client: Client) -> None:
    opens = timezone.now() + timedelta(days=10)
    ProgrammeYearFactory(year=2098, call_opens_at=opens, call_closes_at=opens + timedelta(days=30))

    response = client.get(HOME)

    assert response.context["open_years"] == []
    assert response.context["next_year"].year == 2098
    assert "Zurzeit ist kein Förderaufruf offen" in response.content.decode()


def test_home_of_an_empty_database_shows_no_figures(client: Client) -> None:
    assert "Noch sind keine Zuwendungen bekannt gegeben." in client.get(HOME).content.decode()


def test_home_counts_announced_awards_only(client: Client) -> None:
    AnnouncedAwardFactory(reference="A")
    AwardFactory(reference="B")

    response = client.get(HOME)

    assert response.context["totals"].alliances == 1
    assert "30.000" not in response.content.decode()


def test_easy_german_names_the_caps_and_the_last_day(client: Client) -> None:
    OpenYearFactory()

    content = client.get(reverse("easy_german")).content.decode()

    assert '<article class="site-easy" lang="de">' in content
    assert content.count("50.000 Euro") == 2
    assert "Der letzte Tag ist: <strong>31. Dezember 2099</strong>." in content


def test_easy_german_stays_german_on_the_english_site(client: Client) -> None:
    OpenYearFactory()

    response = client.get(reverse("easy_german"), headers={"accept-language": "en"})

    content = response.content.decode()
    assert '<html lang="en"' in content
    assert "<strong>15.000 Euro</strong>" in content
    assert "31. Dezember 2099" in content


def test_easy_german_without_a_call_says_when_the_next_is_told(client: Client) -> None:
    content = client.get(reverse("easy_german")).content.decode()

    assert "Der nächste Termin steht später auf der Start-Seite." in content
    assert "Wie viel Geld gibt es?" not in content


@pytest.mark.parametrize("name", ["home", "easy_german", "account_login", "imprint"])
def test_easy_german_is_one_click_away_on_every_page(name: str, client: Client) -> None:
    content = client.get(reverse(name)).content.decode()

    header = content.partition("<header")[2].partition("</header>")[0]
    assert f'href="{reverse("easy_german")}"' in header


def test_the_list_holds_announced_awards_only_in_four_columns(client: Client) -> None:
    award = AnnouncedAwardFactory()
    AwardFactory(recipient_name="Noch geheim")

    content = client.get(LIST).content.decode()

    for value in (award.territory_name, award.recipient_name, award.purpose, "15.000\xa0€"):
        assert value in content
    assert "Noch geheim" not in content


def test_the_list_leaves_out_awards_that_were_taken_back(client: Client) -> None:
    AwardFactory(cancelled_at=NOW, released=AwardFactory.amount)

    assert names(client) == []


def test_the_list_is_filtered_by_year_district_and_words(client: Client) -> None:
    heilbronn = DistrictFactory(ags="08125", name="Heilbronn", type=DistrictType.LANDKREIS)
    AnnouncedAwardFactory(recipient_name="Eins", programme_year=ProgrammeYearFactory(year=2015))
    AnnouncedAwardFactory(recipient_name="Zwei", district=heilbronn)
    AnnouncedAwardFactory(recipient_name="Drei", purpose="Sprachtreff")

    assert names(client, year="2015") == ["Eins"]
    assert names(client, district="08125") == ["Zwei"]
    assert names(client, q="sprachTREFF") == ["Drei"]
    assert names(client, q="sprachtreff", year="2015") == []


@pytest.mark.parametrize(
    "query",
    [
        {"year": "abc"},
        {"district": "a\x00b"},
        {"q": "a\x00b"},
        {"q": "x" * 100_000},
        {"q": "🎉%_\\"},
        {"page": "9" * 400},
        {"page": "\x00"},
        {"year": "9" * 400},
    ],
)
def test_a_filter_that_cannot_be_read_breaks_nothing(query: dict[str, str], client: Client) -> None:
    AnnouncedAwardFactory()

    assert client.get(LIST, query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_five_queries_however_long(
    count: int, client: Client, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        AnnouncedAwardFactory()

    # Years, the count, the page, the sum, the districts to choose from.
    with django_assert_num_queries(5):  # type: ignore[operator]
        response = client.get(LIST)
    assert len(response.context["page_obj"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_two_queries_however_many_years(
    count: int, client: Client, django_assert_num_queries: object
) -> None:
    for number in range(count):
        AnnouncedAwardFactory(programme_year=ProgrammeYearFactory(year=2010 + number))

    with django_assert_num_queries(2):  # type: ignore[operator]
        response = client.get(HOME)
    assert len(response.context["figures"]) == count


def test_the_list_has_pages_that_keep_the_filter(client: Client) -> None:
    for _ in range(26):
        AnnouncedAwardFactory()

    content = client.get(LIST, {"year": "2016"}).content.decode()

    assert "?year=2016&amp;page=2" in content
