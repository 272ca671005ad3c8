"""The friendly question about names and stories: asked on saving, never in the way."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.trace_notices import Notice, notices_in
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

STORY = "Frau Ahmadi ist aus Syrien geflohen."
SAID = "„Frau Ahmadi“ klingt nach dem Namen eines Menschen."


@pytest.fixture
def draft() -> Application:
    return Round(money=None).draft()


@pytest.fixture
def applicant(draft: Application) -> Client:
    client = Client()
    client.force_login(draft.created_by)
    return client


def url(draft: Application, name: str, *args: str) -> str:
    return reverse(f"applications:{name}", args=[draft.public_id, *args])


def test_a_notice_names_the_field_and_the_words(draft: Application) -> None:
    draft.goals = STORY
    assert notices_in(draft) == [
        Notice(
            "goals",
            "Ziele",
            [SAID, "„aus Syrien geflohen“ klingt nach der Geschichte eines einzelnen Menschen."],
        )
    ]
    assert notices_in(draft, ["summary", "place"]) == []


def test_saving_stores_the_words_and_asks(draft: Application, applicant: Client) -> None:
    values = {"version": draft.version, "title": draft.title, "goals": STORY}
    page = applicant.post(url(draft, "section", "project"), {**values, "save": "1"}, follow=True)
    html = page.content.decode()
    assert "Bitte sehen Sie bei Gelegenheit noch einmal nach: In „Ziele“ steht" in html
    assert SAID in html
    assert 'href="#id_goals"' in html
    draft.refresh_from_db()
    assert draft.goals == STORY


def test_the_autosave_asks_too(draft: Application, applicant: Client) -> None:
    values = {"version": draft.version, "goals": "<b>Frau</b> Frau Ahmadi"}
    answer = applicant.post(url(draft, "autosave", "project"), values).json()
    assert SAID in answer["notices"]
    values = {"version": answer["version"], "goals": "Alle finden Anschluss."}
    answer = applicant.post(url(draft, "autosave", "project"), values).json()
    assert answer["notices"] == ""


def test_the_review_page_asks_and_still_submits(draft: Application, applicant: Client) -> None:
    Application.objects.filter(pk=draft.pk).update(participation=STORY)
    page = applicant.get(url(draft, "review"))
    html = page.content.decode()
    assert SAID in html
    assert f'href="{url(draft, "section", "project")}#id_participation"' in html
    assert page.context["missing"] == []


def test_the_section_says_it_beforehand_and_once(draft: Application, applicant: Client) -> None:
    html = applicant.get(url(draft, "section", "project")).content.decode()
    assert html.count("Bitte keine Namen und keine Geschichten von Geflüchteten") == 1
    assert html.count("Geschichten von Geflüchteten") == 1
    assert SAID not in html
