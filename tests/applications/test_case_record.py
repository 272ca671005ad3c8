"""The case file as a PDF: whole, accessible, and without what this person may not see."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from applications.admin.case_page import find_case
from applications.admin.case_record import case_record
from applications.enums import State
from applications.models import Application
from applications.services.case_file import write_message, write_note
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round
from tests.pdf import facts_of, text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("reference_data"),
    pytest.mark.pdf,
]

NOW = datetime(2016, 9, 1, 8, tzinfo=UTC)
HOSTILE = '#read("/etc/passwd") *fett* $x$ 😀 \u202etxt'


def record_of(application: Application, user: User) -> bytes:
    case = find_case(application.pk)
    assert case
    return case_record(case, user, now=NOW)


def test_the_file_holds_the_whole_case(round_: Round) -> None:
    application = round_.case(State.PROPOSED, score=8)
    write_note(application_id=application.pk, text=HOSTILE, acting_user=round_.officer, now=NOW)
    write_message(
        application_id=application.pk,
        subject="Rückfrage",
        text="Wann beginnt der Kurs?",
        acting_user=round_.officer,
        now=NOW,
    )
    client = Client()
    client.force_login(round_.officer)
    response = client.get(reverse("admin:applications_application_record", args=[application.pk]))
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="akte-{application.reference.lower()}.pdf"'
    )
    pdf = record_of(application, round_.officer)
    text = text_of(pdf)
    for words in (
        f"Akte {application.reference}",
        "Geflüchtete planen und leiten mit.",
        "Raummiete und Material",
        "Das Vorhaben hat noch nicht begonnen.",
        '#read("/etc/passwd") *fett* $x$ [U+1F600] [U+202E]txt',
        "Wann beginnt der Kurs?",
        "Eingangsbestätigung",
        "Überzeugend.",
        "Nach Prüfung vorgeschlagen.",
        "In Prüfung genommen",
        "Anlagen",
    ):
        assert words in text
    assert facts_of(pdf)["Tagged"] == "yes"
    assert pdf == record_of(application, round_.officer)


def test_the_file_keeps_scores_from_a_juror_who_has_not_scored(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    assert "Überzeugend." in text_of(record_of(application, both))
    round_.assign(application, both)
    text = text_of(record_of(application, both))
    assert "Überzeugend." not in text
    assert "noch nicht selbst bewertet" in text


def test_there_is_no_file_of_a_draft_that_is_nobodys_business(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    for pk in (round_.draft().pk, 2**31 - 1):
        address = reverse("admin:applications_application_record", args=[pk])
        assert client.get(address).status_code == 404
