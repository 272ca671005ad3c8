"""The demo's story, loaded once: the programme's figures, and work for every role."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Sum
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from applications.checklist import CHECKLIST
from applications.demo.amounts import amounts_with_sum, points_with_score
from applications.demo.people import PASSWORD, PEOPLE
from applications.demo.plans import DOCUMENTED
from applications.demo.story import StoryRefused, tell
from applications.emails import is_written_to_by_post
from applications.enums import DecisionKind, DecisionOutcome, Intake, State
from applications.models import Application, Attachment, Decision, Review, SelectionRun
from applications.public_state import PublicState, public_state
from applications.rules.ranking import weighted_score
from applications.services.four_eyes import why_not_decide
from applications.services.simulation import Simulation, simulate
from applications.services.submission import find_gaps
from buendnisse.models import District, MailState, OutgoingMail, User
from buendnisse.roles import Role
from buendnisse.services.reference_data import sync_reference_data
from funding.models import Award, LedgerEntry, ProgrammeYear, Tranche
from funding.queries import YearFigures, announced_by_year
from funding.rules.allocation import Candidate, Policy, TrancheFunds, allocate
from funding.rules.ledger import EntryKind

TODAY = date(2026, 11, 23)
DECIDING = 2026
OPEN = 2027

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story")]


@pytest.fixture(scope="module")
def story(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The story as of `TODAY`, told once for all tests here and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        sync_reference_data()
        with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
            tell(TODAY)
        yield
        transaction.set_rollback(True)


def user(login: str) -> User:
    return User.objects.get(email=f"{login}@demo.example")


def deciding(state: State) -> list[Application]:
    return list(Application.objects.filter(programme_year__year=DECIDING, state=state))


# --- What the programme has done --------------------------------------------------------------


def test_the_public_figures_are_those_of_the_programme() -> None:
    assert announced_by_year() == [
        YearFigures(2016, 65, Decimal("1290000.00")),
        YearFigures(2015, 68, Decimal("993500.00")),
    ]
    assert Award.objects.announced().count() == 133


@pytest.mark.parametrize(
    ("year", "number", "amount", "committed"),
    [
        (2015, 1, "1000000.00", "993500.00"),
        (2016, 1, "1000000.00", "1000000.00"),
        (2016, 2, "300000.00", "290000.00"),
    ],
)
def test_the_tranches_hold_what_was_awarded(
    year: int, number: int, amount: str, committed: str
) -> None:
    tranche = Tranche.objects.get(programme_year__year=year, number=number)
    assert (tranche.amount, tranche.committed) == (Decimal(amount), Decimal(committed))
    assert tranche.confirmed_by != tranche.proposed_by
    booked = LedgerEntry.objects.filter(tranche=tranche, kind=EntryKind.COMMITMENT.value)
    assert booked.aggregate(sum=Sum("amount"))["sum"] == Decimal(committed)


def test_of_2016_all_93_are_ranked_and_the_first_54_fit_in_july() -> None:
    regular = SelectionRun.objects.get(programme_year__year=2016, source_state=State.ELIGIBLE)
    outcomes = [regular.result["outcomes"][name] for name in regular.result["ranking"]]
    assert regular.policy == Policy.STRICT.value
    assert outcomes == ["funded"] * 54 + ["does_not_fit"] + ["after_stop"] * 38
    scores = [Decimal(candidate["score"]) for candidate in regular.inputs["candidates"]]
    assert len(set(scores)) == 93
    assert scores == sorted(scores, reverse=True)


def test_the_55th_and_the_66th_are_larger_than_what_is_left() -> None:
    ranked = list(Application.objects.filter(programme_year__year=2016).in_rank_order())
    amounts = [application.eligible_amount or Decimal(0) for application in ranked]
    july = Decimal(1_000_000) - sum(amounts[:54])
    october = july + Decimal(300_000) - sum(amounts[54:65])
    assert (july, amounts[54]) == (Decimal("3500.00"), Decimal("40000.00"))
    assert (october, amounts[65]) == (Decimal("10000.00"), Decimal("15000.00"))


def test_on_30_september_2016_a_supplement_of_300000_funds_exactly_the_next_eleven() -> None:
    regular, supplement = SelectionRun.objects.filter(programme_year__year=2016).order_by("pk")
    waiting = regular.result["waiting_list"]
    assert [candidate["reference"] for candidate in supplement.inputs["candidates"]] == waiting
    simulated = allocate(
        [
            Candidate(
                candidate["reference"],
                Decimal(candidate["eligible_amount"]),
                Decimal(candidate["cap"]),
                Decimal(candidate["score"]),
                candidate["lot"],
            )
            for candidate in supplement.inputs["candidates"]
        ],
        [
            TrancheFunds("2016-1", Decimal(regular.result["free"]["2016-1"])),
            TrancheFunds("2016-2", Decimal("300000.00")),
        ],
        Policy.STRICT,
    )
    assert [award.reference for award in simulated.awards] == waiting[:11]
    assert simulated.stopped_by == waiting[11]
    october = Award.objects.filter(programme_year__year=2016, announced_at__month=10)
    assert {award.reference for award in october} == set(waiting[:11])


def simulated_2016(day: date, additional: str = "0.00", **other: Any) -> Simulation:
    year = ProgrammeYear.objects.get(year=2016)
    asked = {"policy": Policy.STRICT, "caps": year.cap_rules} | other
    return simulate(programme_year=year, as_of=day, additional=Decimal(additional), **asked)


def test_the_simulation_of_30_september_2016_gives_the_eleven_of_october() -> None:
    found = simulated_2016(date(2016, 9, 30), "300000.00")
    october = Award.objects.filter(programme_year__year=2016, announced_at__month=10)
    assert [case.application.alliance_id for case in found.funded] == [
        award.alliance_id for award in sorted(october, key=lambda award: -award.application.score)
    ]
    assert [case.outcome.amount for case in found.funded] == [
        case.application.award.amount for case in found.funded if case.application.award
    ]
    assert len(found.funded) == 11
    assert (found.funded_amount, found.left) == (Decimal("293500.00"), Decimal("10000.00"))
    assert (found.real.alliances, found.real.waiting, found.real.drawable) == (
        54,
        39,
        Decimal("3500.00"),
    )


def test_the_simulation_of_30_september_2016_gives_nobody_anything_without_money() -> None:
    found = simulated_2016(date(2016, 9, 30))
    assert (found.funded, found.left, len(found.cases)) == ([], Decimal("3500.00"), 39)


def test_the_curve_of_30_september_2016_has_the_eleventh_at_290000_euros() -> None:
    found = simulated_2016(date(2016, 9, 30), "300000.00")
    eleventh = found.curve.points[11]
    assert (eleventh.additional, eleventh.funded) == (Decimal("290000.00"), 11)
    assert eleventh.entering == (found.funded[-1].application.reference,)
    assert found.curve.points[12].additional == Decimal("305000.00")


def test_the_simulation_of_the_day_before_july_gives_the_54_of_july() -> None:
    found = simulated_2016(date(2016, 7, 3))
    july = Award.objects.filter(programme_year__year=2016, announced_at__month=7)
    assert {case.application.alliance_id for case in found.funded} == set(
        july.values_list("alliance", flat=True)
    )
    assert (found.source, len(found.cases), found.real.alliances) == (State.ELIGIBLE, 93, 0)
    assert found.left == Decimal("3500.00")


def test_the_simulation_of_2016_with_other_rules_gives_others() -> None:
    rules = ProgrammeYear.objects.get(year=2016).cap_rules
    lower = simulated_2016(
        date(2016, 9, 30), "300000.00", caps=replace(rules, district_cap=Decimal("15000.00"))
    )
    filled = simulated_2016(date(2016, 9, 30), "300000.00", policy=Policy.FILL)
    # Five of the eleven are whole districts: with 15,000 for each of them there is enough for 21.
    assert (len(lower.funded), lower.funded_amount) == (21, Decimal("290500.00"))
    # The 12th needs 15,000 and 10,000 are left, which the 20th takes.
    assert [case.rank for case in filled.funded] == [*range(1, 12), 20]
    assert filled.left == Decimal("0.00")


def test_the_supplement_took_nothing_away() -> None:
    july = Award.objects.filter(programme_year__year=2016, announced_at__month=7)
    assert july.count() == 54
    assert july.filter(cancelled_at=None, released=0).count() == 54
    assert july.aggregate(sum=Sum("amount"))["sum"] == Decimal("996500.00")


def test_the_rest_of_2016_is_rejected_and_told_so_at_the_years_end() -> None:
    year = ProgrammeYear.objects.get(year=2016)
    assert year.waiting_list_closed_at
    states = Counter(year.applications.values_list("state", flat=True))
    assert states == {State.AWARDED: 65, State.REJECTED: 28}
    closing = Decision.objects.filter(application__programme_year=year, closes_year=True)
    assert closing.filter(announced_at__year=2016).count() == 28


@pytest.mark.parametrize(
    ("year", "name", "amount"),
    [
        (year, recipient.name, recipient.amount)
        for year, recipients in DOCUMENTED.items()
        for recipient in recipients
    ],
)
def test_a_documented_recipient_has_its_amount(year: int, name: str, amount: int) -> None:
    award = Award.objects.announced().get(programme_year__year=year, recipient_name=name)
    assert award.amount == amount


def test_the_documented_recipients_are_those_of_the_programme() -> None:
    amounts = {
        recipient.name: recipient.amount
        for recipients in DOCUMENTED.values()
        for recipient in recipients
    }
    assert amounts == {
        "Refugees Integrated e.V. Bad Säckingen": 8_000,
        "Stadt Heidelberg": 50_000,
        "Stadt Rauenberg": 15_000,
        "Stadt Langenau": 15_000,
        "Stadt Überlingen": 15_000,
        "Stadt Friedrichshafen": 15_000,
        "Stadt Schwäbisch Gmünd": 15_000,
        "Stadt Ellwangen": 15_000,
        "Stadt Weingarten": 15_000,
        "Stadt Sigmaringen": 15_000,
        "Diakonie Biberach": 14_500,
        "Gemeinde Aldingen": 9_000,
        "Bodenseekreis": 40_000,
        "Stadt Schelklingen": 15_000,
        "Wabe gGmbH Waldkirch": 15_000,
    }


def test_the_supplement_went_to_those_who_got_it() -> None:
    october = Award.objects.filter(programme_year__year=2016, announced_at__month=10)
    real = october.exclude(recipient_name__startswith="Demo-")
    assert set(real.values_list("recipient_name", flat=True)) == {
        "Stadt Schelklingen",
        "Bodenseekreis",
        "Wabe gGmbH Waldkirch",
    }


def test_everything_that_is_not_documented_says_that_it_is_demo_data() -> None:
    documented = [item.name for recipients in DOCUMENTED.values() for item in recipients]
    others = Award.objects.exclude(recipient_name__in=documented)
    assert others.exclude(recipient_name__regex=r"^Demo-.*\(Beispiel \d+\)$").count() == 0
    titles = Application.objects.exclude(title__regex=r"\((Beispiel \d+|Beispielvorhaben)\)$")
    assert titles.count() == 0
    assert User.objects.exclude(name__startswith="Demo-").count() == 0


def test_every_district_has_a_funded_alliance() -> None:
    districts = set(Award.objects.announced().values_list("district", flat=True))
    assert districts == set(District.objects.values_list("pk", flat=True))


def test_no_award_is_above_its_cap() -> None:
    assert [award for award in Award.objects.all() if award.amount > award.cap] == []


# --- The year that is being decided -----------------------------------------------------------


def test_the_year_being_decided_has_applications_in_every_state() -> None:
    states = Counter(
        Application.objects.filter(programme_year__year=DECIDING).values_list("state", flat=True)
    )
    assert states == {
        State.DRAFT: 2,
        State.SUBMITTED: 4,
        State.IN_REVIEW: 5,
        State.CHANGES_REQUESTED: 2,
        State.ELIGIBLE: 9,
        State.PROPOSED: 8,
        State.AWARDED: 5,
        State.REJECTED: 2,
        State.WAITLISTED: 3,
        State.WITHDRAWN: 1,
    }


def test_of_the_year_being_decided_the_public_and_the_applicants_know_one_rejection() -> None:
    assert not Award.objects.announced().filter(programme_year__year=DECIDING).exists()
    shown = Counter(
        public_state(application)
        for state in (State.AWARDED, State.WAITLISTED, State.REJECTED, State.PROPOSED)
        for application in deciding(state)
    )
    assert shown == {PublicState.IN_DECISION: 17, PublicState.REJECTED: 1}


def test_only_announced_decisions_were_mailed() -> None:
    told = OutgoingMail.objects.filter(kind__in=["awarded", "rejected", "waitlisted"])
    announced = Decision.objects.announced().count()
    assert told.values("about", "kind").distinct().count() == announced


def test_both_approvers_find_awards_and_rejections_that_they_may_decide() -> None:
    open_ = list(Decision.objects.open().select_related("application"))
    assert Counter(decision.kind for decision in open_) == {
        DecisionKind.AWARD: 5,
        DecisionKind.REJECTION: 2,
        DecisionKind.WAITING_LIST: 1,
    }
    for login in ("zeichnung", "zeichnung2"):
        assert why_not_decide(open_, user(login)) == {}


def test_the_officer_finds_work_of_every_kind() -> None:
    assert len(deciding(State.SUBMITTED)) == 4
    in_review = deciding(State.IN_REVIEW)
    begun = [case for case in in_review if case.check_results.exists()]
    assert [case.check_results.count() for case in begun] == [
        len([item for item in CHECKLIST if item.group == "formal"])
    ]
    mended = [case for case in in_review if case.submissions.count() == 2]
    assert len(mended) == 2
    due = [
        case.correction_requests.get(closed_at=None).due_at.date()
        for case in deciding(State.CHANGES_REQUESTED)
    ]
    assert sorted(day < TODAY for day in due) == [False, True]


def test_the_officer_finds_a_letter_to_print() -> None:
    """Of an alliance that reads no e-mail; its applicant in law has a postal address."""
    letter = OutgoingMail.objects.get(state=MailState.BY_POST)
    assert (letter.kind, letter.recipient, letter.posted_date) == ("acknowledgement", "", None)
    application = Application.objects.get(programme_year__year=OPEN, intake=Intake.PAPER)
    assert (letter.about, application.state) == (f"application:{application.pk}", State.SUBMITTED)
    assert is_written_to_by_post(application)
    assert not application.alliance.memberships.exists()
    lead = application.alliance.organisations.get(is_lead=True)
    assert (lead.street, lead.postal_code, bool(lead.city)) == ("Beispielweg 1", "70000", True)
    assert application.reference in letter.body_text
    client = Client()
    client.force_login(user("sachbearbeitung"))
    page = client.get(reverse("admin:buendnisse_outgoingmail_changelist") + "?state__exact=by_post")
    assert list(page.context["cl"].queryset) == [letter]


def test_the_juror_finds_what_to_score_what_is_scored_and_a_conflict() -> None:
    own = Review.objects.filter(juror=user("jury"))
    assert own.open().filter(application__state=State.ELIGIBLE).count() == 5
    assert own.exclude(scored_at=None).count() == 17
    assert own.exclude(conflict_declared_at=None).count() == 1
    waited_for = Review.objects.open().filter(application__state=State.ELIGIBLE)
    assert set(waited_for.values_list("juror__email", flat=True)) == {"jury@demo.example"}


def test_the_second_budget_officer_finds_a_tranche_to_confirm() -> None:
    tranche = Tranche.objects.awaiting_confirmation().get()
    assert tranche.programme_year.year == DECIDING
    assert tranche.proposed_by == user("haushalt")


def test_the_applicant_finds_a_correction_and_a_half_filled_draft() -> None:
    mine = {application.programme_year.year: application for application in _of("antrag")}
    assert {year: application.state for year, application in mine.items()} == {
        DECIDING: State.CHANGES_REQUESTED,
        OPEN: State.DRAFT,
    }
    gaps = {gap.section for gap in find_gaps(mine[OPEN])}
    assert gaps == {"project", "finances", "declarations"}


def _of(login: str) -> list[Application]:
    return list(Application.objects.of(user(login)).select_related("programme_year"))


def test_applicants_and_jurors_find_files() -> None:
    def names(**where: object) -> list[str]:
        files = Attachment.objects.current().filter(**where)
        return list(files.order_by("pk").values_list("name", flat=True))

    mine = {"application__created_by": user("antrag")}
    submitted = ["Zeitplan.pdf", "Zusage Sportverein.pdf", "Räume.png"]
    assert names(application__programme_year__year=DECIDING, **mine) == submitted
    assert names(application__programme_year__year=OPEN, **mine) == ["Zeitplan.pdf"]
    assert names(application__reviews__juror=user("jury"))[:3] == submitted


def test_the_calls_are_closed_and_open_as_they_should_be() -> None:
    moment = OutgoingMail.objects.order_by("-created_at")[0].created_at
    assert [year.year for year in ProgrammeYear.objects.all() if year.call_is_open(moment)] == [
        OPEN
    ]


def test_nothing_in_the_story_lies_in_the_future() -> None:
    newest = [
        Decision.objects.order_by("-proposed_at")[0].proposed_at,
        OutgoingMail.objects.order_by("-created_at")[0].created_at,
        Application.objects.order_by("-updated_at")[0].updated_at,
        Tranche.objects.order_by("-proposed_at")[0].proposed_at,
    ]
    assert [moment for moment in newest if moment.date() >= TODAY] == []


# --- Logins, mails, and telling it again ------------------------------------------------------


def test_the_logins_are_those_of_the_demo_with_their_roles() -> None:
    roles = {
        person.email.partition("@")[0]: (person.is_staff, person.get_roles())
        for person in User.objects.exclude(email__startswith="buendnis-")
    }
    assert roles == {
        "antrag": (False, frozenset()),
        "sachbearbeitung": (True, frozenset({Role.CASE_OFFICER})),
        "sachbearbeitung2": (True, frozenset({Role.CASE_OFFICER})),
        "jury": (False, frozenset({Role.JUROR})),
        "jury2": (False, frozenset({Role.JUROR})),
        "jury3": (False, frozenset({Role.JUROR})),
        "zeichnung": (True, frozenset({Role.APPROVER})),
        "zeichnung2": (True, frozenset({Role.APPROVER})),
        "haushalt": (True, frozenset({Role.BUDGET_OFFICER})),
        "haushalt2": (True, frozenset({Role.BUDGET_OFFICER})),
        "pruefung": (True, frozenset({Role.AUDITOR})),
        "admin": (True, frozenset({Role.ADMINISTRATOR})),
        "admin2": (True, frozenset({Role.ADMINISTRATOR})),
    }
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("login", [person.login for person in PEOPLE])
def test_each_login_gets_in_with_the_password_of_the_demo(client: Client, login: str) -> None:
    address = f"{login}@demo.example"
    assert EmailAddress.objects.filter(email=address, verified=True, primary=True).exists()
    response = client.post(
        reverse("account_login"), {"login": address, "password": PASSWORD, "remember": "on"}
    )
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user(login).pk)


def test_mails_of_the_past_count_as_sent_and_those_of_the_present_are_waiting() -> None:
    by_year: dict[bool, set[str]] = {True: set(), False: set()}
    for created_at, state in OutgoingMail.objects.values_list("created_at", "state"):
        by_year[created_at.year < DECIDING].add(state)
    assert by_year == {True: {MailState.SENT}, False: {MailState.QUEUED, MailState.BY_POST}}
    assert OutgoingMail.objects.filter(state=MailState.QUEUED).count() < 100


def test_every_decision_keeps_four_eyes() -> None:
    decided = Decision.objects.filter(outcome=DecisionOutcome.APPROVED)
    assert decided.exclude(decided_by=None).count() == decided.count()
    assert [
        decision.pk
        for decision in decided
        if decision.decided_by_id in (decision.proposed_by_id, decision.checked_by_id)
    ] == []


def test_loading_it_twice_is_refused_and_changes_nothing(settings: Settings) -> None:
    settings.DEMO = True
    before = Application.objects.count()
    with pytest.raises(CommandError, match="nur einmal geladen"):
        call_command("load_demo", today=TODAY)
    assert Application.objects.count() == before


def test_it_is_loaded_in_the_demo_alone(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="Nur mit DEMO=true"):
        call_command("load_demo", today=TODAY)


def test_a_story_that_would_run_into_its_own_past_is_refused() -> None:
    with pytest.raises(StoryRefused, match=r"frühestens am 01\.07\.2017"):
        tell(date(2017, 6, 30))


# --- The numbers behind it --------------------------------------------------------------------


def test_amounts_add_up_within_their_ranges() -> None:
    ranges = [(9_000, 15_000)] * 5 + [(20_000, 48_000)]
    amounts = amounts_with_sum(Random(1), ranges, 100_000)
    assert sum(amounts) == 100_000
    assert [low <= amount <= high for amount, (low, high) in zip(amounts, ranges, strict=True)] == [
        True
    ] * 6
    assert amounts == amounts_with_sum(Random(1), ranges, 100_000)


@pytest.mark.parametrize("total", [20_000, 200_000, 100_001])
def test_amounts_that_cannot_add_up_are_refused(total: int) -> None:
    with pytest.raises(ValueError, match="is not between"):
        amounts_with_sum(Random(1), [(9_000, 15_000)] * 5, total)


@pytest.mark.parametrize("target", [0, 1, 60, 104, 152, 159, 160])
def test_points_give_the_score_that_was_meant(target: int) -> None:
    weights = [3, 2, 2, 1]
    points = points_with_score(Random(1), weights, target)
    assert [point for point in points if not 0 <= point <= 10 or point * 2 % 1] == []
    named = {str(number): point for number, point in enumerate(points)}
    score = weighted_score(named, {str(number): weight for number, weight in enumerate(weights)})
    assert score == Fraction(target, 16)


def test_points_out_of_reach_are_refused() -> None:
    with pytest.raises(ValueError, match="no points give 161"):
        points_with_score(Random(1), [3, 2, 2, 1], 161)
