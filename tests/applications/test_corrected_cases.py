"""What was changed in a correction: found field by field, and shown without running anything."""

from decimal import Decimal

import pytest

from applications.comparison import compare
from applications.enums import LineKind, State
from applications.models import Application
from applications.rules.differences import Change, Piece
from applications.services.drafting import PlanLine, save_section
from applications.services.submission import resubmit_application
from buendnisse.models import MemberOrganisation
from buendnisse.roles import Role
from tests.applications.case_pages import url
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, Round, reload
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


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
    case = text(client.get(url("change", application)))
    sentence = "Die Nachbesserung ist da: am 4. Juli 2016"
    link = url("changes", application, 2)
    top = case.partition("Nächste Schritte")[0]
    assert sentence in top
    assert link in top
    # Once the check has gone on, the case says what is next instead.
    round_.declare_eligible(application)
    assert sentence not in text(client.get(url("change", application)))


def test_the_difference_is_read_out_and_runs_nothing(round_: Round) -> None:
    application = corrected(round_)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    case = text(client.get(url("change", application)))
    assert url("changes", application, 2) in case
    page = text(client.get(url("changes", application, 2)))
    assert '<ins class="desk-ins"><span class="visually-hidden">[neu: </span> leben' in page
    assert "&lt;b&gt;haus&lt;/b&gt;" in page
    assert "<b>haus</b>" not in page
    assert page.count("nachgefordert") == 4
    for number in (1, 3):
        assert client.get(url("changes", application, number)).status_code == 404


def test_erased_words_are_said_to_be_erased(round_: Round) -> None:
    application = corrected(round_)
    submission = application.submissions.get(number=1)
    submission.content.delete()
    page = client_of(round_.officer).get(url("changes", application, 2))
    assert "nach Ablauf der Aufbewahrungsfrist gelöscht" in text(page)
