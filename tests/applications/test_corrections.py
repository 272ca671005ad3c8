"""Correction requests: text blocks, words at the field, and what applicants are told of them."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from applications.enums import CheckAnswer, State
from applications.models import Application, TextBlock
from applications.services.corrections import extend_correction
from applications.services.drafting import save_section
from applications.services.reviewing import ReviewRefused, answer_checklist, request_changes
from applications.services.text_blocks import BlockRefused, save_text_block
from buendnisse.models import OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.templatetags.display import moment
from tests.applications.case_pages import url
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, CORRECTION_DUE_AT, Round, reload
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def block(user: User, **values: object) -> TextBlock:
    fields = {"title": "Ziele", "words": "Bitte nennen Sie messbare Ziele.", "field": "goals"}
    return save_text_block(block=TextBlock(**fields | values), acting_user=user, now=CHECKED_AT)


# Asking ---------------------------------------------------------------------------------------


def test_text_blocks_are_put_where_they_belong_and_nothing_typed_is_lost(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    own = block(round_.officer)
    letter = block(round_.officer, title="Bitte", words="Wir bitten Sie um Ergänzung.", field="")
    old = block(round_.officer, title="Alt", words="Gilt nicht mehr.", is_active=False)
    data = {
        "insert": "1",
        "blocks": [own.pk, letter.pk, old.pk],
        "message": "Guter Antrag.",
        "fields_project": ["title"],
        "due_date": "31.12.2030",
    }
    page = client_of(round_.officer).post(url("request_changes", application), data)
    form = page.context["form"]
    assert not form.errors
    assert form["message"].value() == "Guter Antrag.\n\nWir bitten Sie um Ergänzung."
    assert form["words_goals"].value() == "Bitte nennen Sie messbare Ziele."
    assert form["fields_project"].value() == ["title", "goals"]
    assert form["due_date"].value() == "31.12.2030"
    assert "Gilt nicht mehr." not in text(page)
    assert reload(application).state == State.IN_REVIEW


def test_text_blocks_are_read_before_they_are_put_in(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    block(round_.officer)
    block(round_.officer, title="Bitte", words="Wir bitten Sie <b>sehr</b>.", field="")
    page = client_of(round_.officer).get(url("request_changes", application))
    found = [
        (box.choice_label, words, where) for box, words, where in page.context["form"].block_boxes()
    ]
    assert found == [
        ("Bitte", "Wir bitten Sie <b>sehr</b>.", "Anschreiben"),
        ("Ziele", "Bitte nennen Sie messbare Ziele.", "Ziele"),
    ]
    assert "Bitte nennen Sie messbare Ziele." in text(page)
    assert "Wir bitten Sie &lt;b&gt;sehr&lt;/b&gt;." in text(page)


def test_what_the_checklist_says_no_to_stands_above_the_fields(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client, address = client_of(round_.officer), url("request_changes", application)
    assert client.get(address).context["objections"] == []
    assert "Prüfliste auf „Nein“" not in text(client.get(address))
    answer_checklist(
        application_id=application.pk,
        answers={
            "plan": (CheckAnswer.NO, "Die Miete fehlt."),
            "consent": (CheckAnswer.NOT_APPLICABLE, "Ist selbst Gemeinde."),
            "purpose": (CheckAnswer.YES, ""),
        },
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    page = client.get(address)
    assert [(str(item), note) for item, note in page.context["objections"]] == [
        ("Der Kosten- und Finanzierungsplan ist schlüssig.", "Die Miete fehlt.")
    ]
    assert "Die Miete fehlt." in text(page).split('name="fields_project"')[0]


def test_a_request_is_read_before_it_is_sent_and_says_each_field_its_words(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    data = {
        "message": "Bitte ergänzen.",
        "fields_project": ["goals"],
        "fields_finances": ["budget_lines"],
        "words_goals": "Was heißt <b>mehr</b>?",
        "words_budget_lines": "Welche Miete?",
        "words_title": "Dieses Feld ist nicht gewählt.",
        "due_date": f"{timezone.localdate() + timedelta(days=14):%d.%m.%Y}",
    }
    page = client.post(url("request_changes", application), data)
    (mail,) = page.context["messages_to_send"]
    assert "- Ziele: Was heißt <b>mehr</b>?" in mail.text
    assert "&lt;b&gt;mehr&lt;/b&gt;" in mail.html
    assert reload(application).state == State.IN_REVIEW
    client.post(url("request_changes", application), {**data, "read": page.context["read"]})
    sent = OutgoingMail.objects.get(kind="correction_requested")
    assert sent.body_text == mail.text
    request = application.correction_requests.get()
    assert request.words == {"goals": "Was heißt <b>mehr</b>?", "budget_lines": "Welche Miete?"}
    # The applicants read it at the very field.
    owner = client_of(round_.owner_of(application))
    section = reverse("applications:section", args=[application.public_id, "project"])
    form = owner.get(section).context["form"]
    assert "Was heißt &lt;b&gt;mehr&lt;/b&gt;?" in form["goals"].help_text
    assert form["goals"].aria_describedby == "id_goals_helptext"
    plan = owner.get(reverse("applications:section", args=[application.public_id, "finances"]))
    assert "Welche Miete?" in text(plan)


def test_words_to_a_field_that_is_not_asked_for_are_refused(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    with pytest.raises(ReviewRefused) as refused:
        request_changes(
            application_id=application.pk,
            fields=["title"],
            message="Bitte.",
            words={"goals": "Mehr."},
            due_at=CORRECTION_DUE_AT,
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    assert refused.value.code == "words_without_field"


# Text blocks ----------------------------------------------------------------------------------


def test_text_blocks_are_kept_by_officers_and_administrators(round_: Round) -> None:
    allowed = set()
    for number, role in enumerate(Role):
        try:
            block(UserFactory(roles=[role]), title=f"Text {number}")
        except NotAllowed:
            continue
        allowed.add(role)
    assert allowed == {Role.CASE_OFFICER, Role.ADMINISTRATOR}
    for values, code in (({"field": "password"}, "unknown_field"), ({"words": " "}, "empty")):
        with pytest.raises(BlockRefused) as refused:
            block(round_.officer, title="Neu", **values)
        assert refused.value.code == code
    with pytest.raises(Refusal) as twice:
        block(round_.officer, title="Text 0")
    assert str(twice.value) == "Einen Textbaustein mit diesem Titel gibt es schon."


def test_a_text_block_is_changed_on_its_page(round_: Round) -> None:
    kept = block(round_.officer)
    client = client_of(round_.officer)
    address = reverse("admin:applications_textblock_change", args=[kept.pk])
    client.post(address, {"title": "Ziele", "words": "Anders.", "field": "goals"})
    kept.refresh_from_db()
    assert (kept.words, kept.is_active) == ("Anders.", False)
    auditor = client_of(UserFactory(roles=[Role.AUDITOR])).get(address)
    assert "Anders." in text(auditor)
    assert 'name="words"' not in text(auditor)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_text_blocks_asks_as_often_for_many(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    for index in range(number):
        block(UserFactory(roles=[Role.CASE_OFFICER]), title=f"Text {index}")
    client = client_of(round_.officer)
    with django_assert_num_queries(7):  # type: ignore[operator]
        client.get(reverse("admin:applications_textblock_changelist"))


# At the field ---------------------------------------------------------------------------------


def field_on(page: HttpResponse, name: str) -> str:
    """What a page shows of one field, from its frame to that of the next."""
    return text(page).partition(f'id="div_id_{name}"')[2].partition('id="div_id_')[0]


def test_the_field_that_is_asked_for_says_until_when_and_why(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    due_at = timezone.now().replace(microsecond=0) + timedelta(days=14)
    request_changes(
        application_id=application.pk,
        fields=["goals", "title", "attachments", "declares_not_begun"],
        message="Bitte ergänzen.",
        words={"goals": "Was heißt „mehr“?", "attachments": "Das Angebot ist unleserlich."},
        due_at=due_at,
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    client = client_of(round_.owner_of(application))

    def page(section: str) -> HttpResponse:
        return client.get(reverse("applications:section", args=[application.public_id, section]))

    # With words to it or without: what was ticked is asked for.
    mark = f"Bitte ändern bis {moment(due_at)}"
    project, declarations = page("project"), page("declarations")
    fields = ("title", "summary", "goals", "activities", "participation", "period_start")
    assert [name for name in fields if mark in field_on(project, name)] == ["title", "goals"]
    assert [name for name in fields if "Was heißt „mehr“?" in field_on(project, name)] == ["goals"]
    assert mark in field_on(declarations, "declares_not_begun")
    assert mark not in field_on(declarations, "declares_truthful")
    files = client.get(reverse("applications:attachments", args=[application.public_id]))
    assert "Das Angebot ist unleserlich." in text(files)
    assert moment(due_at) in text(files)

    application = reload(application)
    extend_correction(
        application_id=application.pk,
        due_at=due_at + timedelta(days=7),
        reason="Ferien.",
        acting_user=round_.officer,
        now=timezone.now(),
    )
    longer = f"Bitte ändern bis {moment(due_at + timedelta(days=7))}"
    assert longer in field_on(page("project"), "goals")


def test_the_mail_lists_the_fields_as_the_form_does(round_: Round) -> None:
    fields = ["title", "attachments", "budget_lines", "contact_name", "goals", "organisations"]
    application = asked_again(round_, *fields)
    body = OutgoingMail.objects.get(kind="correction_requested").body_text
    labels = [
        "Bündnispartner",
        "Titel des Vorhabens",
        "Ziele",
        "Kosten- und Finanzierungsplan",
        "Ansprechperson",
        "Anlagen",
    ]
    places = [body.index(f"- {label}") for label in labels]
    assert places == sorted(places)
    assert "bei Bedarf" not in text(
        client_of(round_.owner_of(application)).get(
            reverse("applications:overview", args=[application.public_id])
        )
    )


# --- What the applicants are told until they hand it in again -------------------------------------

UNCHANGED = "An den genannten Stellen ist noch nichts geändert."
COMPLETE = "Nichts. Der Antrag ist vollständig."


def asked_again(round_: Round, *fields: str, **words: str) -> Application:
    """An application that waits for its applicants, for two weeks from now."""
    application = round_.case(State.IN_REVIEW)
    request_changes(
        application_id=application.pk,
        fields=list(fields),
        message="Bitte ergänzen.",
        words=words,
        due_at=timezone.now().replace(microsecond=0) + timedelta(days=14),
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    return reload(application)


def marks_on(page: HttpResponse) -> list[tuple[str, bool | None]]:
    return [(item.sentence, item.is_changed) for item in page.context["correction_items"]]


def test_nothing_is_handed_in_again_before_something_is_changed(round_: Round) -> None:
    application = asked_again(round_, "goals", "title", goals="Genauer, bitte.")
    client = client_of(round_.owner_of(application))
    overview, review = (
        reverse(f"applications:{name}", args=[application.public_id])
        for name in ("overview", "review")
    )
    button, way = "Ergänzten Antrag verbindlich einreichen", "Antrag prüfen und einreichen</span>"
    before = [("Titel des Vorhabens", False), ("Ziele: Genauer, bitte.", False)]
    for address in (overview, review):
        page = client.get(address)
        assert marks_on(page) == before
        assert text(page).count("noch nicht geändert</span>") == 2
        assert [UNCHANGED in text(page), COMPLETE in text(page)] == [True, False]
        assert [button in text(page), way in text(page)] == [False, False]

    save_section(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=timezone.now(),
        version=application.version,
        values={"goals": "Vierzig Nachbarn lernen einander kennen."},
    )

    pages = [client.get(overview), client.get(review)]
    for page in pages:
        assert [changed for _sentence, changed in marks_on(page)] == [False, True]
        assert text(page).count("noch nicht geändert</span>") == 1
        assert UNCHANGED not in text(page)
    assert [COMPLETE in text(pages[0]), way in text(pages[0])] == [True, True]
    assert button in text(pages[1])


def test_after_the_deadline_of_a_correction_no_way_leads_to_handing_it_in(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    round_.mend(application)
    client = client_of(round_.owner_of(application))
    page = client.get(reverse("applications:overview", args=[application.public_id]))
    assert "Antrag prüfen und einreichen</span>" not in text(page)
    assert "Die Frist ist abgelaufen." in text(page)
    page = client.get(reverse("applications:review", args=[application.public_id]))
    assert "Ergänzten Antrag verbindlich einreichen" not in text(page)


def test_in_a_correction_its_deadline_counts_and_not_that_of_the_call(round_: Round) -> None:
    application = asked_again(round_, "title")
    client = client_of(round_.owner_of(application))
    page = client.get(reverse("applications:section", args=[application.public_id, "project"]))
    due_at = application.correction_requests.get().due_at
    assert page.context["rules"][1:] == [
        f"Den ergänzten Antrag können Sie bis {moment(due_at)} einreichen."
    ]
    # The one field that is asked for is what the message is about.
    assert f"Bitte ändern bis {moment(due_at)}" in field_on(page, "title")
