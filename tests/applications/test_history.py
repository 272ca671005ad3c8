"""The history of cases: every change after the submission, and nothing before it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import CheckAnswer, LineKind, State
from applications.models import Application
from applications.services.drafting import PlanLine, save_section
from applications.services.jury import assign_jurors
from applications.services.programme_years import save_programme_year
from applications.services.reviewing import admit_late, answer_checklist, declare_eligible, take_up
from buendnisse.history import HistoryLine, history_of
from buendnisse.models import ChangeRecord, MembershipRole, Recorded, RecordedRows
from buendnisse.models.recorded import digest_of, recorded_models
from buendnisse.roles import Role
from buendnisse.services.alliances import rename_alliance, save_organisation
from buendnisse.services.memberships import leave_alliance
from funding.services.award_changes import confirm_award_change
from funding.services.freezes import confirm_freeze
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    ALL_YES,
    ANNOUNCED_AT,
    CHECKED_AT,
    DRAFTED_AT,
    RULE_AMOUNT,
    Round,
)
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def told(subject: Recorded, since: int = 0) -> list[tuple[str, str, str]]:
    """What, before and after, from the oldest on."""
    lines = [line for line in history_of(subject) if line.record.pk > since]
    found = ((line.what, line.before, line.after) for line in reversed(lines))
    return [tuple(text.replace("\u00a0", " ") for text in line) for line in found]  # type: ignore[misc]


def asked_for(round_: Round, *fields: str) -> Application:
    """A case in which these fields are open to the applicants."""
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, *fields)
    return Application.objects.get(pk=application.pk)


def newest() -> int:
    return ChangeRecord.objects.latest("pk").pk


def test_a_draft_and_its_alliance_have_no_history(round_: Round) -> None:
    application = round_.case(State.DRAFT)
    rename_alliance(
        alliance_id=application.alliance_id,
        name="Anders",
        website="",
        acting_user=round_.owner_of(application),
        now=DRAFTED_AT,
    )
    assert history_of(application) == history_of(application.alliance) == []


def test_what_applicants_change_in_a_correction_is_told_with_before_and_after(
    round_: Round,
) -> None:
    application = asked_for(round_, "title", "budget_lines")
    since, owner = newest(), round_.owner_of(application)
    later = CHECKED_AT + timedelta(days=1)

    def save(minutes: int, values: dict[str, object], lines: list[PlanLine] | None = None) -> None:
        application.refresh_from_db()
        save_section(
            application_id=application.pk,
            acting_user=owner,
            now=later + timedelta(minutes=minutes),
            version=application.version,
            values=values,
            lines=lines,
        )

    save(0, {"title": "Begegnungs"})
    # As it saves itself while somebody types: for its readers this is one change.
    save(5, {"title": "Begegnungshaus"})
    save(
        6,
        {},
        [
            PlanLine(LineKind.COST, "Miete", RULE_AMOUNT),
        ],
    )
    assert told(application, since) == [
        ("Titel des Vorhabens", "Begegnungscafé", "Begegnungshaus"),
        (
            "Kosten- und Finanzierungsplan",
            "Ausgaben: Raummiete und Material, 16.000 €\nEigenmittel: Spenden, 1.000 €",
            "Ausgaben: Miete, 15.000 €",
        ),
    ]
    title = next(line for line in history_of(application) if line.what == "Titel des Vorhabens")
    assert (title.person, title.record.at, title.until) == (
        str(owner),
        later,
        later + timedelta(minutes=5),
    )
    assert ChangeRecord.objects.filter(field="title").count() == 2


def test_the_check_is_told_answer_by_answer_and_field_by_field(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    take_up(application_id=application.pk, acting_user=round_.officer, now=CHECKED_AT)
    since = newest()
    answer_checklist(
        application_id=application.pk, answers=ALL_YES, acting_user=round_.officer, now=CHECKED_AT
    )
    answer_checklist(
        application_id=application.pk,
        answers={"not_begun": (CheckAnswer.NOT_APPLICABLE, "Folgeantrag.")},
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    item = "Prüfergebnis Das Vorhaben hat noch nicht begonnen"
    assert [line for line in told(application, since) if item in line[0]] == [
        (f"{item}: Antwort", "", "Ja"),
        (f"{item}: Antwort", "Ja", "Entfällt: Folgeantrag."),
    ]
    since = newest()
    assert application.territory
    declare_eligible(
        application_id=application.pk,
        territory=application.territory,
        place="",
        eligible_amount=Decimal("14000.00"),
        reduction_reason="Ohne Ausflug.",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    assert told(application, since) == [
        ("Stand", "In Prüfung", "Förderfähig"),
        ("Bestätigtes Gebiet", "", str(application.territory)),
        ("Anerkannter Betrag", "", "14.000 €"),
        ("Grund der Kürzung", "", "Ohne Ausflug."),
        ("Geprüft von", "", "Sachbearbeitung"),
    ]
    line = history_of(application)[0]
    assert (line.person, line.record.at, line.record.reason) == (
        "Sachbearbeitung",
        CHECKED_AT,
        "Ohne Ausflug.",
    )


def test_late_admission_of_a_draft_is_told_without_its_words(round_: Round) -> None:
    application = round_.case(State.DRAFT)
    for days in (3, 5):
        admit_late(
            application_id=application.pk,
            until=CHECKED_AT + timedelta(days=days),
            reason=f"Krankheit, {days} Tage.",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    assert (
        "Verspätet zugelassen bis",
        "7. Juli 2016, 10:00 Uhr",
        "9. Juli 2016, 10:00 Uhr",
    ) in told(application)
    names = ChangeRecord.objects.filter(field__startswith="ad").values_list("subject_name")
    assert set(names) == {("",)}
    # Its page is not for the ministry yet, and so there is no way to it.
    auditor = client_of(UserFactory(roles=[Role.AUDITOR]))
    page = auditor.get(reverse("admin:buendnisse_changerecord_changelist")).content.decode()
    assert "Antrag (noch ohne Nummer)" in page
    assert case_page(application) not in page


def test_an_award_its_change_and_the_tranche_are_told(round_: Round) -> None:
    application = round_.case(State.AWARDED, announced=True)
    award = application.award
    assert award
    change = round_.change_award(award, Decimal("1000.00"))
    since = newest()
    confirm_award_change(change_id=change.pk, acting_user=round_.second_approver, now=ANNOUNCED_AT)
    assert told(award, since) == [
        ("Zurückgegeben", "0 €", "1.000 €"),
        ("Änderung einer Zuwendung Verzicht: Bestätigt von", "", "Zeichnung 2"),
        (
            "Änderung einer Zuwendung Verzicht: Bestätigt",
            "",
            "20. Juli 2016, 10:00 Uhr",
        ),
    ]
    assert {line.record.reason for line in history_of(award) if line.record.pk > since} == {
        "Das Vorhaben wird kleiner."
    }
    assert told(award)[:1] == [
        ("Bekannt gegeben", "", "20. Juli 2016, 10:00 Uhr"),
    ]
    tranche = round_.year.tranches.get()
    assert [line[0] for line in told(tranche)] == ["Angelegt", "Bestätigt von", "Bestätigt"]


def test_a_freeze_and_a_closed_list_are_named_once(round_: Round) -> None:
    since = newest()
    confirm_freeze(
        step_id=round_.freeze().pk, acting_user=round_.second_budget_officer, now=ANNOUNCED_AT
    )
    round_.close_waiting_list()
    labels = {line[0].partition(":")[0] for line in told(round_.year, since)}
    assert labels == {
        "Haushaltssperre",
        "Schließung der Nachrückliste",
        "Nachrückliste geschlossen",
    }


def test_the_alliance_is_told_once_the_ministry_knows_it(round_: Round) -> None:
    application = asked_for(round_, "organisations")
    alliance, owner = application.alliance, round_.owner_of(application)
    rename_alliance(
        alliance_id=alliance.pk, name="Neuer Name", website="", acting_user=owner, now=CHECKED_AT
    )
    lead = alliance.organisations.get(is_lead=True)
    lead.city = "Ulm"
    save_organisation(organisation=lead, acting_user=owner, now=CHECKED_AT)
    assert [line for line in told(alliance) if line[2] in ("Neuer Name", "Ulm")] == [
        ("Name des Bündnisses", alliance.name, "Neuer Name"),
        (f"Bündnispartner {lead.name}: Ort", "Friedrichshafen", "Ulm"),
    ]


def test_the_settings_of_a_year_are_told(round_: Round) -> None:
    administrator = UserFactory(name="Verwalterin", roles=[Role.ADMINISTRATOR])
    year = round_.year
    year.correction_days = 21
    save_programme_year(programme_year=year, acting_user=administrator, now=CHECKED_AT)
    assert told(year)[-1] == ("Frist für Nachforderungen (Tage)", "14", "21")
    assert history_of(year)[0].person == "Verwalterin"


def test_what_queries_change_or_delete_is_told_too(round_: Round) -> None:
    """Nobody can forget it, whatever they write with."""
    application = round_.case(State.SUBMITTED)
    since = newest()
    Application.objects.filter(title=application.title).update(title="Anders")
    application.refresh_from_db()
    application.lot = 4
    Application.objects.bulk_update([application], ["lot"])
    application.alliance.organisations.filter(is_lead=False).delete()
    assert told(application, since) == [
        ("Titel des Vorhabens", "Begegnungscafé", "Anders"),
        ("Los", "", "4"),
    ]
    removed = [line for line in told(application.alliance, since) if "entfernt (Name" in line[0]]
    assert len(removed) == 1
    assert removed[0][1] in removed[0][0]
    assert {line.person for line in history_of(application) if line.record.pk > since} == {
        "Automatisch"
    }


def test_every_field_of_the_history_has_a_name_for_people() -> None:
    nameless = [
        f"{model.__name__}.{name}"
        for model in recorded_models()
        for name, field in model.history_fields().items()
        if field.verbose_name == name.replace("_", " ")
    ]
    assert nameless == []


def test_every_recorded_model_is_read_by_recording_queries() -> None:
    for model in recorded_models():
        assert isinstance(model._default_manager.all(), RecordedRows), model


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows.update(person=None),
        lambda rows: rows.update(after="Anders"),
        lambda rows: rows.update(field="title"),
        # The words go together and for good, or not at all.
        lambda rows: rows.update(before=""),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_keeps_history(round_: Round, spoil: Callable[[Any], object]) -> None:
    round_.case(State.IN_REVIEW)
    rows = ChangeRecord.objects.filter(field="state")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        spoil(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Or it would refuse for the keys that it has not looked up yet.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                cursor.execute("TRUNCATE buendnisse_changerecord")


def test_words_are_erased_and_the_record_with_its_digest_stays(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    record = ChangeRecord.objects.filter(field="state").earliest("pk")
    assert record.digest == digest_of(record)
    assert ChangeRecord.objects.filter(pk=record.pk).update(before="", after="", reason="", salt="")
    line = next(line for line in history_of(application) if line.record.pk == record.pk)
    assert (line.what, line.before, line.after) == ("Stand", "(gelöscht)", "(gelöscht)")
    assert line.record.digest == record.digest
    assert line.record.digest != digest_of(line.record)


# --- Who reads it ----------------------------------------------------------------------------


def case_page(application: Application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


def test_a_juror_reads_no_score_in_the_history_before_scoring(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=9)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR, Role.AUDITOR])
    assign_jurors(
        application_ids=[application.pk],
        juror_ids=[both.pk],
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    assert "Jurybewertung" in {line.what for line in history_of(application)}

    def whats(page: Any) -> set[str]:
        lines: list[HistoryLine] = page.context["history"]
        return {line.what for line in lines}

    hidden = whats(client_of(both).get(case_page(application)))
    assert "Jurybewertung" not in hidden
    assert "Stand" in hidden
    assert "Jurybewertung" in whats(client_of(round_.officer).get(case_page(application)))
    address = reverse("admin:buendnisse_changerecord_changelist")
    assert ">Jurybewertung<" not in client_of(both).get(address).content.decode()
    exported = reverse("admin:buendnisse_changerecord_export", args=["protokoll", "machine"])
    text = b"".join(client_of(both).get(exported).streaming_content).decode()
    assert "Jurybewertung" not in text
    auditor = client_of(UserFactory(roles=[Role.AUDITOR]))
    assert "Jurybewertung" in b"".join(auditor.get(exported).streaming_content).decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_auditor_searches_filters_and_exports_at_a_constant_number_of_queries(
    number: int, round_: Round
) -> None:
    for _ in range(number):
        application = round_.case(State.SUBMITTED)
        take_up(application_id=application.pk, acting_user=round_.officer, now=CHECKED_AT)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    query = "?bereich=applications.application&kind__exact=changed"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("admin:buendnisse_changerecord_changelist") + query)
    assert len(page.context["cl"].result_list) == 2 * number
    assert len(queries) == 7
    found = client.get(
        reverse("admin:buendnisse_changerecord_changelist") + f"?q={application.reference}"
    )
    assert {record.subject_id for record in found.context["cl"].result_list} == {application.pk}
    typed_small = client.get(
        reverse("admin:buendnisse_changerecord_changelist") + f"?q={application.reference.lower()}"
    )
    assert len(typed_small.context["cl"].result_list) == 2
    by_person = reverse("admin:buendnisse_changerecord_changelist")
    by_person += f"?person={round_.officer.pk}"
    people = {each.person for each in client.get(by_person).context["cl"].result_list}
    assert people == {round_.officer}
    address = reverse("admin:buendnisse_changerecord_export", args=["protokoll", "machine"])
    with CaptureQueriesContext(connection) as queries:
        text = b"".join(client.get(address + query).streaming_content).decode()
    assert len(text.splitlines()) == 2 * number + 1
    assert f"Antrag {application.reference},Stand,Eingereicht,In Prüfung" in text
    assert len(queries) == 9


def test_a_person_who_leaves_is_told(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    member = round_.member_of(application, MembershipRole.EDITOR)
    leave_alliance(
        alliance_id=application.alliance_id,
        acting_user=member,
        now=datetime(2016, 7, 1, tzinfo=UTC),
    )
    assert (f"Mitwirkende Person {member}: entfernt (Aufgabe)", "Bearbeiten", "") in told(
        application.alliance
    )
