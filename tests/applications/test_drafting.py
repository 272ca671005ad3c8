"""Drafting: begun once, saved half-done, and never over somebody else's work."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from applications.enums import LineKind, State
from applications.models import Application
from applications.sections import SECTION_OF_FIELD
from applications.services.drafting import (
    CallClosed,
    FieldNotOpen,
    NotEditable,
    PlanLine,
    open_fields,
    save_section,
    start_application,
)
from applications.services.stale import StaleApplication
from buendnisse.models import MembershipRole
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import (
    CALL_CLOSES_AT,
    CALL_OPENS_AT,
    DRAFTED_AT,
    Round,
    balanced_plan,
    reload,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 6, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


def start(round_: Round, *, now: datetime = DRAFTED_AT) -> Application:
    alliance = round_.found_alliance()
    return start_application(
        alliance_id=alliance.pk,
        programme_year_id=round_.year.pk,
        acting_user=alliance.memberships.get().user,
        now=now,
    )


def save(
    round_: Round,
    application: Application,
    *,
    version: int | None = None,
    lines: list[PlanLine] | None = None,
    now: datetime = NOW,
    **values: object,
) -> Application:
    return save_section(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=now,
        version=application.version if version is None else version,
        values=values,
        lines=lines,
    )


# --- Starting -------------------------------------------------------------------------------


def test_start_makes_an_empty_draft_with_the_contact_filled_in(round_: Round) -> None:
    application = start(round_)
    owner = round_.owner_of(application)
    assert (application.state, application.version, application.reference) == (State.DRAFT, 0, "")
    assert (application.contact_name, application.contact_email) == (owner.name, owner.email)
    assert (application.created_by, application.created_at) == (owner, DRAFTED_AT)


@pytest.mark.parametrize(
    "now, is_open",
    [
        (CALL_OPENS_AT - SECOND, False),
        (CALL_OPENS_AT, True),
        (CALL_CLOSES_AT, True),
        (CALL_CLOSES_AT + timedelta(microseconds=999_999), True),
        (CALL_CLOSES_AT + SECOND, False),
    ],
)
def test_start_needs_an_open_call(round_: Round, now: datetime, is_open: bool) -> None:
    if is_open:
        assert start(round_, now=now).pk
        return
    with pytest.raises(CallClosed):
        start(round_, now=now)
    assert not Application.objects.exists()


def test_an_alliance_has_one_application_a_year(round_: Round) -> None:
    application = round_.draft()
    with pytest.raises(Refusal, match="schon einen Antrag") as refused:
        round_.draft(alliance=application.alliance)
    assert refused.value.code == "application_one_per_alliance_and_year"
    assert Application.objects.count() == 1
    other_year = Round(year=2017, money=None)
    assert other_year.draft(alliance=application.alliance).pk


@pytest.mark.parametrize("part", [MembershipRole.VIEWER, None])
def test_who_may_not_edit_neither_starts_nor_saves(
    round_: Round, part: MembershipRole | None
) -> None:
    application, alliance = round_.draft(), round_.found_alliance()
    user = UserFactory(roles=[Role.CASE_OFFICER, Role.ADMINISTRATOR])
    if part:
        for place in (application.alliance, alliance):
            MembershipFactory(alliance=place, user=user, role=part)
    with pytest.raises(NotAllowed):
        start_application(
            alliance_id=alliance.pk,
            programme_year_id=round_.year.pk,
            acting_user=user,
            now=DRAFTED_AT,
        )
    with pytest.raises(NotAllowed):
        save_section(
            application_id=application.pk,
            acting_user=user,
            now=NOW,
            version=application.version,
            values={"title": "Fremd"},
        )
    assert reload(application).title == "Begegnungscafé"


def test_editors_start_and_save(round_: Round) -> None:
    alliance = round_.found_alliance()
    editor = MembershipFactory(alliance=alliance, role=MembershipRole.EDITOR).user
    application = start_application(
        alliance_id=alliance.pk,
        programme_year_id=round_.year.pk,
        acting_user=editor,
        now=DRAFTED_AT,
    )
    save_section(
        application_id=application.pk,
        acting_user=editor,
        now=NOW,
        version=0,
        values={"title": "Garten"},
    )
    assert reload(application).title == "Garten"


# --- Saving ---------------------------------------------------------------------------------


def test_save_stores_what_was_typed_however_incomplete(round_: Round) -> None:
    application = start(round_)
    saved = save(round_, application, title="Garten", period_start=None, requested_amount=None)
    assert (saved.title, saved.version, saved.updated_at) == ("Garten", 1, NOW)


def test_saving_the_same_again_changes_nothing(round_: Round) -> None:
    application = round_.draft()
    before = Application.objects.values().get()
    save(round_, application, title="Begegnungscafé", lines=balanced_plan(), version=0)
    assert Application.objects.values().get() == before


def test_a_form_that_was_opened_before_anothers_change_writes_nothing(round_: Round) -> None:
    application = round_.draft()
    save(round_, application, title="Garten", version=1)
    with pytest.raises(StaleApplication, match="inzwischen"):
        save(
            round_,
            application,
            title="Werkstatt",
            lines=[PlanLine(LineKind.COST, "Werkzeug", Decimal("1.00"))],
            version=1,
        )
    stored = reload(application)
    assert (stored.title, stored.version, stored.budget_lines.count()) == ("Garten", 2, 2)


def test_the_plan_is_replaced_as_a_whole(round_: Round) -> None:
    application = round_.draft()
    lines = [
        PlanLine(LineKind.COST, "Miete", Decimal("500.00")),
        PlanLine(LineKind.COST, "Material", Decimal("250.50")),
        PlanLine(LineKind.INCOME, "Verkauf", Decimal("750.50")),
    ]
    saved = save(round_, application, lines=lines)
    stored = saved.budget_lines.values_list("kind", "description", "amount")
    assert [PlanLine(LineKind(kind), *rest) for kind, *rest in stored] == lines
    assert saved.version == 2


def test_none_leaves_the_plan_and_an_empty_one_empties_it(round_: Round) -> None:
    application = round_.draft()
    assert save(round_, application, title="Garten").budget_lines.count() == 2
    assert save(round_, application, lines=[], version=2).budget_lines.count() == 0


def test_a_draft_can_be_saved_after_the_call(round_: Round) -> None:
    application = round_.draft()
    saved = save(round_, application, title="Zu spät", now=CALL_CLOSES_AT + timedelta(days=1))
    assert saved.title == "Zu spät"


@pytest.mark.parametrize(
    "field", ["state", "eligible_amount", "reference", "award", "version", "created_by_id"]
)
def test_only_fields_of_the_form_are_written(round_: Round, field: str) -> None:
    application = round_.draft()
    before = Application.objects.values().get()
    with pytest.raises(FieldNotOpen):
        save(round_, application, **{field: "x"} if field != "version" else {"sequence": 7})
    assert Application.objects.values().get() == before


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.DRAFT, State.CHANGES_REQUESTED)]
)
def test_nothing_is_changed_after_the_submission(state: State) -> None:
    round_ = Round()
    application = round_.case(state)
    assert open_fields(application) == frozenset()
    with pytest.raises(NotEditable):
        save(round_, application, title="Anders")
    with pytest.raises(NotEditable):
        save(round_, application, lines=[])
    assert reload(application).title == "Begegnungscafé"


# --- Corrections ----------------------------------------------------------------------------


def test_a_draft_is_open_as_a_whole(round_: Round) -> None:
    assert open_fields(round_.draft()) == frozenset(SECTION_OF_FIELD)


def test_a_correction_opens_the_named_fields_alone(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    assert open_fields(application) == {"title"}
    assert save(round_, application, title="Besser").title == "Besser"
    version = reload(application).version
    for values, lines in (({"goals": "Anders"}, None), ({"title": "Noch besser"}, [])):
        with pytest.raises(FieldNotOpen):
            save(round_, application, version=version, lines=lines, **values)
    assert reload(application).title == "Besser"


def test_a_correction_of_the_plan_opens_the_plan(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, "budget_lines")
    assert save(round_, application, lines=[]).budget_lines.count() == 0


def test_what_a_form_sends_unchanged_does_not_count_as_a_change(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    saved = save(
        round_, application, title="Besser", goals=application.goals, lines=balanced_plan()
    )
    assert saved.title == "Besser"
