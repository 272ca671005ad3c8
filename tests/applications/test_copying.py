"""Taking over last year's application: what comes along, what does not, and whose it is."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.services.copying import NothingToCopy, copy_from_earlier
from applications.services.drafting import (
    NotEditable,
    save_section,
    start_application,
    stored_lines,
)
from buendnisse.models import MembershipRole
from buendnisse.refusals import NotAllowed
from tests.factories.cases import DRAFTED_AT, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def earlier() -> Application:
    application = Round(year=2015, money=None).case(State.SUBMITTED)
    Application.objects.filter(pk=application.pk).update(
        contact_phone="07071 1", contact_email="alt@example.org"
    )
    application.refresh_from_db()
    return application


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def draft(round_: Round, earlier: Application) -> Application:
    """The same alliance's application of the next year, just begun."""
    return start_application(
        alliance_id=earlier.alliance_id,
        programme_year_id=round_.year.pk,
        acting_user=earlier.created_by,
        now=DRAFTED_AT,
    )


def copy(draft: Application, source: Application) -> Application:
    return copy_from_earlier(
        application_id=draft.pk,
        source=source.public_id,
        acting_user=draft.created_by,
        now=DRAFTED_AT,
    )


def test_texts_people_place_and_plan_come_along(draft: Application, earlier: Application) -> None:
    copy(draft, earlier)
    draft.refresh_from_db()
    same = ("territory", "title", "summary", "goals", "activities", "participation")
    same += ("requested_amount", "contact_phone", "signatory_name", "signatory_function")
    assert [getattr(draft, name) for name in same] == [getattr(earlier, name) for name in same]
    assert stored_lines(draft) == stored_lines(earlier)
    assert draft.requested_amount == Decimal("15000.00")


def test_days_declarations_and_consent_do_not(draft: Application, earlier: Application) -> None:
    copy(draft, earlier)
    draft.refresh_from_db()
    assert (draft.period_start, draft.period_end) == (None, None)
    assert [
        draft.consent_on_paper,
        draft.declares_not_begun,
        draft.declares_data_protection,
        draft.declares_truthful,
    ] == [False] * 4
    assert (draft.state, draft.reference, draft.submitted_at) == (State.DRAFT, "", None)


def test_what_was_typed_stays(draft: Application, earlier: Application) -> None:
    save_section(
        application_id=draft.pk,
        acting_user=draft.created_by,
        now=DRAFTED_AT,
        version=draft.version,
        values={"title": "Etwas Neues"},
    )
    copy(draft, earlier)
    draft.refresh_from_db()
    assert (draft.title, draft.goals) == ("Etwas Neues", earlier.goals)
    assert draft.contact_email == draft.created_by.email
    with pytest.raises(NothingToCopy):
        copy(draft, earlier)


def test_another_alliances_application_gives_nothing(draft: Application) -> None:
    strange = Round(year=2014, money=None).case(State.SUBMITTED)
    with pytest.raises(NothingToCopy):
        copy(draft, strange)
    draft.refresh_from_db()
    assert draft.title == ""


def test_only_editors_copy_and_only_into_a_draft(
    round_: Round, draft: Application, earlier: Application
) -> None:
    viewer = round_.member_of(draft, MembershipRole.VIEWER)
    with pytest.raises(NotAllowed):
        copy_from_earlier(
            application_id=draft.pk, source=earlier.public_id, acting_user=viewer, now=DRAFTED_AT
        )
    with pytest.raises(NotEditable):
        copy(earlier, earlier)


def test_the_offer_stands_as_long_as_the_draft_has_no_words(
    draft: Application, earlier: Application
) -> None:
    client = Client()
    client.force_login(draft.created_by)
    overview = reverse("applications:overview", args=[draft.public_id])
    assert "Aus dem Antrag 2015 übernehmen" in client.get(overview).content.decode()
    address = reverse("applications:copy", args=[draft.public_id, earlier.public_id])
    page = client.post(address, follow=True).content.decode()
    assert "Übernommen. Bitte lesen Sie alles durch" in page
    assert "Aus dem Antrag 2015 übernehmen" not in page
    page = client.post(address, follow=True).content.decode()
    assert "Hier gibt es nichts zu übernehmen" in page


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        (State.WITHDRAWN, "Aus dem zurückgezogenen Antrag übernehmen"),
        (State.DRAFT, "Aus dem verworfenen Entwurf übernehmen"),
    ],
)
def test_what_was_withdrawn_in_the_same_year_is_offered_before_last_years(
    state: State, heading: str, round_: Round, earlier: Application
) -> None:
    withdrawn = round_.case(state, alliance=earlier.alliance, title="Neues Vorhaben")
    if state == State.DRAFT:
        round_.withdraw(withdrawn)
    draft = start_application(
        alliance_id=earlier.alliance_id,
        programme_year_id=round_.year.pk,
        acting_user=earlier.created_by,
        now=DRAFTED_AT,
    )
    client = Client()
    client.force_login(draft.created_by)
    page = client.get(reverse("applications:overview", args=[draft.public_id]))
    assert page.context["earlier"] == [withdrawn, earlier]
    assert [words in page.content.decode() for words in (heading, "Aus dem Antrag 2015")] == [
        True,
        True,
    ]

    copy(draft, withdrawn)
    draft.refresh_from_db()
    assert (draft.title, draft.goals) == ("Neues Vorhaben", withdrawn.goals)
    assert (draft.period_start, draft.declares_truthful) == (None, False)


def test_what_still_stands_in_the_same_year_gives_nothing(
    round_: Round, draft: Application
) -> None:
    with pytest.raises(NothingToCopy):
        copy(draft, draft)
    other = round_.case(State.SUBMITTED)
    with pytest.raises(NothingToCopy):
        copy(draft, other)


def test_strangers_copy_nothing(draft: Application, earlier: Application) -> None:
    client = Client()
    client.force_login(Round(year=2017, money=None).officer)
    address = reverse("applications:copy", args=[draft.public_id, earlier.public_id])
    assert client.post(address).status_code == 404
