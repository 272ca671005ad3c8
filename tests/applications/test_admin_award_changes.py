"""Announced awards in the admin: renounced, reduced, revoked by two persons, and what is told."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.services.conflicts import record_conflict
from buendnisse.models import MembershipRole, OutgoingMail, User
from buendnisse.roles import Role
from funding.models import Award, AwardChange, AwardChangeKind, LedgerEntry, Tranche
from funding.rules.ledger import EntryKind
from funding.services.award_changes import decline_award_change, propose_award_change
from funding.services.ledger import Ledger
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import ANNOUNCED_AT, Round
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    """Two tranches; an award of 15,000 euros takes 10,000 from the first."""
    found = Round(money=Decimal("10000.00"))
    found.add_money(Decimal("20000.00"))
    return found


@pytest.fixture
def award(round_: Round) -> Award:
    application = round_.case(State.AWARDED, announced=True)
    assert application.award
    return application.award


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def url(name: str, *args: object) -> str:
    return reverse(f"admin:funding_{name}", args=args)


def propose(round_: Round, award: Award, amount: str = "15000.00") -> AwardChange:
    return propose_award_change(
        award_id=award.pk,
        kind=AwardChangeKind.RENUNCIATION,
        amount=Decimal(amount),
        reason="Das Café schließt.",
        acting_user=round_.officer,
        now=ANNOUNCED_AT,
    )


def pay(round_: Round, award: Award, amount: str) -> None:
    """Paid out of the first tranche."""
    with transaction.atomic():
        ledger = Ledger(round_.year, acting_user=round_.budget_officer, now=ANNOUNCED_AT)
        tranche = min(ledger.tranches.values(), key=lambda each: each.number)
        ledger.append(tranche, EntryKind.PAYMENT, Decimal(amount), reason="Abruf", award=award)
        ledger.write()


def free() -> list[Decimal]:
    return [tranche.free for tranche in Tranche.objects.order_by("number")]


def test_an_award_is_renounced_by_two_and_its_money_is_free(round_: Round, award: Award) -> None:
    officer, approver = client_of(round_.officer), client_of(round_.second_approver)
    (step,) = officer.get(url("award_change", award.pk)).context["steps"]
    page = officer.get(step[0])
    assert page.context["form"]["amount"].value() is None
    assert "Höchstens 15.000 €: alles, was noch nicht ausgezahlt ist." in text(page)
    data = {"kind": "renunciation", "amount": "12.000", "reason": "Das Café schließt."}
    page = officer.post(step[0], data, follow=True)
    assert "Vorgeschlagen: Verzicht über 12.000 €." in text(page)
    change = AwardChange.objects.get()
    assert free() == [Decimal("0.00"), Decimal("15000.00")]
    assert not OutgoingMail.objects.filter(kind="award_changed").exists()

    waiting = {item.url: item for item in approver.get(reverse("admin:index")).context["waiting"]}
    item = waiting[f"{url('awardchange_changelist')}?stand=von-mir"]
    assert item.count == 1
    assert list(approver.get(item.url).context["cl"].result_list) == [change]
    confirm = url("awardchange_confirm", change.pk)
    page = approver.get(confirm)
    assert [
        (str(line.tranche), line.amount, line.free_before, line.free_after)
        for line in page.context["returns"]
    ] == [
        ("2016-2", Decimal("5000.00"), Decimal("15000.00"), Decimal("20000.00")),
        ("2016-1", Decimal("7000.00"), Decimal("0.00"), Decimal("7000.00")),
    ]
    shown = [(mail.addressee.email, mail.text) for mail in page.context["messages_to_send"]]
    assert shown
    assert "Sie verzichten auf 12.000 €." in text(page)
    assert ("Zuwendung danach", "3.000 €") in [
        (term, value.replace("\u00a0", " ")) for term, value in page.context["facts"]
    ]
    assert "<details open>" in text(page)
    assert "Diese E-Mail geht hinaus" in text(page)
    page = approver.post(confirm, follow=True)
    assert (
        "12.000 € sind wieder frei (Tranche 2016-1: 7.000 €, Tranche 2016-2: 5.000 €). "
        f"Eine E-Mail geht an {shown[0][0]}." in text(page)
    )
    for entry in LedgerEntry.objects.filter(kind="release"):
        assert f'href="{url("ledgerentry_change", entry.pk)}"' in text(page)
    assert "Nachrückliste" not in text(page).split("<main", 1)[1]
    assert free() == [Decimal("7000.00"), Decimal("20000.00")]
    sent = OutgoingMail.objects.filter(kind="award_changed")
    assert [(mail.recipient, mail.body_text) for mail in sent.order_by("pk")] == shown


def test_the_page_of_an_award_shows_what_has_become_of_its_money(
    round_: Round, award: Award
) -> None:
    pay(round_, award, "1000.00")
    change = propose(round_, award, "6000.00")
    client_of(round_.second_approver).post(url("awardchange_confirm", change.pk))
    page = client_of(UserFactory(roles=[Role.AUDITOR])).get(url("award_change", award.pk))
    assert [
        (str(part.tranche), part.granted, part.released, part.left, part.paid)
        for part in page.context["parts"]
    ] == [
        ("2016-1", Decimal(10000), Decimal(1000), Decimal(9000), Decimal(1000)),
        ("2016-2", Decimal(5000), Decimal(5000), Decimal(0), Decimal(0)),
    ]
    total = page.context["total"]
    assert (total.left, total.paid) == (Decimal(9000), Decimal(1000))
    assert [(entry.kind, entry.amount) for entry in page.context["entries"]] == [
        ("commitment", Decimal(10000)),
        ("commitment", Decimal(5000)),
        ("payment", Decimal(1000)),
        ("release", Decimal(5000)),
        ("release", Decimal(1000)),
    ]
    shown = text(page)
    assert "Verzicht: Das Café schließt." in shown
    assert url("awardchange_change", change.pk) in shown
    assert "Bestätigt: Zeichnung 2" in shown
    assert page.context["steps"] == []


def test_after_a_change_the_waiting_list_can_be_drawn_on(round_: Round, award: Award) -> None:
    round_.case(State.WAITLISTED)
    change = propose(round_, award)
    approver = client_of(round_.second_approver)
    page = approver.post(url("awardchange_confirm", change.pk), follow=True)
    ranking = f"{reverse('admin:applications_selection', args=[2016])}?source=waitlisted"
    assert "Auf der Nachrückliste 2016 steht 1 Antrag, für den es reichen kann." in text(page)
    assert f'href="{ranking}"' in text(page)
    assert approver.get(ranking).status_code == 200
    budget = client_of(round_.budget_officer).get(url("awardchange_change", change.pk))
    assert ranking not in text(budget)


def test_what_is_paid_is_not_set_free(round_: Round, award: Award) -> None:
    pay(round_, award, "4000.00")
    client = client_of(round_.officer)
    page = url("awardchange_propose", award.pk)
    assert "Höchstens 11.000 €" in text(client.get(page))
    data = {"kind": "reduction", "amount": "11.000,01", "reason": "Weniger Kurse."}
    response = client.post(page, data)
    assert "lassen sich höchstens 11.000 € zurückgeben" in text(response)
    assert response.context["form"]["reason"].value() == "Weniger Kurse."
    assert not AwardChange.objects.exists()


def test_a_change_that_no_longer_fits_is_not_confirmed(round_: Round, award: Award) -> None:
    change = propose(round_, award)
    pay(round_, award, "4000.00")
    client = client_of(round_.second_approver)
    page = client.get(url("awardchange_confirm", change.pk))
    assert "lassen sich höchstens 11.000 € zurückgeben" in text(page)
    assert page.context["submit_hidden"]
    page = client.post(url("awardchange_confirm", change.pk))
    assert "lassen sich höchstens 11.000 € zurückgeben" in text(page)
    assert not OutgoingMail.objects.filter(kind="award_changed").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": ""}, "Bitte wählen Sie, was geschehen ist."),
        ({"amount": "viel"}, "Bitte geben Sie einen Betrag in Euro ein"),
        ({"reason": ""}, "Bitte geben Sie einen Grund an."),
    ],
)
def test_wrong_input_is_named_and_kept(
    round_: Round, award: Award, data: dict[str, str], sentence: str
) -> None:
    typed = {"kind": "revocation", "amount": "1.000", "reason": "Zweck verfehlt."} | data
    page = client_of(round_.officer).post(url("awardchange_propose", award.pk), typed)
    assert sentence in text(page)
    assert "?</a> Bitte wählen" in text(page) or data != {"kind": ""}
    assert {name: page.context["form"][name].value() for name in typed} == typed


def test_what_is_not_announced_is_taken_back_instead(round_: Round) -> None:
    award = round_.case(State.AWARDED).award
    client = client_of(round_.officer)
    page = client.get(url("award_change", award.pk))
    assert "noch nicht bekannt gegeben" in text(page)
    assert page.context["steps"] == []
    page = client.get(url("awardchange_propose", award.pk))
    assert page.context["submit_hidden"]
    data = {"kind": "renunciation", "amount": "1.000", "reason": "Doch nicht."}
    page = client.post(url("awardchange_propose", award.pk), data)
    assert "Lassen Sie die Entscheidung zurücknehmen" in text(page)


def test_there_is_no_way_to_change_what_is_taken_back_released_or_waiting(
    round_: Round, award: Award
) -> None:
    client = client_of(round_.officer)
    change = propose(round_, award)
    page = client.get(url("award_change", award.pk))
    assert "wartet schon eine Änderung" in text(page)
    assert url("awardchange_change", change.pk) in text(page)
    client_of(round_.second_approver).post(url("awardchange_confirm", change.pk))
    page = client.get(url("award_change", award.pk))
    assert "Alles ist ausgezahlt oder schon zurückgegeben." in text(page)
    other = round_.case(State.AWARDED)
    cancelled = other.award
    round_.withdraw(other)
    page = client.get(url("award_change", cancelled.pk))
    assert "Diese Zuwendung ist zurückgenommen" in text(page)


def approver_who(round_: Round, application: Application, how: str) -> User:
    """An approver who was involved in the case in this way."""
    person: User = UserFactory(roles=[Role.APPROVER, Role.CASE_OFFICER, Role.JUROR])
    if how == "belongs":
        MembershipFactory(alliance=application.alliance, user=person, role=MembershipRole.EDITOR)
    elif how == "scored":
        round_.score(application, 8, juror=person)
    return person


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("proposed", "Sie haben diese Änderung vorgeschlagen."),
        ("checked", "Sie haben diesen Antrag geprüft oder vorgeschlagen."),
        ("scored", "Sie haben diesen Antrag in der Jury bewertet."),
        ("belongs", "Sie oder Ihre Organisation gehören diesem Bündnis an."),
    ],
)
def test_who_was_involved_reads_why_and_finds_no_button(
    round_: Round, how: str, sentence: str
) -> None:
    application = round_.case(State.ELIGIBLE)
    person = approver_who(round_, application, how)
    if how == "checked":
        person = round_.officer
        person.groups.add(*round_.approver.groups.all())
    round_.approve(round_.propose(application))
    round_.announce()
    award = Award.objects.get()
    change = propose_award_change(
        award_id=award.pk,
        kind=AwardChangeKind.REVOCATION,
        amount=Decimal("1.00"),
        reason="Zweck verfehlt.",
        acting_user=person if how == "proposed" else UserFactory(roles=[Role.CASE_OFFICER]),
        now=ANNOUNCED_AT,
    )
    client = client_of(person)
    shown = client.get(url("awardchange_change", change.pk))
    assert "Bestätigen" not in [label for _url, label in shown.context["steps"]]
    ((label, reason),) = shown.context["closed_steps"]
    assert (label, sentence in reason) == ("Bestätigen", True)
    page = client.get(url("awardchange_confirm", change.pk))
    assert sentence in text(page)
    assert page.context["submit_hidden"]
    page = client.post(url("awardchange_confirm", change.pk))
    errors = " ".join(page.context["form"].non_field_errors())
    assert sentence in errors
    change.refresh_from_db()
    assert change.confirmed_at is None


def test_whoever_belongs_to_the_alliance_proposes_no_change(round_: Round, award: Award) -> None:
    officer = UserFactory(roles=[Role.CASE_OFFICER])
    MembershipFactory(alliance=award.alliance, user=officer, role=MembershipRole.EDITOR)
    client = client_of(officer)
    page = client.get(url("award_change", award.pk))
    assert "gehören diesem Bündnis an" in text(page)
    assert page.context["steps"] == []
    data = {"kind": "renunciation", "amount": "1.000", "reason": "Für uns."}
    page = client.post(url("awardchange_propose", award.pk), data)
    assert "gehören diesem Bündnis an" in text(page)
    assert not AwardChange.objects.exists()


def test_a_change_is_declined_by_an_approver_or_its_proposer(round_: Round, award: Award) -> None:
    decline = url("awardchange_decline", propose(round_, award).pk)
    other = client_of(UserFactory(roles=[Role.CASE_OFFICER]))
    assert other.get(decline).status_code == 403
    assert other.post(decline, {"reason": "x"}).status_code == 403
    proposer = client_of(round_.officer)
    assert "warum das verworfen wird" in text(proposer.post(decline))
    page = proposer.post(decline, {"reason": "Verrechnet."}, follow=True)
    assert "Die Zuwendung bleibt, wie sie ist." in text(page)
    assert "Verrechnet." in text(page)
    decline = url("awardchange_decline", propose(round_, award).pk)
    client_of(round_.approver).post(decline, {"reason": "Kein Grund."})
    assert [each.decline_reason for each in AwardChange.objects.order_by("pk")] == [
        "Verrechnet.",
        "Kein Grund.",
    ]


def test_the_second_of_two_who_confirm_at_once_reads_what_happened(
    round_: Round, award: Award
) -> None:
    change = propose(round_, award)
    confirm = url("awardchange_confirm", change.pk)
    client_of(round_.approver).post(confirm)
    late = client_of(round_.second_approver)
    page = late.post(confirm)
    assert "Das hat schon Zeichnung bestätigt, am " in text(page)
    assert page.context["submit_hidden"]
    assert late.get(confirm).headers["Location"] == url("awardchange_change", change.pk)
    assert free() == [Decimal("10000.00"), Decimal("20000.00")]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.APPROVER, ["Bestätigen", "Verwerfen"]),
        (Role.CASE_OFFICER, []),
        (Role.BUDGET_OFFICER, []),
        (Role.AUDITOR, []),
    ],
)
def test_buttons_of_a_change_are_for_approvers(
    round_: Round, award: Award, role: Role, labels: list[str]
) -> None:
    change = propose(round_, award)
    page = client_of(UserFactory(roles=[role])).get(url("awardchange_change", change.pk))
    assert [label for _url, label in page.context["steps"]] == labels


@pytest.mark.parametrize(
    ("state", "number"),
    [("offen", 1), ("von-mir", 1), ("bestaetigt", 1), ("verworfen", 1), ("", 3)],
)
def test_changes_by_state(round_: Round, award: Award, state: str, number: int) -> None:
    change = propose(round_, award, "1000.00")
    client_of(round_.second_approver).post(url("awardchange_confirm", change.pk))
    decline_award_change(
        change_id=propose(round_, award, "1000.00").pk,
        reason="Doppelt.",
        acting_user=round_.approver,
        now=ANNOUNCED_AT,
    )
    propose(round_, award, "1000.00")
    client = client_of(round_.approver)
    page = client.get(f"{url('awardchange_changelist')}?stand={state}")
    assert len(page.context["cl"].result_list) == number


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_changes_has_a_constant_number_of_queries(
    number: int, django_assert_num_queries: object
) -> None:
    round_ = Round()
    for _ in range(number):
        propose(round_, round_.case(State.AWARDED, announced=True).award)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(url("awardchange_changelist"))


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_an_award_has_a_constant_number_of_queries(
    round_: Round, award: Award, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        change = propose(round_, award, "1000.00")
        client_of(round_.second_approver).post(url("awardchange_confirm", change.pk))
    client = client_of(round_.officer)
    page = url("award_change", award.pk)
    client.get(page)  # Django keeps the content type from here on
    with django_assert_num_queries(21):  # type: ignore[operator]
        client.get(page)


def test_who_is_not_impartial_neither_proposes_nor_declines_a_change(
    round_: Round, award: Award
) -> None:
    case = Application.objects.get(award=award)
    for role in (Role.CASE_OFFICER, Role.APPROVER):
        person = UserFactory(roles=[role])
        record_conflict(
            application_id=case.pk,
            person_id=person.pk,
            reason="Verwandt.",
            acting_user=person,
            now=ANNOUNCED_AT,
        )
        client = client_of(person)
        if role == Role.CASE_OFFICER:
            page = url("awardchange_propose", award.pk)
            typed = {"kind": "revocation", "amount": "15000,00", "reason": "Zweck verfehlt."}
        else:
            page = url("awardchange_decline", propose(round_, award).pk)
            typed = {"reason": "Nein."}
        opened = client.get(page)
        assert "Sie sind bei diesem Antrag befangen: Verwandt." in text(opened)
        assert opened.context["submit_hidden"]
        assert "befangen: Verwandt." in text(client.post(page, typed))
    (change,) = AwardChange.objects.all()
    assert (change.proposed_by, change.declined_at) == (round_.officer, None)
