"""Freezes in the admin: in force at once, lifted by two persons, and said wherever they matter."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.enums import DecisionKind, State
from applications.models import Application
from buendnisse.roles import Role
from funding.models import BudgetFreeze
from funding.services.freezes import confirm_freeze, propose_lifting
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import MONEY_AT, Round, open_decision
from tests.funding.admin_pages import FOUR_EYES, impose, text, url
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def confirmed_freeze(round_: Round) -> BudgetFreeze:
    return confirm_freeze(
        step_id=impose(round_).pk, acting_user=round_.second_budget_officer, now=MONEY_AT
    )


def lifting(round_: Round) -> BudgetFreeze:
    return propose_lifting(
        programme_year_id=round_.year.pk,
        reason="Nachtragshaushalt.",
        acting_user=round_.budget_officer,
        now=MONEY_AT,
    )


def test_a_freeze_holds_at_once_and_is_lifted_by_two(round_: Round) -> None:
    first, second = client_of(round_.budget_officer), client_of(round_.second_budget_officer)
    page = first.get(f"{url('budgetfreeze_add')}?programme_year={round_.year.pk}")
    assert page.context["form"]["programme_year"].value() == round_.year.pk
    for words in ("Die Sperre gilt sofort", "Alles andere geht weiter"):
        assert words in text(page)
    data = {"programme_year": round_.year.pk, "reason": "Haushaltslage."}
    page = first.post(url("budgetfreeze_add"), data, follow=True)
    assert "2016 ist ab sofort gesperrt." in text(page)
    freeze = round_.year.freezes.in_force().get()

    (waiting,) = second.get(reverse("admin:index")).context["waiting"]
    assert list(second.get(waiting.url).context["cl"].result_list) == [freeze]
    for code in ("confirm", "decline"):
        page = url(f"budgetfreeze_{code}", freeze.pk)
        assert FOUR_EYES in text(first.get(page))
        assert first.get(page).context["submit_hidden"]
        assert FOUR_EYES in text(first.post(page, {"reason": "Allein."}))
    assert "2016 ist bestätigt." in text(
        second.post(url("budgetfreeze_confirm", freeze.pk), follow=True)
    )
    (step,) = first.get(url("budgetfreeze_change", freeze.pk)).context["steps"]
    assert step == (url("budgetfreeze_lift", round_.year.pk), "Aufhebung vorschlagen")
    assert "Haushaltslage." in text(first.get(step[0]))
    page = first.post(step[0], {"reason": "Nachtragshaushalt."}, follow=True)
    assert "Bis zur Bestätigung bleibt es bei der Sperre." in text(page)
    assert list(round_.year.freezes.in_force()) == [freeze]
    lift = round_.year.freezes.get(kind="lift")
    assert FOUR_EYES in text(first.post(url("budgetfreeze_confirm", lift.pk)))
    page = second.post(url("budgetfreeze_confirm", lift.pk), follow=True)
    assert "2016 ist aufgehoben." in text(page)
    assert not round_.year.freezes.in_force().exists()
    assert first.get(url("budgetfreeze_change", freeze.pk)).context["steps"] == []


def test_a_second_person_ends_a_freeze(round_: Round) -> None:
    freeze = impose(round_)
    client = client_of(round_.second_budget_officer)
    decline = url("budgetfreeze_decline", freeze.pk)
    assert "Die Sperre endet sofort" in text(client.get(decline))
    assert "warum das verworfen wird" in text(client.post(decline))
    assert "Die Sperre ist beendet." in text(
        client.post(decline, {"reason": "Irrtum."}, follow=True)
    )
    assert not round_.year.freezes.in_force().exists()


def test_a_declined_lifting_leaves_the_freeze(round_: Round) -> None:
    freeze = confirmed_freeze(round_)
    lift = lifting(round_)
    client = client_of(round_.second_budget_officer)
    page = client.post(url("budgetfreeze_decline", lift.pk), {"reason": "Zu früh."}, follow=True)
    assert "Die Sperre gilt weiter." in text(page)
    assert list(round_.year.freezes.in_force()) == [freeze]


def test_a_year_is_frozen_once(round_: Round) -> None:
    confirmed_freeze(round_)
    data = {"programme_year": round_.year.pk, "reason": "Noch einmal."}
    page = client_of(round_.budget_officer).post(url("budgetfreeze_add"), data)
    assert "2016 ist schon gesperrt." in text(page)
    assert page.context["form"]["reason"].value() == "Noch einmal."
    assert BudgetFreeze.objects.count() == 1


@pytest.mark.parametrize(
    ("begin", "sentence"),
    [
        (None, "2016 ist nicht gesperrt."),
        (impose, "wartet noch auf die zweite Person"),
        (lambda r: (confirmed_freeze(r), lifting(r)), "Die Aufhebung ist schon vorgeschlagen."),
    ],
    ids=["not frozen", "not confirmed", "proposed already"],
)
def test_where_nothing_can_be_lifted_the_page_says_so(
    round_: Round, begin: object, sentence: str
) -> None:
    if callable(begin):
        begin(round_)
    page = client_of(round_.budget_officer).get(url("budgetfreeze_lift", round_.year.pk))
    assert sentence in text(page)
    assert page.context["submit_hidden"]


def test_the_second_of_two_who_lift_at_once_reads_what_happened(round_: Round) -> None:
    confirmed_freeze(round_)
    lift = lifting(round_)
    second, third = round_.second_budget_officer, UserFactory(roles=[Role.BUDGET_OFFICER])
    confirm = url("budgetfreeze_confirm", lift.pk)
    client_of(second).post(confirm)
    assert "Das hat schon Haushalt 2 bestätigt, am " in text(client_of(third).post(confirm))


NOTICE = "Haushaltssperre 2016</strong> seit dem 1. Februar 2016, 09:00 Uhr, verhängt von Haushalt."


def approve_page(application: Application) -> str:
    return reverse("admin:applications_application_approve", args=[application.pk])


def approve_many_page(application: Application) -> str:
    key = open_decision(application).pk
    return f"{reverse('admin:applications_approve_many')}?ids={key}"


@pytest.mark.parametrize("address_of", [approve_page, approve_many_page])
@pytest.mark.parametrize(
    ("kind", "is_told"), [(DecisionKind.AWARD, True), (DecisionKind.REJECTION, False)]
)
def test_an_approver_reads_of_the_freeze_before_pressing(
    round_: Round, address_of: Callable[[Application], str], kind: DecisionKind, is_told: bool
) -> None:
    application = round_.case(State.PROPOSED, kind=kind)
    client = client_of(round_.approver)
    address = address_of(application)
    assert NOTICE not in text(client.get(address))
    freeze = impose(round_)
    assert (NOTICE in text(client.get(address))) is is_told
    if is_told:
        assert "Grund: Haushaltslage." in text(client.get(address))
        assert "steht noch aus; die Sperre gilt trotzdem" in text(client.get(address))
        confirm_freeze(step_id=freeze.pk, acting_user=round_.second_budget_officer, now=MONEY_AT)
        assert "Bestätigt von Haushalt 2." in text(client.get(address))


def test_a_frozen_year_says_so_on_its_page_and_its_ranking(round_: Round) -> None:
    year = url("programmeyear_change", round_.year.pk)
    ranking = reverse("admin:applications_selection", args=[2016])
    auditor = client_of(UserFactory(roles=[Role.AUDITOR]))
    budget = client_of(round_.budget_officer)
    add, lift = (
        f"{url('budgetfreeze_add')}?programme_year=",
        url("budgetfreeze_lift", round_.year.pk),
    )
    for page in (year, ranking):
        assert NOTICE not in text(auditor.get(page))
    assert add in text(budget.get(year))
    impose(round_)
    for page in (year, ranking):
        assert NOTICE in text(auditor.get(page))
        assert lift not in text(auditor.get(page))
    assert lift in text(budget.get(year))
    assert add not in text(budget.get(year))
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    assert NOTICE not in text(administrator.get(year))


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_freezes_has_a_constant_number_of_queries(
    number: int, django_assert_num_queries: object
) -> None:
    for year in range(2016, 2016 + number):
        impose(Round(year=year, money=None))
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(url("budgetfreeze_changelist"))


# --- What holds of freezes and liftings ------------------------------------------------------


def standings(round_: Round) -> list[str]:
    """What the list says, the newest first."""
    page = client_of(round_.budget_officer).get(url("budgetfreeze_changelist"))
    rows = page.content.decode().split(' class="field-standing">')[1:]
    return [row.partition("</td>")[0].replace("\u00a0", " ") for row in rows]


def test_list_of_freezes_says_what_is_in_force(round_: Round) -> None:
    when = "1. Februar 2016, 09:00 Uhr"
    freeze = impose(round_)
    assert standings(round_) == [
        f"Gilt, verhängt von Haushalt, {when}. Die zweite Person hat noch nicht bestätigt."
    ]
    confirm_freeze(step_id=freeze.pk, acting_user=round_.second_budget_officer, now=MONEY_AT)
    assert standings(round_) == [f"Gilt, verhängt von Haushalt, {when}, bestätigt von Haushalt 2."]
    lift = lifting(round_)
    to_freeze = f'<a href="{url("budgetfreeze_change", freeze.pk)}">Zur Sperre</a>'
    to_lift = f'<a href="{url("budgetfreeze_change", lift.pk)}">Zur Aufhebung</a>'
    assert standings(round_) == [
        f"Vorgeschlagen von Haushalt, {when}. Die Sperre gilt weiter, bis die zweite Person "
        f"bestätigt. {to_freeze}",
        f"Gilt, verhängt von Haushalt, {when}, bestätigt von Haushalt 2. Die Aufhebung ist "
        f"vorgeschlagen. {to_lift}",
    ]
    confirm_freeze(step_id=lift.pk, acting_user=round_.second_budget_officer, now=MONEY_AT)
    assert standings(round_) == [
        "Die Sperre ist damit aufgehoben: vorgeschlagen von Haushalt, bestätigt von Haushalt 2, "
        f"{when}. {to_freeze}",
        f"Gilt nicht mehr: aufgehoben {when}, vorgeschlagen von Haushalt, bestätigt von "
        f"Haushalt 2. {to_lift}",
    ]
    page = client_of(round_.budget_officer).get(url("budgetfreeze_changelist"))
    assert "2 Haushaltssperren und Aufhebungen" in text(page)
    assert "Gilt nicht mehr: aufgehoben" in text(
        client_of(round_.budget_officer).get(url("budgetfreeze_change", freeze.pk))
    )


def test_list_of_freezes_says_that_a_freeze_was_ended_by_its_second_person(round_: Round) -> None:
    freeze = impose(round_)
    data = {"reason": "Irrtum."}
    client = client_of(round_.second_budget_officer)
    client.post(url("budgetfreeze_decline", freeze.pk), data)
    (standing,) = standings(round_)
    assert standing.startswith("Gilt nicht mehr: beendet von Haushalt 2, ")
    assert standing.endswith("Irrtum.")
