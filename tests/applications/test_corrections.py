"""Correction requests: text blocks, words at the field, reminders, more time, and what changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.comparison import compare
from applications.enums import LineKind, State
from applications.forms.admin_correction import CorrectionForm
from applications.models import Application, CorrectionExtension, TextBlock
from applications.rules.differences import Change, Piece
from applications.services.corrections import extend_correction, remind_of_corrections
from applications.services.drafting import PlanLine, save_section
from applications.services.lifecycle import WrongState
from applications.services.reviewing import ReviewRefused, admit_late, request_changes
from applications.services.submission import CorrectionLate, resubmit_application
from applications.services.text_blocks import BlockRefused, save_text_block
from applications.tasks import remind_of_corrections as reminder_task
from buendnisse.models import MemberOrganisation, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.templatetags.display import moment
from funding.models import ProgrammeYear
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, CORRECTION_DUE_AT, Round, reload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LATER = CORRECTION_DUE_AT + timedelta(days=7)
SOON = CORRECTION_DUE_AT - timedelta(days=2)


@pytest.fixture
def round_() -> Round:
    return Round()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(code: str, *keys: int) -> str:
    return reverse(f"admin:applications_application_{code}", args=keys)


def text(response: HttpResponse) -> str:
    return response.content.decode()


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
    page = client_of(round_.officer).post(url("request_changes", application.pk), data)
    form = page.context["form"]
    assert not form.errors
    assert form["message"].value() == "Guter Antrag.\n\nWir bitten Sie um Ergänzung."
    assert form["words_goals"].value() == "Bitte nennen Sie messbare Ziele."
    assert form["fields_project"].value() == ["title", "goals"]
    assert form["due_date"].value() == "31.12.2030"
    assert "Gilt nicht mehr." not in text(page)
    assert reload(application).state == State.IN_REVIEW


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
    page = client.post(url("request_changes", application.pk), data)
    (mail,) = page.context["messages_to_send"]
    assert "- Ziele: Was heißt <b>mehr</b>?" in mail.text
    assert "&lt;b&gt;mehr&lt;/b&gt;" in mail.html
    assert reload(application).state == State.IN_REVIEW
    client.post(url("request_changes", application.pk), {**data, "read": page.context["read"]})
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


# Reminders and more time ----------------------------------------------------------------------


def reminders() -> int:
    return OutgoingMail.objects.filter(kind="correction_reminder").count()


def test_each_deadline_is_reminded_of_once(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    assert remind_of_corrections(now=SOON - timedelta(days=2)) == 0
    assert remind_of_corrections(now=SOON) == 1
    assert remind_of_corrections(now=SOON) == 0
    assert reminders() == 1
    extend_correction(
        application_id=application.pk,
        due_at=LATER,
        reason="Krankheit.",
        acting_user=round_.officer,
        now=SOON,
    )
    assert remind_of_corrections(now=SOON) == 0
    assert remind_of_corrections(now=LATER - timedelta(days=1)) == 1
    assert reminders() == 2


def test_nobody_is_reminded_of_what_is_done_or_over(round_: Round) -> None:
    done = round_.case(State.CHANGES_REQUESTED)
    round_.mend(done)
    resubmit_application(application_id=done.pk, acting_user=round_.owner_of(done), now=CHECKED_AT)
    round_.case(State.CHANGES_REQUESTED)
    assert remind_of_corrections(now=LATER) == 0
    round_.year.correction_reminder_days = 0
    round_.year.save(update_fields=["correction_reminder_days"])
    assert remind_of_corrections(now=SOON) == 0
    reminder_task()
    assert reminders() == 0


def test_more_time_is_given_with_a_reason_and_mail(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    client = client_of(round_.officer)
    day = timezone.localdate() + timedelta(days=10)
    data = {"due_date": f"{day:%d.%m.%Y}", "reason": "Der Vorstand wird neu gewählt."}
    page = client.post(url("extend", application.pk), data)
    assert "Der Vorstand wird neu gewählt." in page.context["messages_to_send"][0].text
    client.post(url("extend", application.pk), {**data, "read": page.context["read"]})
    extension = CorrectionExtension.objects.get()
    request = application.correction_requests.get()
    assert (extension.previous_due_at, extension.due_at) == (CORRECTION_DUE_AT, request.due_at)
    assert OutgoingMail.objects.filter(kind="correction_extended").count() == 1
    assert "Frist verlängert bis" in text(client.get(url("change", application.pk)))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CorrectionExtension.objects.update(due_at=LATER + timedelta(days=90))


def test_what_is_no_longer_deadline_is_refused(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)

    def extend(**values: object) -> None:
        extend_correction(
            **{
                "application_id": application.pk,
                "due_at": LATER,
                "reason": "Krankheit.",
                "acting_user": round_.officer,
                "now": CHECKED_AT,
                **values,
            }  # type: ignore[arg-type]
        )

    for values, code in (
        ({"due_at": CORRECTION_DUE_AT}, "not_longer"),
        ({"now": LATER}, "not_longer"),
        ({"reason": " "}, "reason_missing"),
    ):
        with pytest.raises(ReviewRefused) as refused:
            extend(**values)
        assert refused.value.code == code
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            extend(acting_user=UserFactory(roles=[role]))
    with pytest.raises(WrongState):
        extend(application_id=round_.case(State.IN_REVIEW).pk)


def test_a_lapsed_deadline_waits_for_the_officer_and_can_be_given_again(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    round_.mend(application)
    owner = round_.owner_of(application)
    with pytest.raises(CorrectionLate):
        resubmit_application(application_id=application.pk, acting_user=owner, now=LATER)
    client = client_of(round_.officer)
    page = client.get(url("change", application.pk))
    assert "Der Antrag wartet jetzt auf Sie" in text(page)
    waiting = client.get(reverse("admin:index")).context["waiting"]
    (lapsed,) = [item for item in waiting if "Frist abgelaufen" in str(item.label)]
    assert list(client.get(lapsed.url).context["cl"].result_list) == [application]
    extend_correction(
        application_id=application.pk,
        due_at=LATER + timedelta(days=1),
        reason="Krankheit.",
        acting_user=round_.officer,
        now=LATER,
    )
    resubmit_application(application_id=application.pk, acting_user=owner, now=LATER)
    assert reload(application).state == State.IN_REVIEW


def test_a_draft_is_admitted_late_with_mail(round_: Round) -> None:
    draft = round_.draft()
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=draft.created_at)
    client = client_of(round_.officer)
    day = timezone.localdate() + timedelta(days=3)
    data = {"due_date": f"{day:%d.%m.%Y}", "reason": "Die Seite war gestört."}
    page = client.post(url("admit_late", draft.pk), data)
    assert "Die Seite war gestört." in page.context["messages_to_send"][0].text
    client.post(url("admit_late", draft.pk), {**data, "read": page.context["read"]})
    assert reload(draft).admitted_late_by == round_.officer
    mail = OutgoingMail.objects.get(kind="late_admission")
    assert mail.recipient == round_.owner_of(draft).email
    with pytest.raises(NotAllowed):
        admit_late(
            application_id=draft.pk,
            until=timezone.now() + timedelta(days=9),
            reason="Selbst.",
            acting_user=round_.approver,
            now=timezone.now(),
        )


# What changed ---------------------------------------------------------------------------------


def corrected(round_: Round) -> Application:
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, "title", "goals", "budget_lines", "organisations", "period_end")
    application = reload(application)
    owner = round_.owner_of(application)
    save_section(
        application_id=application.pk,
        acting_user=owner,
        now=CHECKED_AT,
        version=application.version,
        values={"title": "Begegnungs<b>haus</b>", "goals": "Nachbarschaft leben."},
        lines=[
            PlanLine(LineKind.COST, "Raummiete und Material", Decimal("15000.00")),
            PlanLine(LineKind.COST, "Honorare", Decimal("1000.00")),
            PlanLine(LineKind.OWN_FUNDS, "Spenden", Decimal("1000.00")),
        ],
    )
    MemberOrganisation.objects.filter(alliance=application.alliance, is_lead=False).update(
        city="Neustadt"
    )
    return resubmit_application(application_id=application.pk, acting_user=owner, now=CHECKED_AT)


def test_what_was_changed_is_found_field_by_field(round_: Round) -> None:
    application = corrected(round_)
    before, after = (s.content.data for s in application.submissions.order_by("number"))
    changes = {change.name: change for change in compare(before, after)}
    assert list(changes) == ["organisations", "title", "goals", "budget_lines"]
    assert changes["goals"].pieces == [
        Piece(Change.SAME, "Nachbarschaft"),
        Piece(Change.INSERTED, " leben"),
        Piece(Change.SAME, "."),
    ]
    lines = {line.label: (line.before, line.after) for line in changes["budget_lines"].lines}
    nbsp = {label: pair for label, pair in lines.items() if pair[0] != pair[1]}
    assert nbsp == {
        "Ausgaben: Raummiete und Material": ("16.000\u00a0€", "15.000\u00a0€"),
        "Ausgaben: Honorare": (None, "1.000\u00a0€"),
    }
    assert lines["Summe Ausgaben"] == ("16.000\u00a0€", "16.000\u00a0€")
    assert "Neustadt" in (changes["organisations"].lines[-1].after or "")
    assert compare(before, before) == []


def test_files_are_told_apart_in_words_and_by_no_digest(round_: Round) -> None:
    application = corrected(round_)
    content = application.submissions.get(number=2).content.data

    def file(key: str, name: str, digest: str, description: str = "") -> dict[str, str]:
        return {
            "id": key,
            "name": name,
            "kind": "",
            "description": description,
            "digest": digest,
        }

    before = [
        file("a", "Satzung.pdf", "1" * 64),
        file("b", "Angebot.pdf", "2" * 64),
        file("c", "Plan.pdf", "3" * 64),
        file("d", "Brief.pdf", "4" * 64),
    ]
    after = [
        file("c", "Plan.pdf", "3" * 64),
        file("d", "Brief.pdf", "4" * 64, "Zusage der Stadt"),
        file("e", "Satzung.pdf", "5" * 64),
        file("f", "Foto.png", "6" * 64),
    ]
    (change,) = compare(content | {"attachments": before}, content | {"attachments": after})
    assert [(line.label, line.before, line.after) for line in change.lines] == [
        ("Plan.pdf", "vorhanden", "vorhanden"),
        ("Brief.pdf", "vorhanden", "Zusage der Stadt"),
        ("Satzung.pdf", "bisheriger Inhalt", "geändert: neu hochgeladen"),
        ("Foto.png", None, "neu"),
        ("Angebot.pdf", "vorhanden", None),
    ]


def test_a_case_that_came_back_says_so_at_its_top(round_: Round) -> None:
    application = corrected(round_)
    client = client_of(round_.officer)
    case = text(client.get(url("change", application.pk)))
    sentence = "Die Nachbesserung ist da: am 4. Juli 2016"
    link = url("changes", application.pk, 2)
    top = case.partition("Nächste Schritte")[0]
    assert sentence in top
    assert link in top
    # Once the check has gone on, the case says what is next instead.
    round_.declare_eligible(application)
    assert sentence not in text(client.get(url("change", application.pk)))


def test_the_difference_is_read_out_and_runs_nothing(round_: Round) -> None:
    application = corrected(round_)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    case = text(client.get(url("change", application.pk)))
    assert url("changes", application.pk, 2) in case
    page = text(client.get(url("changes", application.pk, 2)))
    assert '<ins class="desk-ins"><span class="visually-hidden">[neu: </span> leben' in page
    assert "&lt;b&gt;haus&lt;/b&gt;" in page
    assert "<b>haus</b>" not in page
    assert page.count("nachgefordert") == 4
    for number in (1, 3):
        assert client.get(url("changes", application.pk, number)).status_code == 404


def test_erased_words_are_said_to_be_erased(round_: Round) -> None:
    application = corrected(round_)
    submission = application.submissions.get(number=1)
    submission.content.delete()
    page = client_of(round_.officer).get(url("changes", application.pk, 2))
    assert "nach Ablauf der Aufbewahrungsfrist gelöscht" in text(page)


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


# The deadline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "suggested"),
    [
        # Fourteen days later is a Saturday; New Year's Day, with the weekend behind it.
        (datetime(2026, 11, 28, 12, tzinfo=UTC), date(2026, 12, 14)),
        (datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 4)),
    ],
)
def test_the_suggested_deadline_is_a_working_day(
    round_: Round, today: datetime, suggested: date
) -> None:
    form = CorrectionForm(application=round_.case(State.IN_REVIEW), now=today)
    assert form["due_date"].value() == suggested


def asked_until(round_: Round, typed: str, now: datetime) -> CorrectionForm:
    data = {"fields_project": ["title"], "message": "Bitte genauer.", "due_date": typed}
    querydict = QueryDict(mutable=True)
    querydict.update({name: value for name, value in data.items() if name != "fields_project"})
    querydict.setlist("fields_project", ["title"])
    return CorrectionForm(querydict, application=round_.case(State.IN_REVIEW), now=now)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("28.11.2026", "Die Frist würde schon heute enden."),
        ("27.11.2026", "Die Frist muss in der Zukunft liegen."),
        ("14.12.2030", "Die Frist liegt mehr als ein Jahr in der Zukunft."),
    ],
)
def test_what_is_no_deadline_is_refused_before_the_mail_is_read(
    round_: Round, typed: str, sentence: str
) -> None:
    form = asked_until(round_, typed, datetime(2026, 11, 28, 20, 30, tzinfo=UTC))
    assert form.errors["due_date"][0].startswith(sentence)


def test_a_doubtful_deadline_is_asked_about_beside_the_mail(round_: Round) -> None:
    now = datetime(2026, 12, 22, 12, tzinfo=UTC)
    ProgrammeYear.objects.filter(pk=round_.year.pk).update(year=2026)
    round_.year.refresh_from_db()
    form = asked_until(round_, "25.12.2026", now)
    assert form.is_valid()
    assert form.doubts() == [
        "Das Bündnis hat nur 3 Tage Zeit; üblich sind 14.",
        "Die Frist endet an einem arbeitsfreien Tag (Erster Weihnachtstag). Der nächste Arbeitstag "
        "ist Montag, 28. Dezember 2026.",
    ]
    form = asked_until(round_, "06.03.2027", now)
    assert form.is_valid()
    assert form.doubts() == [
        "Das Bündnis hat 74 Tage Zeit; üblich sind 14.",
        "Die Frist endet an einem arbeitsfreien Tag (Samstag). Der nächste Arbeitstag ist Montag, "
        "8. März 2027.",
        "Die Frist endet nach dem Programmjahr 2026.",
    ]


def test_the_doubts_stand_above_the_mails_and_hold_nobody_up(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    soon = timezone.localdate() + timedelta(days=2)
    data = {
        "fields_project": ["title"],
        "message": "Bitte.",
        "due_date": f"{soon:%d.%m.%Y}",
    }
    client = client_of(round_.officer)
    page = client.post(url("request_changes", application.pk), data)
    assert "Das Bündnis hat nur 2 Tage Zeit; üblich sind 14." in text(page)
    client.post(url("request_changes", application.pk), {**data, "read": page.context["read"]})
    assert reload(application).state == State.CHANGES_REQUESTED
    data = {"due_date": f"{soon + timedelta(days=400):%d.%m.%Y}", "reason": "Ferien."}
    page = client.post(url("extend", application.pk), data)
    assert "Die Frist liegt mehr als ein Jahr in der Zukunft." in text(page)
    data["due_date"] = f"{soon + timedelta(days=1):%d.%m.%Y}"
    page = client.post(url("extend", application.pk), data)
    assert "Das Bündnis hat nur 3 Tage Zeit; üblich sind 14." in text(page)


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
