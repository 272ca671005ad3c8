"""Submitting: by the server's clock, complete, once, and kept as it was submitted."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from applications.enums import DecisionOutcome, State
from applications.models import Application, Submission, SubmissionContent
from applications.services.drafting import CallClosed, save_section
from applications.services.lifecycle import WrongState
from applications.services.reviewing import ReviewRefused, admit_late
from applications.services.submission import (
    CorrectionLate,
    Incomplete,
    NothingCorrected,
    resubmit_application,
    submit_application,
    withdraw_application,
)
from buendnisse.models import Alliance, LegalForm, OrganisationKind, OutgoingMail
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.alliances import AllianceFixed, rename_alliance, save_organisation
from funding.models import Award
from funding.queries import budget_of
from tests.factories.buendnisse import AllianceFactory, OtherMunicipalityFactory, UserFactory
from tests.factories.cases import (
    CALL_CLOSES_AT,
    CALL_OPENS_AT,
    CORRECTION_DUE_AT,
    SUBMITTED_AT,
    Round,
    balanced_plan,
    last_decision,
    reload,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
LAST_MOMENT = timedelta(microseconds=999_999)


def submit(round_: Round, application: Application, *, now: datetime = SUBMITTED_AT) -> Application:
    return submit_application(
        application_id=application.pk, acting_user=round_.owner_of(application), now=now
    )


def resubmit(round_: Round, application: Application, *, now: datetime) -> Application:
    return resubmit_application(
        application_id=application.pk, acting_user=round_.owner_of(application), now=now
    )


def gaps(round_: Round, application: Application) -> list[tuple[str, str, str]]:
    """What submitting is refused for; nothing may be written."""
    before = Application.objects.values().get(pk=application.pk)
    with pytest.raises(Incomplete) as refused:
        submit(round_, application)
    assert Application.objects.values().get(pk=application.pk) == before
    assert not Submission.objects.filter(application=application).exists()
    assert not OutgoingMail.objects.filter(about=f"application:{application.pk}").exists()
    return [(gap.section, gap.field, gap.code) for gap in refused.value.gaps]


# --- The clock ------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [CALL_OPENS_AT, CALL_CLOSES_AT, CALL_CLOSES_AT + LAST_MOMENT])
def test_the_call_counts_to_its_last_second(round_: Round, now: datetime) -> None:
    application = submit(round_, round_.draft(), now=now)
    assert (application.state, application.submitted_at) == (State.SUBMITTED, now)


def test_a_second_later_it_is_closed_and_the_draft_stays(round_: Round) -> None:
    application = round_.draft()
    before = Application.objects.values().get()
    with pytest.raises(CallClosed) as refused:
        submit(round_, application, now=CALL_CLOSES_AT + SECOND)
    assert str(refused.value.sentence) == (
        "Der Förderaufruf 2016 nimmt keine Anträge mehr an. Ihr Antrag ist nicht eingereicht, Ihr "
        "Entwurf bleibt erhalten. Wenn Sie ohne Ihr Verschulden zu spät sind, können Sie darum "
        "bitten, verspätet zugelassen zu werden."
    )
    assert Application.objects.values().get() == before
    assert (Submission.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_the_call_closes_in_berlin_in_summer_and_in_winter() -> None:
    """23:59:59 is 21:59:59 UTC in June and 22:59:59 UTC in December."""
    closes = datetime(2016, 12, 31, 22, 59, 59, tzinfo=UTC)
    round_ = Round(money=None, call_closes_at=closes)
    late, early = round_.draft(), round_.draft()
    with pytest.raises(CallClosed):
        submit(round_, late, now=datetime(2016, 12, 31, 23, 0, 0, tzinfo=UTC))
    assert submit(round_, early, now=closes).state == State.SUBMITTED


def test_who_is_admitted_late_submits_until_that_moment(round_: Round) -> None:
    until = CALL_CLOSES_AT + timedelta(days=3)
    drafts = [round_.draft() for _ in range(3)]
    for application in drafts[:2]:
        admit_late(
            application_id=application.pk,
            until=until,
            reason=" Der Server war nicht erreichbar. ",
            acting_user=round_.officer,
            now=CALL_CLOSES_AT + timedelta(days=1),
        )
    admitted = submit(round_, drafts[0], now=until + LAST_MOMENT)
    assert (admitted.state, admitted.admitted_late_by) == (State.SUBMITTED, round_.officer)
    assert admitted.admitted_late_reason == "Der Server war nicht erreichbar."
    for application, now in ((drafts[1], until + SECOND), (drafts[2], until)):
        with pytest.raises(CallClosed):
            submit(round_, application, now=now)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CASE_OFFICER])
def test_only_case_officers_admit_late(round_: Round, role: Role) -> None:
    application = round_.draft()
    with pytest.raises(NotAllowed):
        admit_late(
            application_id=application.pk,
            until=CALL_CLOSES_AT + timedelta(days=3),
            reason="Bitte.",
            acting_user=UserFactory(roles=[role]),
            now=CALL_CLOSES_AT,
        )
    assert reload(application).admitted_late_until is None


@pytest.mark.parametrize(
    "reason, until", [(" ", CALL_CLOSES_AT + SECOND), ("Grund", CALL_CLOSES_AT)]
)
def test_late_admission_needs_a_reason_and_an_end_to_come(
    round_: Round, reason: str, until: datetime
) -> None:
    application = round_.draft()
    with pytest.raises(ReviewRefused):
        admit_late(
            application_id=application.pk,
            until=until,
            reason=reason,
            acting_user=round_.officer,
            now=CALL_CLOSES_AT,
        )
    assert reload(application).admitted_late_until is None


def test_late_admission_is_for_drafts(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    with pytest.raises(WrongState):
        admit_late(
            application_id=application.pk,
            until=CALL_CLOSES_AT + SECOND,
            reason="Grund",
            acting_user=round_.officer,
            now=CALL_CLOSES_AT,
        )


# --- Completeness ---------------------------------------------------------------------------

EMPTY: dict[str, tuple[object, str]] = {
    "territory": (None, "place"),
    "title": ("", "project"),
    "summary": ("", "project"),
    "goals": ("", "project"),
    "activities": ("", "project"),
    "participation": ("", "project"),
    "period_start": (None, "project"),
    "period_end": (None, "project"),
    "contact_name": ("", "contact"),
    "contact_email": ("", "contact"),
    "signatory_name": ("", "contact"),
    "signatory_function": ("", "contact"),
}


@pytest.mark.parametrize("field", EMPTY)
def test_submission_misses_each_field(round_: Round, field: str) -> None:
    value, section = EMPTY[field]
    application = round_.draft()
    Application.objects.filter(pk=application.pk).update(**{field: value})
    assert gaps(round_, application) == [(section, field, "missing")]


@pytest.mark.parametrize(
    "declaration",
    [
        "declares_not_begun",
        "declares_data_protection",
        "declares_truthful",
    ],
)
def test_submission_misses_each_declaration(round_: Round, declaration: str) -> None:
    application = round_.draft(**{declaration: False})
    assert gaps(round_, application) == [("declarations", declaration, "not_declared")]


def test_submission_misses_what_the_alliance_lacks(round_: Round) -> None:
    alone = round_.draft(alliance=AllianceFactory(owner=True))
    assert gaps(round_, alone) == [
        ("alliance", "lead", "no_lead"),
        ("alliance", "organisations", "too_few_partners"),
    ]


def test_submission_looks_at_place_period_and_money(round_: Round) -> None:
    application = round_.draft(
        territory=OtherMunicipalityFactory(),
        period_end=date(2016, 8, 31),
        requested=Decimal("15000.01"),
    )
    assert gaps(round_, application) == [
        ("place", "place", "missing"),
        ("project", "period_end", "period_reversed"),
        ("finances", "requested_amount", "above_cap"),
    ]


def test_submission_asks_the_shares_of_the_year() -> None:
    round_ = Round(
        money=None,
        min_own_share_percent=Decimal("10.00"),
        max_grant_share_percent=Decimal("90.00"),
    )
    assert gaps(round_, round_.draft()) == [
        ("finances", "budget_lines", "own_share_too_low"),
        ("finances", "requested_amount", "grant_share_too_high"),
    ]


def test_a_municipality_needs_no_consent(round_: Round) -> None:
    application = round_.draft(consent_on_paper=False)
    lead = application.alliance.organisations.get(is_lead=True)
    lead.kind = OrganisationKind.MUNICIPALITY
    lead.legal_form = LegalForm.MUNICIPALITY
    lead.save()
    assert submit(round_, application).state == State.SUBMITTED


def test_the_sentence_counts_what_is_missing(round_: Round) -> None:
    one, two = round_.draft(title=""), round_.draft(title="", goals="")
    for application, words in ((one, "Eine Angabe fehlt"), (two, "2 Angaben fehlen")):
        with pytest.raises(Incomplete, match=words):
            submit(round_, application)


# --- File numbers and mail ------------------------------------------------------------------


def test_file_numbers_are_consecutive_in_each_year(round_: Round) -> None:
    first, failing, second = round_.draft(), round_.draft(title=""), round_.draft()
    other_year = Round(year=2017, money=None)
    numbers = [submit(round_, first).reference]
    gaps(round_, failing)
    numbers += [
        submit(round_, second).reference,
        submit(other_year, other_year.draft()).reference,
    ]
    assert numbers == ["GIV-2016-0001", "GIV-2016-0002", "GIV-2017-0001"]


def test_a_withdrawn_application_keeps_its_number(round_: Round) -> None:
    withdrawn = round_.case(State.WITHDRAWN)
    assert withdrawn.reference == "GIV-2016-0001"
    assert round_.case(State.SUBMITTED).reference == "GIV-2016-0002"


def test_the_acknowledgement_names_the_file_number(round_: Round) -> None:
    application = submit(round_, round_.draft())
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("acknowledgement", round_.owner_of(application).email)
    assert application.reference in mail.body_text


def test_submitting_twice_is_refused_and_sends_one_mail(round_: Round) -> None:
    application = submit(round_, round_.draft())
    with pytest.raises(WrongState):
        submit(round_, application)
    assert (Submission.objects.count(), OutgoingMail.objects.count()) == (1, 1)


# --- What was submitted ---------------------------------------------------------------------


def digest(content: SubmissionContent) -> str:
    """Worked out from the row alone: SHA-256 over the salt and the canonical JSON."""
    text = json.dumps(content.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{content.salt}\n{text}".encode()).hexdigest()


def test_the_submission_is_kept_word_for_word(round_: Round) -> None:
    application = submit(round_, round_.draft())
    submission = Submission.objects.get()
    content = submission.content
    assert (submission.number, submission.submitted_by, submission.submitted_at) == (
        1,
        round_.owner_of(application),
        SUBMITTED_AT,
    )
    assert content.data["fields"]["title"] == "Begegnungscafé"
    assert content.data["fields"]["requested_amount"] == "15000.00"
    assert content.data["budget_lines"] == [
        {"kind": line.kind, "description": line.description, "amount": str(line.amount)}
        for line in balanced_plan()
    ]
    assert len(content.data["alliance"]["organisations"]) == 2
    assert submission.digest == digest(content)


def test_equal_submissions_have_different_digests(round_: Round) -> None:
    alliance = round_.found_alliance()
    submit(round_, round_.draft(alliance=alliance))
    other = Round(year=2017, money=None)
    submit(other, other.draft(alliance=alliance))
    first, second = Submission.objects.order_by("pk")
    assert first.content.data == second.content.data
    assert first.digest != second.digest


def test_what_was_submitted_stays(round_: Round) -> None:
    submit(round_, round_.draft())
    for statement in (
        "UPDATE applications_submission SET digest = 'x'",
        "DELETE FROM applications_submission",
        "UPDATE applications_submissioncontent SET data = '{}'",
        "UPDATE applications_submissioncontent SET salt = ''",
    ):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Submission.objects.get().digest == digest(SubmissionContent.objects.get())


def test_retention_can_erase_the_words_and_the_record_stays(round_: Round) -> None:
    submit(round_, round_.draft())
    SubmissionContent.objects.all().delete()
    assert len(Submission.objects.get().digest) == 64


# --- Corrections ----------------------------------------------------------------------------


def correct(round_: Round, application: Application) -> None:
    save_section(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=CORRECTION_DUE_AT,
        version=application.version,
        values={"title": "Besser"},
    )


@pytest.mark.parametrize("now", [CORRECTION_DUE_AT, CORRECTION_DUE_AT + LAST_MOMENT])
def test_a_correction_is_a_new_version_and_closes_the_request(round_: Round, now: datetime) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    correct(round_, application)
    resubmit(round_, application, now=now)
    assert reload(application).state == State.IN_REVIEW
    titles = SubmissionContent.objects.order_by("pk").values_list("submission__number", "data")
    assert [(number, data["fields"]["title"]) for number, data in titles] == [
        (1, "Begegnungscafé"),
        (2, "Besser"),
    ]
    assert application.correction_requests.get().closed_at == now
    assert [mail.kind for mail in OutgoingMail.objects.order_by("pk")] == [
        "acknowledgement",
        "correction_requested",
        "correction_received",
    ]


def test_after_the_deadline_a_correction_is_late_and_stays_saved(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    correct(round_, application)
    with pytest.raises(CorrectionLate):
        resubmit(round_, application, now=CORRECTION_DUE_AT + SECOND)
    stored = reload(application)
    assert (stored.state, stored.title) == (State.CHANGES_REQUESTED, "Besser")
    assert (Submission.objects.count(), stored.correction_requests.get().closed_at) == (1, None)


def test_an_incomplete_correction_is_refused(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    save_section(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=CORRECTION_DUE_AT,
        version=application.version,
        values={"title": ""},
    )
    with pytest.raises(Incomplete):
        resubmit(round_, application, now=CORRECTION_DUE_AT)
    assert reload(application).state == State.CHANGES_REQUESTED


# --- Withdrawing ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [state for state in State if state != State.WITHDRAWN])
def test_withdrawing_ends_everything_that_is_open(round_: Round, state: State) -> None:
    application = round_.case(state)
    round_.withdraw(application)
    assert (reload(application).state, reload(application).award) == (State.WITHDRAWN, None)
    assert budget_of(round_.year).committed == 0
    assert not Award.objects.standing().exists()
    assert not application.correction_requests.filter(closed_at=None).exists()
    assert set(application.decisions.values_list("outcome", flat=True)) <= {DecisionOutcome.LAPSED}
    told = OutgoingMail.objects.filter(kind="withdrawal_confirmed").count()
    # A draft was never the ministry's, so nothing is confirmed.
    assert told == (0 if state == State.DRAFT else 1)


def test_withdrawing_an_award_returns_its_money_by_an_entry(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    award = last_decision(application).award
    assert award
    round_.withdraw(application)
    entry = award.entries.get(kind="release")
    assert (entry.amount, entry.booked_by) == (
        Decimal("15000.00"),
        round_.owner_of(application),
    )
    # What was decided, and from which award, stays on record.
    assert last_decision(application).award == award


@pytest.mark.parametrize("state", [State.AWARDED, State.REJECTED])
def test_an_announced_decision_is_not_withdrawn_from(round_: Round, state: State) -> None:
    application = round_.case(state, announced=True)
    with pytest.raises(WrongState, match="Zurückziehen geht nicht mehr"):
        round_.withdraw(application)
    assert reload(application).state == state


def test_from_an_announced_waiting_list_one_may_withdraw(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    round_.approve(round_.propose(application))
    assert budget_of(round_.year).committed == Decimal("15000.00")
    round_.withdraw(application)
    assert (reload(application).state, budget_of(round_.year).committed) == (State.WITHDRAWN, 0)
    assert application.decisions.announced().count() == 1


def test_withdrawing_keeps_the_reason(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    withdraw_application(
        application_id=application.pk,
        reason="  Der Raum fehlt. ",
        acting_user=round_.owner_of(application),
        now=SUBMITTED_AT,
    )
    assert application.status_changes.get(action="withdraw").reason == "Der Raum fehlt."


# --- The alliance while its application is under way ------------------------------------------


def change_alliance(round_: Round, application: Application) -> None:
    """Each way of changing it; raises what the first is refused with."""
    owner = round_.owner_of(application)
    alliance = Alliance.objects.get(pk=application.alliance_id)
    other = alliance.organisations.exclude(is_lead=True).first()
    rename_alliance(
        alliance_id=alliance.pk, name="Neuer Name", website="", acting_user=owner, now=SUBMITTED_AT
    )
    assert other
    other.name = f"{other.name} Süd"
    save_organisation(organisation=other, acting_user=owner, now=SUBMITTED_AT)


@pytest.mark.parametrize(
    "state, announced",
    [
        (State.SUBMITTED, False),
        (State.IN_REVIEW, False),
        (State.CHANGES_REQUESTED, False),
        (State.ELIGIBLE, False),
        (State.PROPOSED, False),
        (State.AWARDED, False),
        (State.REJECTED, False),
        (State.WAITLISTED, False),
        (State.WAITLISTED, True),
    ],
)
def test_under_way_the_alliance_stays_as_it_was_submitted(
    round_: Round, state: State, announced: bool
) -> None:
    application = round_.case(state, announced=announced)
    with pytest.raises(AllianceFixed):
        change_alliance(round_, application)


@pytest.mark.parametrize(
    "state, announced",
    [
        (State.DRAFT, False),
        (State.WITHDRAWN, False),
        (State.AWARDED, True),
        (State.REJECTED, True),
    ],
)
def test_before_and_after_the_alliance_is_its_own(
    round_: Round, state: State, announced: bool
) -> None:
    application = round_.case(state, announced=announced)
    change_alliance(round_, application)
    assert Alliance.objects.get(pk=application.alliance_id).name == "Neuer Name"


def test_an_alliance_that_is_asked_to_mend_its_organisations_can(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, "organisations")
    with pytest.raises(NothingCorrected):
        resubmit(round_, application, now=CORRECTION_DUE_AT)
    change_alliance(round_, application)
    resubmit(round_, application, now=CORRECTION_DUE_AT)
    with pytest.raises(AllianceFixed):
        change_alliance(round_, application)


def test_a_correction_in_which_nothing_was_corrected_is_refused(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    with pytest.raises(NothingCorrected):
        resubmit(round_, application, now=CORRECTION_DUE_AT)
    assert reload(application).state == State.CHANGES_REQUESTED
    assert Submission.objects.count() == 1
