"""Before registering: the check and its answer, the questions on one page and as PDF."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from applications.eligibility_sentences import advice_on, verdict_in_words
from applications.forms.plan import HEADINGS
from applications.forms.sections import SECTION_FORMS
from applications.questions import application_questions, questions_pdf
from applications.rules.eligibility import Finding, FindingCode, Verdict, Weight
from buendnisse.forms.alliance import AllianceForm, OrganisationForm
from buendnisse.models import Territory, TerritoryKind
from funding.models import ProgrammeYear
from tests.factories.buendnisse import UserFactory
from tests.factories.funding import OpenYearFactory, ProgrammeYearFactory

pytestmark = pytest.mark.django_db
CHECK = reverse("preparing:check")
QUESTIONS = reverse("preparing:questions")
PDF = reverse("preparing:questions_pdf")


@pytest.fixture
def answers(reference_data: None) -> dict[str, Any]:
    """An association with a parish in Friedrichshafen that has all it needs."""
    return {
        "applicant": "ev",
        "territory": Territory.objects.get(name="Friedrichshafen").code,
        "partners": ["church"],
        "participation": "yes",
        "begun": "no",
        "amount": "",
    }


def text_of(client: Client, answers: dict[str, Any]) -> str:
    """What the page says, without markup and with single spaces."""
    response = client.get(CHECK, answers)
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_check_asks_first_and_answers_nothing(client: Client, answers: dict[str, Any]) -> None:
    response = client.get(CHECK)

    assert response.context["result"] is None
    assert not response.context["form"].is_bound
    assert "Antwort zeigen" in response.content.decode()


def test_check_answers_yes_with_the_cap_the_dates_and_the_next_step(
    client: Client, answers: dict[str, Any]
) -> None:
    OpenYearFactory()

    text = text_of(client, answers)

    for words in (
        "Ja, Ihr Bündnis kann einen Antrag stellen",
        "Für Ihr Gebiet gilt ein Höchstbetrag von 15.000 €.",
        "Der Betrag gilt für das Programmjahr 2099.",
        "Fragen Sie Ihre Gemeinde oder Stadt.",
        "Sie können Anträge bis 31. Dezember 2099, 23:59 Uhr einreichen",
        "Jetzt registrieren",
    ):
        assert words in text
    assert "Das fehlt noch" not in text


def test_check_gives_the_cap_of_a_whole_district(client: Client, answers: dict[str, Any]) -> None:
    OpenYearFactory()
    district = Territory.objects.get(kind=TerritoryKind.LANDKREIS, district__name="Bodenseekreis")

    text = text_of(client, answers | {"territory": district.code, "amount": "60.000"})

    assert "Bodenseekreis: Es gilt ein Höchstbetrag von 50.000 €" in text
    assert "Sie haben einen ganzen Landkreis gewählt." in text
    assert "Sie können höchstens 50.000 € beantragen. Sie brauchen 60.000 €" in text


def test_check_says_what_an_initiative_lacks(client: Client, answers: dict[str, Any]) -> None:
    OpenYearFactory()

    text = text_of(client, answers | {"applicant": "none", "partners": []})

    for words in (
        "Noch nicht – aber das können Sie ändern",
        "Das fehlt noch",
        "Sie brauchen eine Organisation mit eigener Rechtsform.",
        "Sie brauchen mindestens zwei Organisationen.",
        "Schicken Sie dafür die Adresse dieser Seite",
    ):
        assert words in text


def test_check_of_what_has_begun_says_no_and_whom_to_call(
    client: Client, answers: dict[str, Any]
) -> None:
    OpenYearFactory()

    text = text_of(client, answers | {"begun": "yes"})

    assert "Nein, für dieses Vorhaben geht es leider nicht" in text
    assert "Das Vorhaben hat schon begonnen." in text
    assert "0711 123-0" in text
    assert "Jetzt registrieren" not in text
    assert "So viel Geld ist möglich" not in text


def test_check_between_the_calls_names_the_next(client: Client, answers: dict[str, Any]) -> None:
    opens = timezone.now() + timedelta(days=10)
    ProgrammeYearFactory(year=2098, call_opens_at=opens, call_closes_at=opens + timedelta(days=30))

    response = client.get(CHECK, answers)

    content = response.content.decode()
    assert "Der Förderaufruf 2098 öffnet am" in content
    assert reverse("call_dates", args=[2098]) in content


def test_check_without_any_year_names_no_cap(client: Client, answers: dict[str, Any]) -> None:
    assert not ProgrammeYear.objects.exists()

    text = text_of(client, answers | {"amount": "20.000"})

    assert "Ja, Ihr Bündnis kann einen Antrag stellen" in text
    assert "Die Höchstbeträge stehen fest, sobald wir den nächsten Förderaufruf" in text


def test_check_leads_members_to_their_alliances(client: Client, answers: dict[str, Any]) -> None:
    client.force_login(UserFactory())

    text = text_of(client, answers)

    assert "Zu meinen Bündnissen" in text
    assert "Jetzt registrieren" not in text


def test_check_names_every_answer_that_is_missing(client: Client, answers: dict[str, Any]) -> None:
    response = client.get(CHECK, {"applicant": "", "amount": "abc"})

    assert response.context["result"] is None
    assert list(response.context["form"].errors) == [
        "applicant",
        "territory",
        "participation",
        "begun",
        "amount",
    ]


def test_summary_of_errors_puts_no_colon_after_a_question(
    client: Client, answers: dict[str, Any]
) -> None:
    text = text_of(client, {"applicant": ""})

    assert "Wirken Geflüchtete mit? Bitte geben Sie an, ob Geflüchtete mitwirken." in text
    assert "?:" not in text


def test_check_keeps_the_answers_in_the_form(client: Client, answers: dict[str, Any]) -> None:
    content = client.get(CHECK, answers).content.decode()

    assert '<option value="ev" selected>' in content
    assert f'<option value="{answers["territory"]}" selected>' in content
    assert len(re.findall(r"<input[^>]* checked", content)) == 3


def test_check_is_read_and_never_posted(client: Client) -> None:
    for address in (CHECK, QUESTIONS, PDF):
        assert client.post(address).status_code == 405


def test_check_stores_nothing(client: Client, answers: dict[str, Any]) -> None:
    response = client.get(CHECK, answers)

    assert "sessionid" not in response.cookies


HOSTILE = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "🎉👩‍👩‍👧",
    "\u202eabc",
    "مرحبا",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% now %}",
    "%(cap)s %s %d",
    "'; DROP TABLE x; --",
    "-1",
    "9" * 400,
    "-" + "9" * 400,
    "1e999",
    "NaN",
    "Infinity",
    "0,001",
    "１２３",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "x" * 100_000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(
    "name", ["applicant", "territory", "partners", "participation", "begun", "amount", "other"]
)
def test_whatever_stands_in_the_address_breaks_nothing(
    name: str, value: str, client: Client, answers: dict[str, Any]
) -> None:
    OpenYearFactory()

    response = client.get(CHECK, answers | {name: value})

    assert response.status_code == 200
    content = response.content.decode()
    assert "<script>alert" not in content
    assert 'lang="de"' in content


def test_address_that_is_no_text_breaks_nothing(client: Client, answers: dict[str, Any]) -> None:
    for query in ("applicant=%ff%fe", "territory=%00&begun=%", "&&&=", "partners=&partners=x" * 50):
        assert client.get(f"{CHECK}?{query}").status_code == 200


# The calls, the districts and their territories for the list; with an answer the chosen one too.
def test_check_takes_three_queries(
    client: Client, answers: dict[str, Any], django_assert_num_queries: Any
) -> None:
    OpenYearFactory()

    with django_assert_num_queries(3):
        client.get(CHECK)


@pytest.mark.parametrize("years", [1, 3])
def test_answer_takes_four_queries(
    years: int, client: Client, answers: dict[str, Any], django_assert_num_queries: Any
) -> None:
    for number in range(years):
        ProgrammeYearFactory(year=2010 + number)

    with django_assert_num_queries(4):
        assert client.get(CHECK, answers).context["result"] is not None


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_finding_and_verdict_has_its_words(language: str) -> None:
    amounts = {"cap": 15000, "requested": 20000}
    with override(language):
        for code in FindingCode:
            advice = advice_on(Finding(code, Weight.MISSING, amounts))  # type: ignore[arg-type]
            assert advice.title
            assert advice.text
            assert "%" not in advice.title + advice.text
        titles = {verdict_in_words(verdict).title for verdict in Verdict}
    assert len(titles) == len(Verdict)


# --- The questions --------------------------------------------------------------------------


def labels_of_the_forms() -> list[str]:
    forms = [AllianceForm, OrganisationForm, *SECTION_FORMS.values()]
    found = []
    for form in forms:
        if form is SECTION_FORMS["declarations"]:
            # The files have no form; they come just before.
            found.append("Welche Unterlagen laden Sie hoch?")
        found += [str(f.label) for name, f in form.base_fields.items() if name != "version"]
        if getattr(form, "section", "") == "finances":
            found += [str(heading) for heading in HEADINGS.values()]
    return found


def test_questions_are_those_of_the_forms_in_their_order() -> None:
    parts = application_questions()

    asked = [question.label for part in parts for question in part.questions]
    assert asked == labels_of_the_forms()
    assert [part.first for part in parts] == [1, 3, 12, 14, 21, 26, 31, 32]


def test_questions_carry_help_limits_and_choices() -> None:
    questions = {
        question.label: question for part in application_questions() for question in part.questions
    }

    goals = questions["Ziele"]
    assert goals.hint == "Was soll sich durch das Vorhaben ändern? Höchstens 4.000 Zeichen."
    assert (goals.is_long, goals.is_tick, goals.is_optional) == (True, False, False)
    assert questions["Titel des Vorhabens"].hint.endswith(". Höchstens 120 Zeichen.")
    assert questions["Rechtsform"].options[2] == "Eingetragener Verein (e. V.)"
    assert questions["Wo ist Ihr Bündnis tätig?"].options == []
    assert questions["Telefon"].is_optional
    assert questions["Alle Angaben sind vollständig und richtig."].is_tick
    assert not questions["Alle Angaben sind vollständig und richtig."].is_optional


def test_questions_are_all_on_the_page_without_a_query(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        content = unescape(client.get(QUESTIONS).content.decode())

    for label in labels_of_the_forms():
        assert label in content
    assert f'href="{reverse("privacy")}">Hinweise zum Datenschutz lesen</a>' in content


def test_questions_are_a_tagged_pdf(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get(PDF)

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1<" in response.content
    assert b"Fragen des Antrags" in response.content


def test_questions_as_pdf_are_the_same_bytes_in_any_language() -> None:
    now = datetime(2016, 5, 2, 9, 0, tzinfo=UTC)
    with override("en"):
        english = questions_pdf(now=now)

    assert english == questions_pdf(now=now)
