"""Money that changes, in the admin: tranches that grow and shrink by two persons."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from applications.enums import State
from buendnisse.roles import Role
from funding.models import LedgerEntry, Tranche, TrancheChange
from funding.services.tranche_changes import (
    confirm_tranche_change,
    decline_tranche_change,
    propose_tranche_change,
)
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import MONEY_AT, Round
from tests.funding.admin_pages import FOUR_EYES, impose, text, url
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def tranche_of(round_: Round) -> Tranche:
    return Tranche.objects.get(programme_year=round_.year)


def change_data(**changes: object) -> dict[str, object]:
    return {"amount": "5.000", "reason": "Nachtrag.", "reference": "Kap. 0919"} | changes


def propose(round_: Round, amount: str = "5000.00", tranche: Tranche | None = None) -> int:
    return propose_tranche_change(
        tranche_id=(tranche or tranche_of(round_)).pk,
        amount=Decimal(amount),
        reason="Nachtrag.",
        reference="Kap. 0919",
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    ).pk


def settle(round_: Round, key: int, *, confirm: bool) -> None:
    by = {"change_id": key, "acting_user": round_.second_budget_officer, "now": MONEY_AT}
    if confirm:
        confirm_tranche_change(**by)  # type: ignore[arg-type]
    else:
        decline_tranche_change(reason="Doppelt.", **by)  # type: ignore[arg-type]


# --- Tranches --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said", "amount", "free"),
    [
        ("increase", "um +5.000 € ist vorgeschlagen", "45000.00", "45.000 €"),
        ("reduce", "um −5.000 € ist vorgeschlagen", "35000.00", "35.000 €"),
    ],
)
def test_a_tranche_is_changed_by_two(
    round_: Round, code: str, said: str, amount: str, free: str
) -> None:
    first, second = client_of(round_.budget_officer), client_of(round_.second_budget_officer)
    tranche = tranche_of(round_)
    pdf = SimpleUploadedFile("Beleg.pdf", b"%PDF-1.7 Beleg", "application/pdf")
    page = url(f"tranche_{code}", tranche.pk)
    assert "40.000 €" in text(first.get(page))
    response = first.post(page, change_data(document=pdf), follow=True)
    assert said in text(response)
    assert response.context["steps"] == []
    assert [label for label, _why in response.context["closed_steps"]] == [
        "Betrag erhöhen",
        "Betrag kürzen",
    ]
    change = TrancheChange.objects.get()
    confirm = url("tranchechange_confirm", change.pk)
    assert FOUR_EYES in text(first.get(confirm))
    assert first.get(confirm).context["submit_hidden"]
    assert FOUR_EYES in text(first.post(confirm))
    assert Tranche.objects.get().amount == Decimal("40000.00")

    assert first.get(reverse("admin:index")).context["waiting"] == []
    (waiting,) = second.get(reverse("admin:index")).context["waiting"]
    assert waiting.count == 1
    assert list(second.get(waiting.url).context["cl"].result_list) == [change]
    page = text(second.get(confirm))
    for words in ("40.000 €", free, "Nachtrag.", "Kap. 0919", "Haushalt"):
        assert words in page
    assert f"davon frei {free}." in text(second.post(confirm, follow=True))
    tranche.refresh_from_db()
    assert tranche.amount == Decimal(amount)
    document = second.get(url("tranchechange_document", change.pk))
    assert b"".join(document.streaming_content) == b"%PDF-1.7 Beleg"
    assert document.headers["Content-Disposition"].startswith("attachment;")


def test_a_reduction_below_what_is_committed_says_how_much_is_free(round_: Round) -> None:
    round_.case(State.AWARDED)
    client = client_of(round_.budget_officer)
    page = client.post(
        url("tranche_reduce", tranche_of(round_).pk), change_data(amount="25.000,01")
    )
    assert "lässt sich höchstens um 25.000 € kürzen" in text(page)
    assert page.context["form"]["amount"].value() == "25.000,01"
    assert not TrancheChange.objects.exists()


def test_a_reduction_that_no_longer_fits_is_not_confirmed(round_: Round) -> None:
    key = propose(round_, "-30000.00")
    round_.case(State.AWARDED)
    client = client_of(round_.second_budget_officer)
    page = client.get(url("tranchechange_confirm", key))
    assert "höchstens um 25.000 € kürzen" in text(page)
    assert page.context["submit_hidden"]
    assert "höchstens um 25.000 € kürzen" in text(client.post(url("tranchechange_confirm", key)))
    assert tranche_of(round_).amount == Decimal("40000.00")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "-5"}, "Bitte geben Sie den Betrag ohne Minuszeichen ein"),
        ({"amount": "0"}, "Bitte geben Sie mindestens 0,01 € ein."),
        ({"reason": " "}, "Bitte geben Sie einen Grund an."),
        ({"reference": ""}, "Bitte geben Sie die Haushaltsreferenz an."),
    ],
)
def test_wrong_input_for_a_change_is_named_and_kept(
    round_: Round, changes: dict[str, object], sentence: str
) -> None:
    data = change_data(**changes)
    page = client_of(round_.budget_officer).post(
        url("tranche_increase", tranche_of(round_).pk), data
    )
    assert sentence in text(page)
    assert page.context["form"]["amount"].value() == data["amount"]
    assert not TrancheChange.objects.exists()


def test_the_longest_reason_and_reference_can_be_booked(round_: Round) -> None:
    data = change_data(reason="ä" * 380, reference="K" * 100)
    page = url("tranche_increase", tranche_of(round_).pk)
    client_of(round_.budget_officer).post(page, data)
    settle(round_, TrancheChange.objects.get().pk, confirm=True)
    assert LedgerEntry.objects.latest("pk").reason == f"{'ä' * 380} ({'K' * 100})"


def test_a_second_change_waits_for_the_first(round_: Round) -> None:
    key = propose(round_)
    client = client_of(round_.budget_officer)
    tranche = tranche_of(round_)
    assert client.get(url("tranche_change", tranche.pk)).context["steps"] == []
    page = client.get(url("tranche_increase", tranche.pk))
    assert url("tranchechange_change", key) in text(page)
    assert page.context["submit_hidden"]
    page = client.post(url("tranche_increase", tranche.pk), change_data())
    assert "wartet schon eine Änderung" in text(page)
    assert TrancheChange.objects.count() == 1


def test_a_tranche_that_is_not_confirmed_is_not_changed(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    client = client_of(round_.budget_officer)
    labels = [
        label for _url, label in client.get(url("tranche_change", tranche.pk)).context["steps"]
    ]
    assert labels == ["Verwerfen"]
    page = client.get(url("tranche_increase", tranche.pk))
    assert "Diese Tranche ist nicht bestätigt." in text(page)
    assert page.context["submit_hidden"]
    page = client.post(url("tranche_increase", tranche.pk), change_data())
    assert "Diese Tranche ist nicht bestätigt." in text(page)


def test_where_nothing_is_free_nothing_can_be_reduced() -> None:
    round_ = Round(money=Decimal("15000.00"))
    round_.case(State.AWARDED)
    page = client_of(round_.budget_officer).get(url("tranche_reduce", tranche_of(round_).pk))
    assert "In dieser Tranche ist nichts frei." in text(page)
    assert page.context["submit_hidden"]


@pytest.mark.parametrize(
    ("confirm", "code", "sentence"),
    [
        (True, "confirm", "Das hat schon Haushalt 2 bestätigt, am "),
        (True, "decline", "Das hat schon Haushalt 2 bestätigt, am "),
        (False, "confirm", "Das hat schon Haushalt 2 verworfen, am "),
        (False, "decline", "Das hat schon Haushalt 2 verworfen, am "),
    ],
)
def test_a_page_that_is_late_says_what_happened(
    round_: Round, confirm: bool, code: str, sentence: str
) -> None:
    key = propose(round_)
    client = client_of(UserFactory(roles=[Role.BUDGET_OFFICER]))
    settle(round_, key, confirm=confirm)
    page = client.post(url(f"tranchechange_{code}", key), {"reason": "Zu spät."})
    assert sentence in text(page)
    assert page.context["submit_hidden"]
    page = client.get(url(f"tranchechange_{code}", key), follow=True)
    assert "Das ist schon entschieden" in text(page)
    assert page.redirect_chain == [(url("tranchechange_change", key), 302)]
    assert page.context["steps"] == []


def test_a_change_is_declined_with_a_reason(round_: Round) -> None:
    key = propose(round_)
    client = client_of(round_.budget_officer)
    decline = url("tranchechange_decline", key)
    assert "warum das verworfen wird" in text(client.post(decline))
    client.post(decline, {"reason": "Verrechnet."})
    change = TrancheChange.objects.get()
    assert (change.declined_by, change.decline_reason) == (round_.budget_officer, "Verrechnet.")
    assert "Verrechnet." in text(client.get(url("tranchechange_change", key)))
    assert client.get(url("tranchechange_document", key)).status_code == 404


def test_a_tranche_shows_its_changes_and_leads_to_its_entries(round_: Round) -> None:
    # With one tranche alone the ledger has nothing to filter.
    other = round_.add_money(Decimal("1000.00"))
    tranche = Tranche.objects.get(number=1)
    settle(round_, propose(round_, "5000.00", tranche), confirm=True)
    settle(round_, propose(round_, "-2500.50", tranche), confirm=False)
    propose(round_, "-100.00", tranche)
    settle(round_, propose(round_, "7.00", other), confirm=True)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    page = client.get(url("tranche_change", tranche.pk))
    assert [
        (line.amount.replace("\u00a0", " "), line.state) for line in page.context["changes"]
    ] == [
        ("−100 €", "Wartet auf Bestätigung"),
        ("−2.500,50 €", "Verworfen"),
        ("+5.000 €", "Bestätigt"),
    ]
    for words in ("Bestätigt: Haushalt 2, 1. Februar 2016", "Grund der Verwerfung: Doppelt."):
        assert words in text(page)
    assert page.context["steps"] == []
    entries = client.get(page.context["entries_url"]).context["cl"].result_list
    assert {entry.tranche for entry in entries} == {tranche}
    assert [entry.amount for entry in entries] == [Decimal("5000.00"), Decimal("40000.00")]


@pytest.mark.parametrize(
    ("state", "numbers"),
    [
        ("offen", [3]),
        ("von-mir", [3]),
        ("bestaetigt", [1]),
        ("verworfen", [2]),
        ("", [3, 2, 1]),
    ],
)
def test_changes_by_state(state: str, numbers: list[int]) -> None:
    round_ = Round(money=None)
    for _ in range(3):
        round_.add_money(Decimal("1000.00"))
    first, second, third = Tranche.objects.order_by("number")
    settle(round_, propose(round_, tranche=first), confirm=True)
    settle(round_, propose(round_, tranche=second), confirm=False)
    propose(round_, tranche=third)
    client = client_of(round_.second_budget_officer)
    page = client.get(f"{url('tranchechange_changelist')}?stand={state}")
    assert [each.tranche.number for each in page.context["cl"].result_list] == numbers


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_changes_has_a_constant_number_of_queries(
    number: int, django_assert_num_queries: object
) -> None:
    round_ = Round(money=None)
    for _ in range(number):
        propose(round_, tranche=round_.add_money(Decimal("1000.00")))
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(url("tranchechange_changelist"))


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_a_tranche_has_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        settle(round_, propose(round_), confirm=True)
    client = client_of(round_.budget_officer)
    page = url("tranche_change", tranche_of(round_).pk)
    client.get(page)  # Django keeps the content type from here on
    with django_assert_num_queries(13):  # type: ignore[operator]
        client.get(page)


@pytest.mark.parametrize("route", ["tranchechange", "budgetfreeze", "awardchange"])
@pytest.mark.parametrize("key", ["9" * 30, "4711"])
def test_pages_of_what_is_not_there(round_: Round, route: str, key: str) -> None:
    client = client_of(round_.budget_officer)
    page = url(f"{route}_change", 1).replace("/1/", f"/{key}/")
    assert client.get(page).status_code == 404


# --- Who proposed it sees the step greyed, with its reason ----------------------------------


def steps_of(page: HttpResponse) -> tuple[list[str], list[str]]:
    """The words of the open and of the closed steps."""
    return (
        [label for _url, label in page.context["steps"]],
        [label for label, why in page.context["closed_steps"] if FOUR_EYES in why],
    )


def test_who_proposed_a_step_finds_it_greyed_with_the_reason(round_: Round) -> None:
    first, second = client_of(round_.budget_officer), client_of(round_.second_budget_officer)
    tranche = url("tranche_change", round_.propose_money(Decimal("1000.00")).pk)
    change = url("tranchechange_change", propose(round_, tranche=Tranche.objects.get(number=1)))
    freeze = url("budgetfreeze_change", impose(round_).pk)
    assert steps_of(first.get(tranche)) == (["Verwerfen"], ["Bestätigen"])
    assert steps_of(first.get(change)) == (["Verwerfen"], ["Bestätigen"])
    assert steps_of(first.get(freeze)) == ([], ["Bestätigen", "Sperre beenden"])
    assert '<span class="desk-steps__closed">Sperre beenden</span>' in text(first.get(freeze))
    assert steps_of(second.get(tranche)) == (["Bestätigen", "Verwerfen"], [])
    assert steps_of(second.get(change)) == (["Bestätigen", "Verwerfen"], [])
    assert steps_of(second.get(freeze)) == (["Bestätigen", "Sperre beenden"], [])


# --- Ways ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.BUDGET_OFFICER, ["Geld 2016"]),
        (Role.CASE_OFFICER, ["Rangliste 2016", "Simulation 2016", "Geld 2016"]),
        (Role.ADMINISTRATOR, []),
    ],
)
def test_the_desk_leads_to_the_pages_of_the_years(
    round_: Round, role: Role, labels: list[str]
) -> None:
    client = client_of(UserFactory(roles=[role]))
    shortcuts = client.get(reverse("admin:index")).context["shortcuts"]
    found = [link for _year, links in shortcuts for link in links]
    assert sorted(link.label for link in found) == sorted(labels)
    assert [client.get(link.url).status_code for link in found] == [200] * len(labels)


def test_lists_of_changes_are_reached_from_their_pages_and_not_from_the_header(
    round_: Round,
) -> None:
    client = client_of(round_.budget_officer)
    html = client.get(url("tranche_changelist")).content.decode()
    header, _nav, page = html.partition("<main")
    for name in ("tranchechange_changelist", "budgetfreeze_changelist"):
        assert f'href="{url(name)}"' not in header
        assert f'href="{url(name)}"' in page
        assert f'href="{url(name)}"' in client.get(reverse("admin:index")).content.decode()
    awards = client.get(url("award_changelist")).content.decode()
    assert f'href="{url("awardchange_changelist")}"' in awards.partition("<main")[2]


@pytest.mark.parametrize(
    ("role", "is_linked"), [(Role.BUDGET_OFFICER, False), (Role.AUDITOR, True)]
)
def test_a_person_is_a_link_only_for_who_may_open_accounts(
    round_: Round, role: Role, is_linked: bool
) -> None:
    client = client_of(UserFactory(roles=[role]))
    person = reverse("admin:buendnisse_user_change", args=[round_.budget_officer.pk])
    page = text(client.get(url("tranche_change", tranche_of(round_).pk)))
    assert (f'href="{person}"' in page) is is_linked
    assert "Vorgeschlagen von" in page
    assert '<div class="readonly">Haushalt</div>' in page or is_linked


@pytest.mark.parametrize(
    ("number", "label"),
    [
        (1, "Tranche zu bestätigen (von anderen vorgeschlagen)"),
        (2, "Tranchen zu bestätigen (von anderen vorgeschlagen)"),
    ],
)
def test_the_desk_counts_in_singular_and_plural(round_: Round, number: int, label: str) -> None:
    for place in range(1, number + 1):
        round_.propose_money(Decimal(1000 * place))
    client = client_of(round_.second_budget_officer)
    (item,) = client.get(reverse("admin:index")).context["waiting"]
    assert (item.count, str(item.label)) == (number, label)
