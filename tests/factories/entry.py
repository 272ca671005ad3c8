"""Applications that came on paper, entered, filled in and handed in by an officer."""

from datetime import UTC, date, datetime

from applications.models import Application
from applications.services.drafting import save_section
from applications.services.entry import begin_entry, submit_entered
from applications.services.reviewing import request_changes, take_up
from buendnisse.models import MemberOrganisation, OutgoingMail, User
from buendnisse.services.alliances import save_organisation
from tests.factories.cases import CORRECTION_DUE_AT, Round, balanced_plan, complete_values, reload

# The call of the round ended on 30 June in Berlin.
LAST_DAY = date(2016, 6, 30)
ENTERED_AT = datetime(2016, 7, 5, 8, tzinfo=UTC)
ASKED_AT = datetime(2016, 7, 6, 8, tzinfo=UTC)
REASON = "Kam mit der Post."
ADDRESS = {"street": "Hauptstraße 1", "postal_code": "73430", "city": "Aalen"}


def begin(round_: Round, **values: object) -> Application:
    return begin_entry(
        **{
            "programme_year_id": round_.year.pk,
            "alliance_id": None,
            "alliance_name": "Bündnis Papier",
            "received_date": LAST_DAY,
            "reason": REASON,
            "acting_user": round_.officer,
            "now": ENTERED_AT,
            **values,
        }  # type: ignore[arg-type]
    )


def fill(round_: Round, application: Application, user: User | None = None) -> Application:
    officer = user or round_.officer
    for name, kind, form, is_lead in (
        ("Verein Papier e. V.", "association", "ev", True),
        ("Helferkreis Papier", "initiative", "none", False),
    ):
        save_organisation(
            organisation=MemberOrganisation(
                alliance=application.alliance,
                name=name,
                kind=kind,
                legal_form=form,
                is_lead=is_lead,
            ),
            acting_user=officer,
            now=ENTERED_AT,
        )
    return save_section(
        application_id=application.pk,
        acting_user=officer,
        now=ENTERED_AT,
        version=application.version,
        values=complete_values()
        | {"contact_name": "Frau Papier", "contact_email": "papier@example.org"},
        lines=balanced_plan(),
    )


def submit(round_: Round, application: Application, **values: object) -> Application:
    return submit_entered(
        **{
            "application_id": application.pk,
            "acting_user": round_.officer,
            "now": ENTERED_AT,
            **values,
        }  # type: ignore[arg-type]
    )


def fill_without_email(round_: Round, **address: str) -> Application:
    application = fill(round_, begin(round_))
    Application.objects.filter(pk=application.pk).update(contact_email="")
    application.alliance.organisations.filter(is_lead=True).update(**address)
    return reload(application)


def letter_of(round_: Round) -> OutgoingMail:
    """The acknowledgement of an application that came on paper, of people without e-mail."""
    application = submit(round_, fill_without_email(round_, **ADDRESS))
    return OutgoingMail.objects.get(about=f"application:{application.pk}")


def asked_on_paper(round_: Round, **values: object) -> Application:
    """An application that came on paper, asked for a correction; nobody there reads e-mail."""
    application = submit(round_, fill_without_email(round_, **ADDRESS))
    take_up(application_id=application.pk, acting_user=round_.officer, now=ENTERED_AT)
    request_changes(
        **{
            "application_id": application.pk,
            "fields": ["goals", "budget_lines"],
            "message": "Bitte nennen Sie Ihre Ziele genauer.",
            "words": {"goals": "Wen erreichen Sie?"},
            "due_at": CORRECTION_DUE_AT,
            "acting_user": round_.officer,
            "now": ASKED_AT,
            **values,
        }  # type: ignore[arg-type]
    )
    return reload(application)
