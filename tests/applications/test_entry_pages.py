"""The pages for what came on paper: the day of receipt, and words for the officer."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from applications.admin.gap_words import officer_sentence
from applications.enums import Action, State
from applications.gap_sentences import sentence_for
from applications.models import Application
from applications.queries import find_gaps
from applications.rules.completeness import GapCode
from applications.services.entry import EntryRefused, correct_receipt
from applications.services.lifecycle import WrongState
from buendnisse.models import Alliance
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.buendnisse.page import Page
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round, reload
from tests.factories.entry import (
    ADDRESS,
    ENTERED_AT,
    LAST_DAY,
    REASON,
    begin,
    fill,
    fill_without_email,
    submit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

BEFORE_CALL = date(2016, 4, 30)
AFTER_CALL = date(2016, 7, 1)


@pytest.fixture
def officer(round_: Round) -> Client:
    client = Client()
    client.force_login(round_.officer)
    return client


def url(code: str, *keys: object) -> str:
    return reverse(f"admin:applications_application_{code}", args=keys)


def beginning(round_: Round, received: str, **more: str) -> dict[str, object]:
    return {
        "year": round_.year.pk,
        "name": "Bündnis Papier",
        "received_date": received,
        "reason": REASON,
        **more,
    }


def links_to_fields(page: Page) -> list[tuple[str, str]]:
    """Where the box above a form leads to; nothing else on these pages leads to a field."""
    links = [(link.attrs.get("href", ""), link.text) for link in page.all("a")]
    return [(href, text) for href, text in links if href.startswith("#id_")]


# The day of receipt ---------------------------------------------------------------------------


def test_a_day_before_the_call_is_refused_on_the_first_page(round_: Round, officer: Client) -> None:
    page = officer.post(url("begin_entry"), beginning(round_, "01.02.2010"))
    assert page.context["form"].errors == {
        "received_date": [
            "Der Förderaufruf 2016 beginnt erst am 1. Mai 2016: Was vorher einging, gehört nicht "
            "zu ihm. Prüfen Sie den Tag des Eingangs und das Programmjahr."
        ]
    }
    assert not Application.objects.exists()
    with pytest.raises(EntryRefused) as refused:
        begin(round_, received_date=BEFORE_CALL)
    assert refused.value.code == "received_before_the_call"


def test_a_day_that_has_not_come_is_refused_at_the_day(round_: Round, officer: Client) -> None:
    refused = {
        "received_date": ["Der Tag des Eingangs liegt in der Zukunft. Bitte prüfen Sie ihn."]
    }
    begun = {**beginning(round_, "31.12.2099"), "came_late": "on"}
    page = officer.post(url("begin_entry"), begun)
    assert page.context["form"].errors == refused
    assert not Application.objects.exists()
    address = url("correct_receipt", begin(round_).pk)
    page = officer.post(address, {"received_date": "31.12.2099"})
    assert page.context["form"].errors == refused


def test_a_day_after_the_call_is_entered_only_on_purpose(round_: Round, officer: Client) -> None:
    data = beginning(round_, "01.07.2016")
    page = officer.post(url("begin_entry"), data)
    assert list(page.context["form"].errors) == ["came_late"]
    assert not Application.objects.exists()
    officer.post(url("begin_entry"), {**data, "came_late": "on"})
    assert Application.objects.get().received_date == AFTER_CALL
    # In time nobody is asked.
    in_time = officer.post(url("begin_entry"), beginning(round_, "viel zu spät"))
    assert "came_late" not in in_time.context["form"].fields


def test_what_came_too_late_says_so_before_the_last_click(round_: Round, officer: Client) -> None:
    application = fill(round_, begin(round_, received_date=AFTER_CALL))
    page = officer.get(url("enter", application.pk))
    assert page.context["submit_hidden"]
    text = page.content.decode()
    assert "Der Antrag ist nicht während des Förderaufrufs 2016 eingegangen" in text
    assert "Nichts. Der Antrag ist vollständig." not in text
    assert url("correct_receipt", application.pk) in text
    assert url("admit_late", application.pk) in text


def test_a_mistyped_day_is_put_right_and_stands_in_the_course(
    round_: Round, officer: Client
) -> None:
    application = fill(round_, begin(round_, received_date=AFTER_CALL))
    address = url("correct_receipt", application.pk)
    assert "01.07.2016" in officer.get(address).content.decode()
    refused = officer.post(address, {"received_date": "30.04.2016"})
    assert "beginnt erst am 1. Mai 2016" in refused.content.decode()
    done = officer.post(address, {"received_date": "30.06.2016"})
    assert done.headers["Location"] == url("enter", application.pk)
    application = reload(application)
    assert (application.received_date, application.title) == (LAST_DAY, "Begegnungscafé")
    last = application.status_changes.latest("pk")
    assert (last.action, last.to_state, last.reason) == (
        Action.ENTER,
        State.DRAFT,
        "Tag des Eingangs berichtigt: 30. Juni 2016 statt 1. Juli 2016",
    )
    assert not officer.get(url("enter", application.pk)).context["submit_hidden"]
    # The same day once more is nothing new.
    officer.post(address, {"received_date": "30.06.2016"})
    assert application.status_changes.latest("pk") == last


def test_the_day_of_receipt_is_put_right_by_officers_and_before_submitting(round_: Round) -> None:
    application = fill(round_, begin(round_))
    right = {"application_id": application.pk, "received_date": LAST_DAY, "now": ENTERED_AT}
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            correct_receipt(**right, acting_user=UserFactory(roles=[role]))
    with pytest.raises(EntryRefused):
        correct_receipt(**{**right, "received_date": BEFORE_CALL}, acting_user=round_.officer)
    submit(round_, application)
    with pytest.raises(WrongState):
        correct_receipt(**right, acting_user=round_.officer)


# Words for the officer ------------------------------------------------------------------------


def test_the_pages_of_entry_speak_to_the_officer(round_: Round, officer: Client) -> None:
    application = begin(round_)
    sections = ("place", "project", "finances", "contact", "declarations")
    addresses = [url("enter_section", application.pk, section) for section in sections]
    pages = [
        officer.get(address).content.decode()
        for address in (url("enter", application.pk), *addresses)
    ]
    for text in pages:
        assert "Ihr Bündnis" not in text
        assert "Ihr Vorhaben" not in text
        assert "Ihrem Landkreis" not in text
    assert "Das Bündnis hat noch keinen Antragsteller." in pages[0]
    # The limit of a long text stays beside the words for the officer.
    assert "Was tut das Bündnis dafür, und wer tut es? Höchstens 4.000 Zeichen." in pages[2]


def test_the_applicants_are_still_spoken_to(round_: Round) -> None:
    gap = next(gap for gap in find_gaps(begin(round_)) if gap.code == GapCode.NO_LEAD)
    assert sentence_for(gap).startswith("Ihr Bündnis hat noch keinen Antragsteller.")
    assert officer_sentence(gap).startswith("Das Bündnis hat noch keinen")


def test_what_is_needed_for_submitting_is_not_called_optional(
    round_: Round, officer: Client
) -> None:
    application = begin(round_)
    project = Page(officer.get(url("enter_section", application.pk, "project")).content.decode())
    assert [label.text for label in project.all("label") if "freiwillig" in label.text] == []
    contact = Page(officer.get(url("enter_section", application.pk, "contact")).content.decode())
    assert [label.text for label in contact.all("label") if "freiwillig" in label.text] == [
        "E-Mail-Adresse (freiwillig)",
        "Telefon (freiwillig)",
    ]


def test_each_wrong_row_of_the_plan_is_named_first(round_: Round, officer: Client) -> None:
    """Beside what is wrong with another field; each leads to where it is."""
    application = begin(round_)
    address = url("enter_section", application.pk, "finances")
    kinds = ("cost", "own_funds", "third_party", "income")
    data = {f"{kind}-{key}": "2" for kind in kinds for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    data |= {"version": str(application.version), "requested_amount": "1.000"}
    data |= {"cost-0-description": "Miete", "cost-0-amount": "-5", "income-1-amount": "viel"}
    page = Page(officer.post(address, data).content.decode())
    assert page.one("title").text.startswith("Fehler: ")
    box = page.one("div", role="alert")
    assert "autofocus" in box.attrs
    assert links_to_fields(page) == [
        ("#id_cost-0-amount", "Ausgaben, Zeile 1, Betrag in Euro:"),
        ("#id_income-1-amount", "Einnahmen, Zeile 2, Betrag in Euro:"),
    ]
    assert "Betrag in Euro: Bitte geben Sie den Betrag ohne Minuszeichen ein" in box.text
    both = officer.post(address, {**data, "requested_amount": "ab"}).content.decode()
    assert [href for href, _name in links_to_fields(Page(both))] == [
        "#id_requested_amount",
        "#id_cost-0-amount",
        "#id_income-1-amount",
    ]


def test_an_end_before_the_beginning_is_said_at_once_and_stored(
    round_: Round, officer: Client
) -> None:
    application = begin(round_)
    address = url("enter_section", application.pk, "project")
    period = {"period_start": "01.09.2016", "period_end": "31.08.2016"}
    answer = officer.post(address, {"version": application.version, "title": "Café", **period})
    form = answer.context["form"]
    assert form.errors == {
        "period_end": [
            "Das Ende des Vorhabens liegt vor seinem Beginn. Bitte ändern Sie einen der beiden "
            "Tage."
        ]
    }
    page = Page(answer.content.decode())
    assert page.one("ul", **{"class": "messagelist"}).text == "Gespeichert."
    assert links_to_fields(page) == [("#id_period_end", "Ende des Vorhabens:")]
    application = reload(application)
    assert (application.title, application.period_end) == ("Café", date(2016, 8, 31))
    # From here on it goes as with every other page.
    typed = {"version": form["version"].value(), "title": "Café", **period}
    mended = officer.post(address, {**typed, "period_end": "30.09.2016"})
    assert mended.headers["Location"] == url("enter", application.pk)
    early = {"version": reload(application).version, "period_start": "01.04.2016"}
    answer = officer.post(address, early)
    assert list(answer.context["form"].errors) == ["period_start"]


def test_an_applicant_without_a_legal_form_is_refused_once_in_the_officers_words(
    round_: Round, officer: Client
) -> None:
    organisation = {"name": "Verein", "kind": "association", "legal_form": "none", "is_lead": "on"}
    address = url("enter_organisation_add", begin(round_).pk)
    errors = officer.post(address, organisation).context["form"].errors
    assert list(errors) == ["legal_form"]
    (said,) = errors["legal_form"]
    assert said.startswith("Antragsteller kann nur sein, wer eine eigene Rechtsform hat")
    assert said.endswith("klären Sie mit dem Bündnis, welche Organisation den Antrag stellt.")


def test_a_letter_is_called_a_letter_before_it_is_made(round_: Round, officer: Client) -> None:
    address = url("enter", fill_without_email(round_, **ADDRESS).pk)
    page = officer.get(address)
    assert page.context["submit_label"] == "Weiter: Brief lesen"
    page = officer.post(address, {"version": page.context["version"]})
    assert Page(page.content.decode()).by_id("preview-title").text == "Dieser Brief ist zu senden"
    Alliance.objects.update(name="Bündnis Brief")
    address = url("enter", fill(round_, begin(round_)).pk)
    page = officer.get(address)
    assert page.context["submit_label"] == "Weiter: E-Mails lesen"
    page = officer.post(address, {"version": page.context["version"]})
    assert Page(page.content.decode()).by_id("preview-title").text == "Diese E-Mail geht hinaus"


def test_the_ways_back_from_what_stores_by_the_way_say_whereto(
    round_: Round, officer: Client
) -> None:
    application = begin(round_)
    for code, words in (
        ("enter", "Zurück zum Fall"),
        ("enter_attachments", "Zurück zum Erfassen"),
        ("discard_entry", "Zurück, ohne etwas zu ändern"),
    ):
        page = Page(officer.get(url(code, application.pk)).content.decode())
        assert page.one("a", **{"class": "desk-back"}).text == words


def test_a_draft_is_named_by_its_alliance(round_: Round, officer: Client) -> None:
    application = begin(round_)
    section = officer.get(url("enter_section", application.pk, "place"))
    assert section.context["title"] == "Gebiet: Entwurf von Bündnis Papier"
    case = officer.get(url("change", application.pk))
    assert case.context["title"] == "Entwurf von Bündnis Papier"
    late = officer.get(url("discard_entry", application.pk))
    assert ("Aktenzeichen", "noch keines") in late.context["facts"]
