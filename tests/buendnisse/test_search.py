"""Searching without umlauts and capitals, and, on PostgreSQL, with a slip of the finger."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from buendnisse.file_numbers import spelled_out
from buendnisse.models import Alliance, MemberOrganisation, SearchedWord, User
from buendnisse.roles import Role
from buendnisse.search import fold, folded, search, words_of
from buendnisse.services.alliances import (
    found_alliance,
    remove_organisation,
    rename_alliance,
    save_organisation,
)
from buendnisse.services.searched_words import renew_searched_words
from buendnisse.tasks import renew_vocabulary
from tests.factories.buendnisse import NOW, OutgoingMailFactory, UserFactory


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("München", "munchen"),
        ("Muenchen", "munchen"),
        ("MUNCHEN", "munchen"),
        # The dots as a sign of their own, as some systems write file names.
        ("Mu\u0308nchen", "munchen"),
        ("Große Straße", "grosse strasse"),
        ("GIV-2016-0001", "giv 2016 0001"),
        ("Café Élan e. V.", "cafe elan e v"),
        ("100 % _", "100"),
        ("  ", ""),
    ],
)
def test_fold_leaves_letters_and_digits(typed: str, found: str) -> None:
    assert fold(typed) == found


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("GIV-2026-17", "GIV-2026-0017"),
        ("giv 2026/17", "giv-2026-0017"),
        ("GIV20260017", "GIV-2026-0017"),
        ("Wangen GIV 2026 17 Café", "Wangen GIV-2026-0017 Café"),
        ("2026-17", "2026-0017"),
        ("GIV-2026-12345", "GIV-2026-12345"),
        # Letters of another programme stay as they are.
        ("XGIV-2026-17", "XGIV-2026-0017"),
        # No file numbers: a day, a year and a number, a year alone.
        ("17.11.2026", "17.11.2026"),
        ("2026 17", "2026 17"),
        ("GIV-2026", "GIV-2026"),
    ],
)
def test_a_file_number_is_spelled_out(typed: str, written: str) -> None:
    assert spelled_out(typed) == written


def test_words_are_looked_for_one_by_one() -> None:
    assert words_of(" Wangen  GIV-2016-0001 % ") == ["wangen", "giv 2016 0001"]
    assert len(words_of("a b c d e f g h i j k")) == 8


def test_what_stands_twice_is_kept_once() -> None:
    assert folded(["Ulm", "", "ulm", "Café"]) == "ulm cafe"


@pytest.fixture
def people(db: None) -> None:
    for name in ("Jürgen Müller", "Anna Überlingen", "Weingarten 12"):
        UserFactory(name=name, email=f"{fold(name).replace(' ', '.')}@example.org")


def names_found(typed: str) -> list[str]:
    rows, _is_similar = search(User.objects.filter(name__gt=""), typed, "search_text")
    return list(rows.order_by("pk").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("mueller", ["Jürgen Müller"]),
        ("MULLER jur", ["Jürgen Müller"]),
        ("überlingen", ["Anna Überlingen"]),
        ("example.org müller", ["Jürgen Müller"]),
        ("%", []),
        ("_", []),
        ("nirgends", []),
    ],
)
def test_search_finds_every_word_in_any_spelling(
    people: None, typed: str, names: list[str]
) -> None:
    assert names_found(typed) == names


def test_search_text_follows_what_is_saved(people: None) -> None:
    person = User.objects.get(name="Jürgen Müller")
    person.name = "Jörg Öttinger"
    person.save(update_fields=["name"])
    assert names_found("muller") == ["Jörg Öttinger"]  # the address still says so
    assert names_found("Oettinger") == ["Jörg Öttinger"]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Müler", ["Jürgen Müller"]),
        ("Ueberlingn", ["Anna Überlingen"]),
        ("Weingraten", ["Weingarten 12"]),
        ("Jürgn Müler", ["Jürgen Müller"]),
        # A number that is one digit off is another number.
        ("Weingraten 13", []),
    ],
)
def test_slips_are_forgiven_where_nothing_else_is_found(
    people: None, typed: str, names: list[str]
) -> None:
    assert names_found(typed) == names
    assert search(User.objects.all(), typed, "search_text")[1] is True
    assert search(User.objects.all(), "müller", "search_text")[1] is False


@pytest.mark.postgres
def test_a_slip_is_compared_with_the_words_that_are_known(people: None) -> None:
    UserFactory(name="Petra Mullen", email="p@example.org")
    renew_searched_words()
    known = set(SearchedWord.objects.values_list("word", flat=True))
    assert {"muller", "mullen", "jurgen", "uberlingen", "weingarten", "example"} <= known
    # Neither numbers nor what is too short to resemble anything.
    assert not {"12", "org", "p"} & known
    assert names_found("Mullex") == ["Jürgen Müller", "Petra Mullen"]
    # What has come since is found by the texts, if nothing that is known comes near.
    UserFactory(name="Xaver Schwarzwälder", email="x@example.org")
    assert names_found("Schwarzwaeldr") == ["Xaver Schwarzwälder"]


@pytest.mark.postgres
def test_the_known_words_follow_the_texts(people: None) -> None:
    renew_vocabulary()
    assert SearchedWord.objects.filter(word="muller").exists()
    person = User.objects.get(name="Jürgen Müller")
    person.name, person.email = "Ada Öttinger", "ada@example.org"
    person.save()
    renew_vocabulary()
    assert not SearchedWord.objects.filter(word="muller").exists()
    assert SearchedWord.objects.filter(word="ottinger").exists()


def test_an_hourly_task_renews_the_known_words() -> None:
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert renew_vocabulary.name in tasks


@pytest.mark.postgres
def test_an_index_serves_the_comparison(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = SearchedWord.objects.extra(where=["%s <%% word"], params=["mullr"]).explain()
    assert "buendnisse_searchedword_search_idx" in plan


@pytest.mark.postgres
def test_an_index_serves_the_search(people: None) -> None:
    with connection.cursor() as cursor:
        # A table of three rows is read quicker in any other way.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    for lookup in ("contains", "resembles"):
        plan = User.objects.filter(**{f"search_text__{lookup}": "berl"}).explain()
        assert "buendnisse_user_search_idx" in plan


def test_an_alliance_is_found_by_its_names_and_its_organisations(db: None) -> None:
    owner = UserFactory()
    alliance = found_alliance(name="Bündnis Ulm", website="", acting_user=owner, now=NOW)
    organisation = save_organisation(
        organisation=MemberOrganisation(
            alliance=alliance, name="Jüdische Gemeinde", kind="church", legal_form="public_body"
        ),
        acting_user=owner,
        now=NOW,
    )

    def is_found(typed: str) -> bool:
        return search(Alliance.objects.all(), typed, "search_text")[0].exists()

    assert is_found("judische ulm")
    rename_alliance(
        alliance_id=alliance.pk, name="Bündnis Lörrach", website="", acting_user=owner, now=NOW
    )
    assert is_found("loerrach")
    assert not is_found("ulm")
    remove_organisation(organisation_id=organisation.pk, acting_user=owner, now=NOW)
    assert not is_found("judische")


@pytest.mark.usefixtures("reference_data")
def test_the_page_says_that_it_found_only_what_is_similar(db: None) -> None:
    OutgoingMailFactory(recipient="rathaus@muenchen.example", subject="Eingang")
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    mails = reverse("admin:buendnisse_outgoingmail_changelist")
    page = client.get(mails, {"q": "München"})
    assert (page.context["cl"].result_count, page.context["cl"].found_similar) == (1, False)
    page = client.get(mails, {"q": "Münchn"})
    is_postgresql = connection.vendor == "postgresql"
    assert page.context["cl"].result_count == int(is_postgresql)
    assert ("klingt ähnlich" in page.content.decode()) is is_postgresql
