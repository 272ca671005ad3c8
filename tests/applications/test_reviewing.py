"""The case officer's check: checklist, corrections, confirmed territory, eligible amount."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.checklist import CHECKLIST
from applications.enums import CheckAnswer, State
from applications.models import Application, CheckResult, CorrectionRequest
from applications.queries import confirmed_cap
from applications.services.lifecycle import WrongState
from applications.services.reviewing import (
    ReviewRefused,
    answer_checklist,
    declare_eligible,
    request_changes,
    resume_review,
    take_up,
)
from buendnisse.models import OutgoingMail, Territory
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.factories.buendnisse import (
    LandkreisFactory,
    OtherMunicipalityFactory,
    TerritoryFactory,
    UserFactory,
)
from tests.factories.cases import ALL_YES, Round, reload

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 4, 8, tzinfo=UTC)
DUE = NOW + timedelta(days=14)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def application(round_: Round) -> Application:
    """Taken up, and nothing answered yet."""
    application = round_.case(State.SUBMITTED)
    return take_up(application_id=application.pk, acting_user=round_.officer, now=NOW)


def answer(
    round_: Round, application: Application, answers: dict[str, tuple[CheckAnswer, str]]
) -> None:
    answer_checklist(
        application_id=application.pk, answers=answers, acting_user=round_.officer, now=NOW
    )


def declare(
    round_: Round,
    application: Application,
    *,
    territory: Territory | None = None,
    place: str = "",
    amount: str = "15000.00",
    reason: str = "",
) -> Application:
    return declare_eligible(
        application_id=application.pk,
        territory=territory or TerritoryFactory(),
        place=place,
        eligible_amount=Decimal(amount),
        reduction_reason=reason,
        acting_user=round_.officer,
        now=NOW,
    )


def test_whoever_takes_up_is_responsible(round_: Round, application: Application) -> None:
    assert (application.state, application.officer) == (State.IN_REVIEW, round_.officer)


# --- The checklist --------------------------------------------------------------------------


def test_answers_are_kept_and_can_be_replaced(round_: Round, application: Application) -> None:
    answer(round_, application, {"plan": (CheckAnswer.NO, " Die Miete fehlt. ")})
    answer(round_, application, {"consent": (CheckAnswer.NOT_APPLICABLE, "Die Stadt stellt ihn.")})
    answer(round_, application, {"plan": (CheckAnswer.YES, "")})
    results = CheckResult.objects.order_by("item").values_list("item", "answer", "note")
    assert list(results.filter(replaced_at=None)) == [
        ("consent", "not_applicable", "Die Stadt stellt ihn."),
        ("plan", "yes", ""),
    ]
    assert list(results.exclude(replaced_at=None)) == [("plan", "no", "Die Miete fehlt.")]


@pytest.mark.parametrize("given", [CheckAnswer.NO, CheckAnswer.NOT_APPLICABLE])
def test_no_and_does_not_apply_need_a_note(
    round_: Round, application: Application, given: CheckAnswer
) -> None:
    with pytest.raises(ReviewRefused) as refused:
        answer(round_, application, {"purpose": (CheckAnswer.YES, ""), "plan": (given, " ")})
    assert (refused.value.code, CheckResult.objects.count()) == ("note_missing", 0)


def test_unknown_items_are_refused(round_: Round, application: Application) -> None:
    with pytest.raises(ReviewRefused, match="Wetter"):
        answer(round_, application, {"Wetter": (CheckAnswer.YES, "")})


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.CASE_OFFICER), None])
def test_only_case_officers_answer(
    round_: Round, application: Application, role: Role | None
) -> None:
    round_.officer = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        answer(round_, application, dict(ALL_YES))
    assert not CheckResult.objects.exists()


def test_nothing_is_answered_outside_the_check(round_: Round) -> None:
    for state in (State.SUBMITTED, State.CHANGES_REQUESTED, State.PROPOSED):
        with pytest.raises(WrongState):
            answer(round_, round_.case(state), dict(ALL_YES))


# --- Eligibility ----------------------------------------------------------------------------


def test_the_finding_is_kept_with_who_made_it(round_: Round, application: Application) -> None:
    answer(round_, application, dict(ALL_YES))
    declare(round_, application, amount="12000.50", reason=" Ohne Bewirtung. ")
    stored = reload(application)
    assert (stored.state, stored.checked_by) == (State.ELIGIBLE, round_.officer)
    assert (stored.eligible_amount, stored.reduction_reason) == (
        Decimal("12000.50"),
        "Ohne Bewirtung.",
    )


def test_every_item_has_to_be_answered(round_: Round, application: Application) -> None:
    for item in CHECKLIST[:-1]:
        answer(round_, application, {item.code: (CheckAnswer.YES, "")})
        with pytest.raises(ReviewRefused) as refused:
            declare(round_, application)
        assert refused.value.code == "checklist_open"
    answer(round_, application, {CHECKLIST[-1].code: (CheckAnswer.NOT_APPLICABLE, "Entfällt.")})
    assert declare(round_, application).state == State.ELIGIBLE


@pytest.mark.parametrize("item", [item.code for item in CHECKLIST])
def test_one_no_is_enough(round_: Round, application: Application, item: str) -> None:
    answer(round_, application, {**ALL_YES, item: (CheckAnswer.NO, "Nein.")})
    with pytest.raises(ReviewRefused) as refused:
        declare(round_, application)
    assert refused.value.code == "checklist_no"
    assert reload(application).eligible_amount is None


@pytest.mark.parametrize(
    "amount, reason, code",
    [
        ("15000.01", "", "above_requested"),
        ("0.00", "Nichts.", "review_refused"),
        ("-1.00", "Nichts.", "review_refused"),
        ("0.001", "Nichts.", "review_refused"),
        ("14999.99", " ", "reduction_reason_missing"),
    ],
)
def test_impossible_amounts_are_refused(
    round_: Round, application: Application, amount: str, reason: str, code: str
) -> None:
    answer(round_, application, dict(ALL_YES))
    with pytest.raises(ReviewRefused) as refused:
        declare(round_, application, amount=amount, reason=reason)
    assert (refused.value.code, reload(application).state) == (code, State.IN_REVIEW)


def test_the_officer_confirms_another_territory_than_claimed(
    round_: Round, application: Application
) -> None:
    answer(round_, application, dict(ALL_YES))
    declare(round_, application, territory=LandkreisFactory(), place=" ")
    stored = reload(application)
    cap = confirmed_cap(stored)
    assert cap
    assert (cap.amount, stored.confirmed_place) == (Decimal("50000.00"), "")
    assert stored.territory != stored.confirmed_territory


def test_a_municipality_is_named(round_: Round, application: Application) -> None:
    answer(round_, application, dict(ALL_YES))
    collective = OtherMunicipalityFactory()
    with pytest.raises(ReviewRefused) as refused:
        declare(round_, application, territory=collective, place=" ")
    assert refused.value.code == "place_missing"
    declare(round_, application, territory=collective, place=" Kressbronn ")
    assert reload(application).confirmed_place == "Kressbronn"


def test_what_has_a_name_is_given_no_other(round_: Round, application: Application) -> None:
    answer(round_, application, dict(ALL_YES))
    district = LandkreisFactory()
    with pytest.raises(ReviewRefused) as refused:
        declare(round_, application, territory=district, place="Hinterdorf")
    assert refused.value.code == "place_not_needed"
    assert str(refused.value).startswith(f"„{district}“ hat schon einen Namen.")
    assert reload(application).state == State.IN_REVIEW


def test_a_finding_can_be_mended_while_nothing_is_proposed(
    round_: Round, application: Application
) -> None:
    answer(round_, application, dict(ALL_YES))
    declare(round_, application, amount="9000.00", reason="Gekürzt.")
    declare(round_, application, amount="15000.00", reason="übrig geblieben")
    stored = reload(application)
    assert (stored.eligible_amount, stored.reduction_reason) == (Decimal("15000.00"), "")


@pytest.mark.parametrize(
    "change, name",
    [
        ({"eligible_amount": Decimal("15000.01")}, "application_eligible_within_requested"),
        ({"eligible_amount": Decimal("0.00")}, "application_eligible_within_requested"),
        ({"eligible_amount": Decimal("9000.00")}, "application_reduction_has_reason"),
        ({"confirmed_territory": None}, "application_eligible_means_checked"),
        ({"checked_by": None}, "application_eligible_means_checked"),
        ({"state": State.AWARDED}, "application_awarded_means_award"),
        ({"state": "lost"}, "application_state_known"),
        ({"reference": ""}, "application_submitted_means_file_number"),
        ({"admitted_late_until": NOW}, "application_late_admission_by_whom_and_why"),
    ],
)
def test_database_refuses_impossible_findings(
    round_: Round, change: dict[str, object], name: str
) -> None:
    application = round_.case(State.ELIGIBLE)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(**change)


# --- Corrections ----------------------------------------------------------------------------


def test_a_correction_is_told_with_words_and_deadline(
    round_: Round, application: Application
) -> None:
    request_changes(
        application_id=application.pk,
        fields=["title", "goals", "title"],
        message=" Was genau ist geplant? ",
        due_at=DUE,
        acting_user=round_.officer,
        now=NOW,
    )
    request = CorrectionRequest.objects.get()
    assert (request.fields, request.message, request.due_at) == (
        ["title", "goals"],
        "Was genau ist geplant?",
        DUE,
    )
    mail = OutgoingMail.objects.get(kind="correction_requested")
    assert mail.recipient == round_.owner_of(application).email
    assert "Was genau ist geplant?" in mail.body_text


@pytest.mark.parametrize(
    "fields, due_at, code",
    [
        ([], DUE, "fields_missing"),
        (["state"], DUE, "fields_missing"),
        (["title"], NOW, "due_in_the_past"),
    ],
)
def test_impossible_corrections_are_refused(
    round_: Round, application: Application, fields: list[str], due_at: datetime, code: str
) -> None:
    mails = OutgoingMail.objects.count()
    with pytest.raises(ReviewRefused) as refused:
        request_changes(
            application_id=application.pk,
            fields=fields,
            message="Bitte.",
            due_at=due_at,
            acting_user=round_.officer,
            now=NOW,
        )
    assert refused.value.code == code
    assert (reload(application).state, OutgoingMail.objects.count()) == (State.IN_REVIEW, mails)


def test_the_review_resumes_before_and_after_the_deadline(
    round_: Round, application: Application
) -> None:
    for now in (NOW, DUE + timedelta(days=30)):
        round_.ask_for(application, "title")
        resume_review(
            application_id=application.pk, reason="Erledigt.", acting_user=round_.officer, now=now
        )
        assert reload(application).state == State.IN_REVIEW
    assert not CorrectionRequest.objects.filter(closed_at=None).exists()
