"""Conflicts of interest: declared, recorded or found, and lifted by somebody else with a reason."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.enums import DecisionKind, State
from applications.models import Application, ConflictKind, ConflictRecord, Decision, Review
from applications.services.conflicts import (
    ConflictRefused,
    conflict_of,
    conflicts_of,
    lift_conflict,
    record_conflict,
    without_conflicts,
)
from applications.services.decision import propose
from applications.services.four_eyes import why_not_decide
from applications.services.jury import declare_conflict
from applications.services.reviewing import take_up
from buendnisse.models import MembershipRole, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.memberships import leave_alliance
from buendnisse.templatetags.display import euro
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import DECIDED_AT, PROPOSED_AT, Round, open_decision, reload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 11, 8, tzinfo=UTC)
HOUSE = "caritas-beispielstadt.de"


def record(
    application: Application, person: User, *, acting_user: User, reason: str = "Verwandt."
) -> ConflictRecord:
    return record_conflict(
        application_id=application.pk,
        person_id=person.pk,
        reason=reason,
        acting_user=acting_user,
        now=NOW,
    )


def lift(
    application: Application, person: User, *, acting_user: User, reason: str = "Nur verwandt."
) -> ConflictRecord:
    return lift_conflict(
        application_id=application.pk,
        person_id=person.pk,
        reason=reason,
        acting_user=acting_user,
        now=NOW,
    )


def share_a_mail_domain(application: Application, person: User, domain: str = HOUSE) -> None:
    application.alliance.organisations.filter(is_lead=False).update(email=f"info@{domain}")
    User.objects.filter(pk=person.pk).update(email=f"person@mail.{domain}")
    person.refresh_from_db()


# --- Declared and recorded ------------------------------------------------------------------


def test_staff_record_and_whoever_it_is_about_keeps_away(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    record(application, round_.officer, acting_user=round_.approver)
    stored = ConflictRecord.objects.get()
    assert (stored.kind, stored.reason, stored.recorded_by) == (
        ConflictKind.RECORDED,
        "Verwandt.",
        round_.approver,
    )
    with pytest.raises(NotAllowed, match="befangen: Verwandt") as refused:
        take_up(application_id=application.pk, acting_user=round_.officer, now=NOW)
    assert (refused.value.code, reload(application).state) == ("conflict", State.SUBMITTED)


def test_everybody_who_works_on_applications_declares_their_own(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    for person in (round_.officer, round_.approver, round_.juror):
        assert record(application, person, acting_user=person).kind == ConflictKind.DECLARED
    with pytest.raises(ConflictRefused) as refused:
        record(application, round_.juror, acting_user=round_.juror)
    assert refused.value.code == "on_record"


@pytest.mark.parametrize(
    "role", [*(role for role in Role if role not in (Role.CASE_OFFICER, Role.APPROVER)), None]
)
def test_others_neither_record_nor_lift(round_: Round, role: Role | None) -> None:
    application = round_.case(State.SUBMITTED)
    stranger = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        record(application, round_.officer, acting_user=stranger)
    record(application, round_.officer, acting_user=round_.approver)
    with pytest.raises(NotAllowed):
        lift(application, round_.officer, acting_user=stranger)
    assert ConflictRecord.objects.count() == 1


def test_only_who_works_on_applications_can_be_partial(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    with pytest.raises(ConflictRefused) as refused:
        record(application, round_.budget_officer, acting_user=round_.officer)
    assert refused.value.code == "works_on_none"
    with pytest.raises(ConflictRefused) as refused:
        record(application, round_.juror, acting_user=round_.officer, reason=" ")
    assert refused.value.code == "reason_missing"
    with pytest.raises(ConflictRefused) as refused:
        record(round_.draft(), round_.juror, acting_user=round_.officer)
    assert refused.value.code == "draft"


def test_who_is_partial_decides_on_nobodys_conflict(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    record(application, round_.approver, acting_user=round_.approver)
    record(application, round_.officer, acting_user=round_.second_approver)
    for step in (
        lambda: record(application, round_.juror, acting_user=round_.approver),
        lambda: lift(application, round_.officer, acting_user=round_.approver),
    ):
        with pytest.raises(NotAllowed, match="befangen"):
            step()


# --- Scores ---------------------------------------------------------------------------------


def test_a_score_of_somebody_partial_no_longer_counts_and_stays_on_record(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=9)
    other = UserFactory(roles=[Role.JUROR])
    round_.score(application, 5, juror=other)
    assert reload(application).score == Decimal(7)
    record(application, round_.juror, acting_user=round_.officer)
    assert reload(application).score == Decimal(5)
    assert Review.objects.get(juror=round_.juror).score == Decimal(9)
    lift(application, round_.juror, acting_user=round_.approver)
    assert reload(application).score == Decimal(7)


def test_without_any_other_score_there_is_none(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=9)
    record(application, round_.juror, acting_user=round_.officer)
    stored = reload(application)
    assert (stored.score, stored.participation_score) == (None, None)


def test_what_is_decided_keeps_its_score(round_: Round) -> None:
    application = round_.case(State.AWARDED, score=9)
    record(application, round_.juror, acting_user=round_.officer)
    assert reload(application).score == Decimal(9)


def test_a_lifted_conflict_opens_the_review_again(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    declare_conflict(review_id=review.pk, reason="Nachbarin.", acting_user=round_.juror, now=NOW)
    lift(application, round_.juror, acting_user=round_.approver, reason="Bloß Nachbarin.")
    assert list(Review.objects.open()) == [review]
    assert [each.kind for each in ConflictRecord.objects.order_by("pk")] == ["declared", "lifted"]
    round_.score(application, 8)
    assert reload(application).score == Decimal(8)


# --- Found by the system --------------------------------------------------------------------


@pytest.mark.parametrize(
    "address, partial",
    [
        (f"person@{HOUSE}", True),
        (f"person@mail.{HOUSE}", True),
        (f"person@MAIL.{HOUSE.upper()}", True),
        ("person@beispielstadt.de", False),
        ("person@nicht-" + HOUSE, False),
        ("person@gmx.de", False),
    ],
)
def test_a_shared_mail_domain_is_found(round_: Round, address: str, partial: bool) -> None:
    application = round_.case(State.SUBMITTED)
    application.alliance.organisations.filter(is_lead=False).update(email=f"info@{HOUSE}")
    person = UserFactory(roles=[Role.CASE_OFFICER], email=address)
    assert bool(conflict_of(application, person)) == partial


def test_a_public_providers_domain_binds_nobody(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    for domain in ("gmx.de", "t-online.de", "gmail.com", "demo.example"):
        share_a_mail_domain(application, round_.officer, domain)
        assert conflict_of(application, round_.officer) is None, domain


def test_the_address_of_somebody_in_the_alliance_binds_too(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    MembershipFactory(alliance=application.alliance, user=UserFactory(email=f"leitung@{HOUSE}"))
    assert conflict_of(application, UserFactory(roles=[Role.JUROR], email=f"a@{HOUSE}"))


def test_an_organisation_of_the_alliance_keeps_an_officer_away_until_somebody_lifts_it(
    round_: Round,
) -> None:
    application = round_.case(State.SUBMITTED)
    partner = application.alliance.organisations.get(is_lead=False)
    round_.officer.organisation = partner.name
    round_.officer.save()
    with pytest.raises(NotAllowed, match="dieselbe Organisation"):
        take_up(application_id=application.pk, acting_user=round_.officer, now=NOW)
    with pytest.raises(NotAllowed) as refused:
        lift(application, round_.officer, acting_user=round_.officer)
    assert refused.value.code in ("conflict", "own_conflict")
    lift(application, round_.officer, acting_user=round_.approver)
    take_up(application_id=application.pk, acting_user=round_.officer, now=NOW)
    # Recorded anew, it counts anew.
    record(application, round_.officer, acting_user=round_.approver)
    assert conflict_of(application, round_.officer)


def test_nobody_lifts_what_is_none_nor_what_binds_a_member(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    with pytest.raises(ConflictRefused) as refused:
        lift(application, round_.officer, acting_user=round_.approver)
    assert refused.value.code == "no_conflict"
    MembershipFactory(alliance=application.alliance, user=round_.officer)
    with pytest.raises(ConflictRefused) as refused:
        lift(application, round_.officer, acting_user=round_.approver)
    assert refused.value.code == "member"


@pytest.mark.parametrize("rows", [1, 3])
def test_conflicts_take_four_queries_for_one_case_and_for_three(
    round_: Round, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    applications = [round_.case(State.SUBMITTED) for _row in range(rows)]
    person = UserFactory(roles=[Role.JUROR], organisation="Caritas")
    person.get_roles()
    with django_assert_num_queries(4):
        assert conflicts_of(applications, person) == {}


def test_what_is_out_of_reach_is_left_out_of_a_whole_list(
    round_: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As one case after the other would be asked about, in five queries."""
    person = UserFactory(roles=[Role.CASE_OFFICER], organisation="Caritas", email=f"a@{HOUSE}")
    ways = ("nothing", "said", "lifted", "organisation", "domain", "cleared", "member", "former")
    cases = {way: round_.case(State.SUBMITTED) for way in ways}
    for way in ("said", "lifted"):
        record(cases[way], person, acting_user=round_.officer)
    lift(cases["lifted"], person, acting_user=round_.approver)
    for way in ("organisation", "cleared"):
        partner = cases[way].alliance.organisations.get(is_lead=False)
        partner.name = "Caritas"
        partner.save()
    lift(cases["cleared"], person, acting_user=round_.approver)
    cases["domain"].alliance.organisations.filter(is_lead=False).update(email=f"info@{HOUSE}")
    role = MembershipRole.EDITOR
    MembershipFactory(alliance=cases["former"].alliance, user=person, role=role)
    leave_alliance(alliance_id=cases["former"].alliance_id, acting_user=person, now=NOW)
    MembershipFactory(alliance=cases["member"].alliance, user=person)
    person = User.objects.get(pk=person.pk)
    person.get_roles()
    with django_assert_num_queries(6):
        kept = set(without_conflicts(Application.objects.all(), person))
    assert kept == {cases["nothing"], cases["lifted"], cases["cleared"]}
    assert kept == {case for case in cases.values() if conflict_of(case, person) is None}
    auditor = UserFactory(roles=[Role.AUDITOR], organisation="Caritas")
    assert set(without_conflicts(Application.objects.all(), auditor)) == set(cases.values())


def test_what_is_on_record_hides_scores_and_proposals(round_: Round) -> None:
    application = round_.case(State.PROPOSED, score=7)
    decision = open_decision(application)
    assert decision.amount
    record(application, round_.approver, acting_user=round_.approver)
    client, other = Client(), Client()
    client.force_login(round_.approver)
    other.force_login(round_.second_approver)
    shown = {
        reverse("admin:applications_application_changelist"): "7,000",
        reverse("admin:applications_decision_changelist"): euro(decision.amount),
    }
    for address, kept_back in shown.items():
        page = client.get(address).content.decode()
        assert application.reference in page
        assert "Sie sind befangen" in page
        assert f">{kept_back}<" not in page
        assert f">{kept_back}<" in other.get(address).content.decode()
    address = reverse("admin:applications_decision_change", args=[decision.pk])
    case = reverse("admin:applications_application_change", args=[application.pk])
    assert client.get(address).headers["Location"] == case
    assert "sehen ihn deshalb nicht" in client.get(case).content.decode()
    assert other.get(address).status_code == 200
    # Nor does the order tell.
    queue = reverse("admin:applications_application_changelist")
    sorted_ = client.get(queue, {"o": "-6"}).content.decode()
    assert "Nach der Jurybewertung wird hier nicht sortiert" in sorted_


# --- Decisions ------------------------------------------------------------------------------


def test_who_is_partial_does_not_decide_and_reads_why(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    record(application, round_.approver, acting_user=round_.second_approver)
    decision = open_decision(application)
    reasons = why_not_decide([decision], round_.approver)
    assert "befangen (Verwandt.)" in str(reasons[application.pk])
    with pytest.raises(NotAllowed):
        round_.approve(decision)
    lift(application, round_.approver, acting_user=round_.second_approver)
    round_.approve(decision)


def test_database_lets_nobody_partial_decide(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED, kind=DecisionKind.REJECTION))
    record(decision.application, round_.approver, acting_user=round_.second_approver)
    approved = {"outcome": "approved", "decided_by": round_.approver, "decided_at": DECIDED_AT}
    with pytest.raises(IntegrityError, match="does not decide"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**approved)
    lift(decision.application, round_.approver, acting_user=round_.second_approver)
    Decision.objects.filter(pk=decision.pk).update(**approved)


def test_database_keeps_the_record(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    record(application, round_.officer, acting_user=round_.approver)
    rows = ConflictRecord.objects.all()
    writes: list[Any] = [
        lambda: rows.update(kind=ConflictKind.LIFTED),
        lambda: rows.update(reason="Anders."),
        lambda: rows.delete(),
        lambda: rows.create(
            application=application,
            person=round_.officer,
            kind=ConflictKind.LIFTED,
            reason="Passt schon.",
            recorded_by=round_.officer,
            recorded_at=NOW,
        ),
        lambda: rows.create(
            application=application,
            person=round_.officer,
            kind=ConflictKind.LIFTED,
            reason="",
            recorded_by=round_.approver,
            recorded_at=NOW,
        ),
    ]
    for write in writes:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    # The words go when retention says so.
    rows.update(reason="")


# --- Pages ----------------------------------------------------------------------------------


def page(name: str, *args: object) -> str:
    return reverse(f"admin:applications_application_{name}", args=args)


def test_the_case_is_closed_to_who_is_partial_and_names_who_can_decide_otherwise(
    client: Client, round_: Round
) -> None:
    application = round_.case(State.SUBMITTED, summary="Nur für Unbefangene.")
    share_a_mail_domain(application, round_.officer)
    client.force_login(round_.officer)
    html = client.get(page("change", application.pk)).content.decode()
    assert "Sie sind bei diesem Antrag befangen und sehen ihn deshalb nicht." in html
    assert "derselben Domain" in html
    assert str(round_.approver) in html
    assert "Nur für Unbefangene." not in html
    for code in ("take_up", "propose"):
        assert client.get(page(code, application.pk)).url == page("change", application.pk)
    assert client.post(page("take_up", application.pk)).url == page("change", application.pk)
    # Nor as a file, nor version by version.
    for address in (page("record", application.pk), page("changes", application.pk, 2)):
        assert client.get(address).url == page("change", application.pk)
    assert reload(application).state == State.SUBMITTED
    # Whoever only reads is no party to the work.
    client.force_login(UserFactory(roles=[Role.AUDITOR], email=f"pruefung@{HOUSE}"))
    assert "Nur für Unbefangene." in client.get(page("change", application.pk)).content.decode()


def test_staff_record_and_lift_on_the_case(client: Client, round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.approver)
    response = client.post(
        page("conflict", application.pk), {"person": round_.officer.pk, "reason": "Verwandt."}
    )
    assert response.url == page("change", application.pk)
    case = client.get(page("change", application.pk))
    address = page("lift_conflict", application.pk, round_.officer.pk)
    assert address in case.content.decode()
    assert "Verwandt." in client.get(address).content.decode()
    client.post(address, {"reason": "Weit entfernt."})
    case = client.get(page("change", application.pk)).content.decode()
    assert "darf mitwirken" in case
    assert "Weit entfernt." in case
    assert conflict_of(application, round_.officer) is None
    assert "nicht befangen" in client.get(address).content.decode()


def test_what_is_recorded_needs_words(client: Client, round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.approver)
    response = client.post(page("conflict", application.pk), {"person": "99999999"})
    assert set(response.context["form"].errors) == {"person", "reason"}
    assert not ConflictRecord.objects.exists()


def test_a_selection_stops_at_a_case_in_which_the_officer_is_partial(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    record(application, round_.officer, acting_user=round_.approver)
    with pytest.raises(NotAllowed, match=application.reference):
        propose(
            application_id=application.pk,
            kind=DecisionKind.AWARD,
            reason="Rang 1.",
            acting_user=round_.officer,
            now=PROPOSED_AT,
        )


def test_a_tie_closes_the_jurors_page(client: Client, round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, summary="Nur für Unbefangene.")
    review = round_.assign(application)
    share_a_mail_domain(application, round_.juror)
    client.force_login(round_.juror)
    response = client.get(reverse("jury:review", args=[review.pk]))
    html = response.content.decode()
    assert response.context["group"] == "conflicted"
    assert "derselben Domain" in html
    assert "Nur für Unbefangene." not in html
    groups = client.get(reverse("jury:list")).context["groups"]
    assert {group.code: len(group.reviews) for group in groups}["conflicted"] == 1
