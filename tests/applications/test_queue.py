"""The queue: whose cases are whose, many at once, and the views that a person has kept."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.models import Application, Deputyship
from applications.services.assigning import (
    AssignmentRefused,
    DeputyRefused,
    assign_officer,
    end_deputyship,
    name_deputy,
)
from applications.services.conflicts import record_conflict
from applications.services.lifecycle import WrongState
from applications.services.reviewing import take_up
from buendnisse.models import MembershipRole, SavedView, Territory, TerritoryKind, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.services.saved_views import MOST_VIEWS, save_view
from tests.buendnisse.page import Page
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import CHECKED_AT, Round
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

QUEUE = "admin:applications_application_changelist"
NOW = datetime(2026, 7, 1, 10, tzinfo=UTC)
TODAY = date(2026, 7, 1)


def officer(name: str = "Kollegin") -> User:
    person: User = UserFactory(name=name, roles=[Role.CASE_OFFICER])
    return person


def listed(client: Client, query: str = "") -> list[Application]:
    return list(client.get(reverse(QUEUE) + query).context["cl"].result_list)


def text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").split())


def choose(client: Client, action: str, applications: list[Application], query: str = "") -> str:
    """The address of the page that the action leads to."""
    chosen = [application.pk for application in applications]
    response = client.post(reverse(QUEUE) + query, {"action": action, "_selected_action": chosen})
    return str(response.headers["Location"])


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_no_row_asks_for_more_than_the_page_has_read(
    round_: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Whatever its state, its place and who looks after it; a first row asks for the deputies."""
    for state in State:
        if state is not State.DRAFT:
            round_.case(state)
    for kind in TerritoryKind:
        place = Territory.objects.filter(kind=kind).first()
        round_.case(State.ELIGIBLE, territory=place, eligible=Decimal(9_000), place="Hinterdorf")
    draft = round_.draft()
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=NOW)
    client = client_of(round_.officer)
    listed(client)
    with django_assert_num_queries(13):
        rows = listed(client)
    assert {row.state for row in rows} == set(State)


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_takes_as_many_queries_with_three_rows_as_with_one(
    round_: Round, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        round_.case(State.ELIGIBLE, score=7)
    client = client_of(round_.officer)
    client.get(reverse("admin:index"))
    with django_assert_num_queries(13):
        assert len(listed(client)) == number


def test_a_row_says_what_an_officer_looks_for(round_: Round) -> None:
    case = round_.case(State.ELIGIBLE, score=7, eligible=round_.year.standard_cap - 3000)
    page = client_of(round_.officer).get(reverse(QUEUE))
    row = text(page).split('id="result_list"')[1]
    for words in (
        str(case.reference),
        "Begegnungscafé",
        str(case.alliance),
        "Stadt Friedrichshafen",
        "Bodenseekreis",
        "Förderfähig",
        "15.000 €",
        "anerkannt 12.000 €",
        "7,000",
        "Sachbearbeitung",
    ):
        assert words in row, words


def test_old_states_show_their_day(round_: Round) -> None:
    case = round_.case(State.SUBMITTED)
    assert "01.06.2016" in text(client_of(round_.officer).get(reverse(QUEUE)))
    since = timezone.now() - timedelta(days=99, hours=1)
    Application.objects.filter(pk=case.pk).update(state_changed_at=since)
    assert "seit 99 Tagen" in text(client_of(round_.officer).get(reverse(QUEUE)))


def test_cases_are_filtered_by_their_officer(round_: Round) -> None:
    mine, theirs, nobodys = (round_.case(State.IN_REVIEW) for _ in range(3))
    other = officer()
    Application.objects.filter(pk=theirs.pk).update(officer=other)
    Application.objects.filter(pk=nobodys.pk).update(officer=None)
    client = client_of(round_.officer)
    assert listed(client, "?sachbearbeitung=ich") == [mine]
    assert listed(client, f"?sachbearbeitung={other.pk}") == [theirs]
    # Nobody has to look after what is withdrawn.
    Application.objects.filter(pk=round_.case(State.WITHDRAWN).pk).update(officer=None)
    assert listed(client, "?sachbearbeitung=niemand") == [nobodys]
    assert client.get(reverse(QUEUE) + "?sachbearbeitung=999999").status_code == 400


# --- Assigning ------------------------------------------------------------------------------------


def assign(case: Application, to: User | None, by: User) -> Application:
    return assign_officer(
        application_id=case.pk, officer_id=to.pk if to else None, acting_user=by, now=NOW
    )


def test_an_officer_is_assigned_and_taken_off_again(round_: Round) -> None:
    case, other = round_.case(State.SUBMITTED), officer()
    assert assign(case, other, round_.officer).officer == other
    assert assign(case, None, round_.officer).officer is None
    case.refresh_from_db()
    assert (case.officer, case.state) == (None, State.SUBMITTED)


def test_assigning_refuses_who_and_what_it_is_not_for(round_: Round) -> None:
    case, other = round_.case(State.SUBMITTED), officer()
    member = officer("Mitglied")
    MembershipFactory(alliance=case.alliance, user=member, role=MembershipRole.VIEWER)
    assign(case, other, round_.officer)
    refusals: list[tuple[type[Refusal], str, Any]] = [
        (NotAllowed, "not_allowed", lambda: assign(case, other, round_.approver)),
        (NotAllowed, "own_alliance", lambda: assign(case, other, member)),
        (AssignmentRefused, "conflict", lambda: assign(case, member, round_.officer)),
        (AssignmentRefused, "no_officer", lambda: assign(case, round_.juror, round_.officer)),
        (AssignmentRefused, "same", lambda: assign(case, other, round_.officer)),
        (WrongState, "wrong_state", lambda: assign(round_.draft(), other, round_.officer)),
    ]
    for kind, code, step in refusals:
        with pytest.raises(kind) as refused:
            step()
        assert refused.value.code == code
    case.refresh_from_db()
    assert case.officer == other


# --- Deputies -------------------------------------------------------------------------------------


def name(
    deputy: User, by: User, first: date = TODAY, last: date = TODAY + timedelta(days=9)
) -> Deputyship:
    return name_deputy(
        deputy_id=deputy.pk,
        first_day=first,
        last_day=last,
        acting_user=by,
        now=NOW,
        today=TODAY,
    )


def test_a_deputy_has_the_others_cases_in_that_time_alone(round_: Round) -> None:
    case, deputy = round_.case(State.IN_REVIEW), officer("Vertreterin")
    client, today = client_of(deputy), timezone.localdate()
    tomorrow = today + timedelta(days=1)
    deputyship = Deputyship.objects.create(
        officer=round_.officer, deputy=deputy, first_day=tomorrow, last_day=tomorrow, named_at=NOW
    )
    assert listed(client, "?sachbearbeitung=ich") == []
    Deputyship.objects.filter(pk=deputyship.pk).update(first_day=today)
    assert listed(client, "?sachbearbeitung=ich") == [case]
    words = "vertreten durch Vertreterin bis"
    assert words in text(client.get(reverse(QUEUE)))
    assert words in text(
        client.get(reverse("admin:applications_application_change", args=[case.pk]))
    )
    waiting = {
        str(item.label): item for item in client.get(reverse("admin:index")).context["waiting"]
    }
    assert (waiting["In Prüfung"].count, waiting["In Prüfung"].mine) == (1, 1)
    end_deputyship(deputyship_id=deputyship.pk, acting_user=deputy, now=NOW)
    assert listed(client, "?sachbearbeitung=ich") == []
    assert words not in text(client.get(reverse(QUEUE)))


def test_naming_a_deputy_refuses_what_makes_no_sense(round_: Round) -> None:
    me, deputy = round_.officer, officer()
    day = timedelta(days=1)
    name(deputy, me)
    refusals: list[tuple[type[Refusal], str, Any]] = [
        (NotAllowed, "not_allowed", lambda: name(deputy, round_.approver)),
        (DeputyRefused, "no_officer", lambda: name(round_.approver, me)),
        (DeputyRefused, "over", lambda: name(deputy, me, TODAY - 3 * day, TODAY - day)),
        (DeputyRefused, "twice", lambda: name(officer(), me, TODAY + 9 * day, TODAY + 12 * day)),
        (Refusal, "deputyship_two_persons", lambda: name(deputy, deputy)),
        (
            Refusal,
            "deputyship_ends_after_it_begins",
            lambda: name(deputy, me, TODAY + 30 * day, TODAY + 29 * day),
        ),
    ]
    for kind, code, step in refusals:
        with pytest.raises(kind) as refused:
            step()
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        end_deputyship(deputyship_id=Deputyship.objects.get().pk, acting_user=officer(), now=NOW)


def test_where_nobody_could_be_deputy_the_page_says_so(round_: Round) -> None:
    path = reverse("admin:applications_deputies")
    page = text(client_of(round_.officer).get(path))
    assert "Es gibt noch niemanden, der Sie vertreten kann" in page
    assert 'name="deputy"' not in page
    UserFactory(roles=[Role.CASE_OFFICER])
    assert 'name="deputy"' in text(client_of(round_.officer).get(path))


def test_a_state_is_told_with_since_when(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    for days, words in (
        (0, "seit heute"),
        (1, "seit 1 Tag<"),
        (9, "seit 9 Tagen"),
        (400, "seit {:%d.%m.%Y}"),
    ):
        since = timezone.now() - timedelta(days=days, minutes=1)
        Application.objects.filter(pk=application.pk).update(state_changed_at=since)
        page = text(client_of(round_.officer).get(reverse(QUEUE)))
        assert words.format(timezone.localtime(since)) in page


def test_an_action_without_a_tick_says_what_to_do_first(round_: Round) -> None:
    round_.case(State.SUBMITTED)
    client = client_of(round_.officer)
    page = client.post(reverse(QUEUE), {"action": "assign_many", "index": "0"}, follow=True)
    assert "Bitte kreuzen Sie zuerst in der Liste an, worum es geht." in text(page)
    crumbs = Page(text(client.get(reverse(QUEUE)))).one("div", **{"class": "breadcrumbs"})
    assert crumbs.text == "Start › Anträge"


def test_deputies_are_named_and_ended_on_their_page(round_: Round) -> None:
    deputy, client = officer("Vertreterin"), client_of(round_.officer)
    path = reverse("admin:applications_deputies")
    page = client.post(
        path, {"deputy": deputy.pk, "first_day": "01.02.2020", "last_day": "2.2.2020"}
    )
    assert "Dieser Zeitraum ist schon vorbei." in text(page)
    last = timezone.localdate() + timedelta(days=5)
    data = {"deputy": deputy.pk, "first_day": "1.1.2026", "last_day": f"{last:%d.%m.%Y}"}
    page = client.post(path, data, follow=True)
    assert "Vertreterin vertritt Sie vom 1. Januar 2026 bis zum" in text(page)
    deputyship = Deputyship.objects.get()
    auditor = client_of(UserFactory(roles=[Role.AUDITOR]))
    assert "Vertreterin" in text(auditor.get(path))
    assert auditor.get(path).context["submit_hidden"]
    assert "Beenden" not in text(auditor.get(path)).split("<tbody>")[1]
    assert auditor.post(path, {"ende": deputyship.pk}).status_code == 403
    assert "Die Vertretung ist beendet." in text(
        client.post(path, {"ende": deputyship.pk}, follow=True)
    )
    deputyship.refresh_from_db()
    assert deputyship.ended_at


# --- Many at once ---------------------------------------------------------------------------------


def test_taking_up_many_says_before_and_after_what_happens_to_how_many(round_: Round) -> None:
    first, second, third = (round_.case(State.SUBMITTED) for _ in range(3))
    done = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    address = choose(client, "take_up_many", [first, second, third, done], "?q=Begegnung")
    page = text(client.get(address))
    assert "3 Anträge kommen in Prüfung." in page
    assert "1 Antrag bleibt, wie er ist" in page
    assert "Steht auf „In Prüfung“; in Prüfung kommt, was neu eingegangen ist." in page
    # Meanwhile a colleague takes one of them.
    take_up(application_id=second.pk, acting_user=officer(), now=CHECKED_AT)
    response = client.post(address)
    assert response.headers["Location"] == f"{reverse(QUEUE)}?q=Begegnung"
    reason = "Steht auf „In Prüfung“; in Prüfung kommt, was neu eingegangen ist."
    assert said(response) == [
        f"2 Anträge sind in Prüfung, zuständig sind Sie: {first}, {third}.",
        f"2 Anträge bleiben, wie sie waren: {second}, {done}. {reason}",
    ]
    states = Application.objects.order_by("pk").values_list("state", flat=True)
    assert set(states) == {State.IN_REVIEW}


def test_what_the_service_refuses_stops_no_other(round_: Round) -> None:
    first, second = round_.case(State.SUBMITTED), round_.case(State.SUBMITTED)
    other, client = officer("Kollegin"), client_of(round_.officer)
    assign(first, other, round_.officer)
    address = choose(client, "assign_many", [first, second])
    page = text(client.get(address))
    assert "2 Anträge werden zugeteilt" in page
    assert "bisher bei Kollegin" in page
    response = client.post(address, {"officer": other.pk})
    assert said(response) == [
        f"1 Antrag ist jetzt Kollegin zugeteilt: {second}.",
        f"1 Antrag bleibt, wie er war: {first}. Der Antrag ist schon Kollegin zugeteilt.",
    ]
    response = client.post(address, {"officer": "niemand"})
    assert said(response)[-1] == f"2 Anträge sind niemandem mehr zugeteilt: {first}, {second}."


def test_nobody_is_assigned_or_let_go_by_a_hasty_click(round_: Round) -> None:
    """Nothing is chosen beforehand, and to take an assignment away is a choice of its own."""
    case, other = round_.case(State.SUBMITTED), officer("Kollegin")
    assign(case, other, round_.officer)
    client = client_of(round_.officer)
    address = choose(client, "assign_many", [case])
    field = client.get(address).context["form"]["officer"]
    assert [str(label) for _value, label in field.field.choices][:2] == [
        "Bitte wählen",
        "niemandem (die Zuteilung aufheben)",
    ]
    assert field.value() is None
    assert "(freiwillig)" not in text(client.get(address))
    for hasty in ({"officer": ""}, {}):
        page = client.post(address, hasty)
        assert page.context["form"].errors == {
            "officer": ["Bitte wählen Sie, wem der Fall zugeteilt wird."]
        }
    for wrong in ("0", "-1", "x", "9" * 30, str(round_.juror.pk)):
        page = client.post(address, {"officer": wrong})
        assert page.context["form"].errors == {
            "officer": ["Bitte wählen Sie eine Person aus der Liste."]
        }
    case.refresh_from_db()
    assert case.officer == other


def test_a_page_with_nothing_to_do_leads_back_with_the_reason(round_: Round) -> None:
    case, client = round_.case(State.IN_REVIEW), client_of(round_.officer)
    response = client.get(choose(client, "take_up_many", [case]))
    assert response.headers["Location"] == reverse(QUEUE)
    assert said(response)[0].startswith("Es ist nichts zu tun. Steht auf „In Prüfung“")


def test_who_is_not_impartial_does_nothing_to_the_case(round_: Round) -> None:
    own, other = round_.case(State.SUBMITTED), round_.case(State.SUBMITTED)
    record_conflict(
        application_id=own.pk,
        person_id=round_.officer.pk,
        reason="Verwandt.",
        acting_user=round_.approver,
        now=NOW,
    )
    client = client_of(round_.officer)
    response = client.post(choose(client, "take_up_many", [own, other]))
    own.refresh_from_db()
    assert own.state == State.SUBMITTED
    assert said(response)[1].startswith(f"1 Antrag bleibt, wie er war: {own}. Sie sind bei")


def test_members_of_an_alliance_cannot_choose_its_case(round_: Round) -> None:
    own, other = round_.case(State.SUBMITTED), round_.case(State.SUBMITTED)
    MembershipFactory(alliance=own.alliance, user=round_.officer, role=MembershipRole.VIEWER)
    client = client_of(round_.officer)
    client.post(choose(client, "take_up_many", [own, other]))
    states = Application.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.SUBMITTED, State.IN_REVIEW]


def test_a_conflict_in_one_case_keeps_no_other_from_the_jury(round_: Round) -> None:
    """Said before and after: what goes to whom, what does not, and why."""
    first, second, own = (round_.case(State.ELIGIBLE) for _ in range(3))
    new = round_.case(State.SUBMITTED)
    for case, person in ((own, round_.officer), (second, round_.juror)):
        record_conflict(
            application_id=case.pk,
            person_id=person.pk,
            reason="Verwandt",
            acting_user=round_.approver,
            now=NOW,
        )
    other = UserFactory(name="Jury 2", roles=[Role.JUROR])
    client = client_of(round_.officer)
    address = choose(client, "choose_jurors", [first, second, own, new], "?q=Begegnung")
    page = text(client.get(address))
    partial = "Sie sind bei diesem Antrag befangen: Verwandt."
    too_early = "Steht auf „Eingereicht“; die Jury bewertet, was geprüft wird oder ist."
    assert "2 Anträge werden allen zugewiesen, die Sie unten wählen:" in page
    assert "Wer bei einem Antrag befangen ist, bekommt ihn nicht." in page
    assert "2 Anträge bleiben, wie sie sind" in page
    assert partial in page
    assert too_early in page
    response = client.post(address, {"jurors": [round_.juror.pk, other.pk]})
    assert response.headers["Location"] == f"{reverse(QUEUE)}?q=Begegnung"
    assert said(response) == [
        f"3 Bewertungen sind zugewiesen: {first}, {second}.",
        f"2 Anträge bleiben, wie sie waren:<br>{own}. {partial}<br>{new}. {too_early}",
        f"Wegen Befangenheit nicht zugewiesen: Jury ({second}: Verwandt).",
    ]
    assert not own.reviews.exists()
    again = client.post(address, {"jurors": [round_.juror.pk, other.pk]})
    assert said(again)[-1] == (
        f"4 Anträge bleiben, wie sie waren:<br>{first}, {second}. "
        "Wer gewählt ist, hat den Antrag schon oder ist bei ihm befangen."
        f"<br>{own}. {partial}<br>{new}. {too_early}"
    )


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "action, state, queries",
    [("take_up_many", State.SUBMITTED, 9), ("choose_jurors", State.ELIGIBLE, 10)],
)
def test_the_page_before_many_takes_the_same_queries(
    round_: Round,
    action: str,
    state: State,
    queries: int,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    cases = [round_.case(state) for _ in range(number)]
    client = client_of(round_.officer)
    address = choose(client, action, cases)
    with django_assert_num_queries(queries):
        client.get(address)


def test_only_officers_find_the_actions(round_: Round) -> None:
    round_.case(State.SUBMITTED)
    auditor = client_of(UserFactory(roles=[Role.AUDITOR]))
    assert auditor.get(reverse(QUEUE)).context["action_form"] is None


# --- Saved views ----------------------------------------------------------------------------------


def test_a_view_is_kept_shown_and_deleted(round_: Round) -> None:
    round_.case(State.SUBMITTED)
    client, save = client_of(round_.officer), reverse("admin:applications_application_save_view")
    response = client.post(save, {"name": " Neu  im Süden ", "query": "state__exact=submitted&p=2"})
    assert response.headers["Location"] == f"{reverse(QUEUE)}?state__exact=submitted"
    assert said(response) == ["Die Ansicht „Neu im Süden“ ist gespeichert."]
    (link,) = client.get(reverse(QUEUE) + "?state__exact=submitted").context["saved_views"]
    assert (link.name, link.url, link.is_shown) == (
        "Neu im Süden",
        f"{reverse(QUEUE)}?state__exact=submitted",
        True,
    )
    assert len(client.get(link.url).context["cl"].result_list) == 1
    # It is overwritten by no other, and nobody else sees it or deletes it.
    taken = client.post(save, {"name": "Neu im Süden", "query": "q=ulm"})
    assert taken.headers["Location"] == f"{reverse(QUEUE)}?q=ulm"
    assert "Eine Ansicht „Neu im Süden“ haben Sie schon." in said(taken)[-1]
    client.post(save, {"name": "Neu im Süden", "query": "state__exact=submitted"})
    stranger = client_of(officer())
    assert stranger.get(reverse(QUEUE)).context["saved_views"] == []
    stranger.post(link.delete_url)
    assert SavedView.objects.get().query == "state__exact=submitted"
    assert said(client.post(link.delete_url, {"query": "q=ulm"}))[-1] == (
        "Die Ansicht „Neu im Süden“ ist gelöscht."
    )
    assert not SavedView.objects.exists()


def test_a_view_needs_a_name_and_there_is_an_end_to_them(round_: Round) -> None:
    client, save = client_of(round_.officer), reverse("admin:applications_application_save_view")
    assert "Geben Sie der Ansicht einen Namen" in said(client.post(save, {"name": " "}))[0]
    for number in range(MOST_VIEWS):
        save_view(list_name="x", name=str(number), query="", acting_user=round_.officer)
    for name_, query, code in (
        ("zu viel", "", "too_many"),
        ("x" * 61, "", "name"),
        ("1", "q=" + "x" * 1000, "too_long"),
    ):
        with pytest.raises(Refusal) as refused:
            save_view(list_name="x", name=name_, query=query, acting_user=round_.officer)
        assert refused.value.code == code


@pytest.mark.parametrize("code", ["save_view", "delete_view"])
def test_views_are_kept_by_whoever_sees_the_list(round_: Round, code: str) -> None:
    path = reverse(
        f"admin:applications_application_{code}", args=[1] if code == "delete_view" else []
    )
    budget = client_of(UserFactory(roles=[Role.BUDGET_OFFICER]))
    assert budget.post(path, {"name": "x"}).status_code == 403
    assert client_of(round_.officer).get(path).status_code == 405
    assert Client().post(path).status_code == 302
