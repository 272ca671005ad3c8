"""Drafting: an application is begun, and its sections are saved, half-done or whole."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import LineKind, State
from applications.models import Application, BudgetLine
from applications.sections import SECTION_OF_FIELD
from applications.services.lifecycle import actors_of, lock_application
from applications.transitions import APPLICANTS
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import Alliance, Membership, User
from buendnisse.refusals import NotAllowed, Refusal
from funding.models import ProgrammeYear


class CallClosed(Refusal):
    code = "call_closed"


class NotEditable(Refusal):
    code = "not_editable"


class FieldNotOpen(Refusal):
    code = "field_not_open"


class StaleApplication(Refusal):
    """Somebody else saved since this form was opened; nothing was written."""

    code = "stale"


@dataclass(frozen=True)
class PlanLine:
    """A line of the cost and financing plan; ``amount`` in euros."""

    kind: LineKind
    description: str
    amount: Decimal


def _require_editor(user: User, alliance: Alliance) -> None:
    is_editor = Membership.objects.filter(
        user=user, alliance=alliance, role__in=[str(actor) for actor in APPLICANTS]
    ).exists()
    if not is_editor:
        raise NotAllowed(
            _(
                "In diesem Bündnis können Sie nur lesen. Bitten Sie die verantwortliche "
                "Person, Ihnen "
                "das Bearbeiten zu erlauben."
            )
        )


@transaction.atomic
def start_application(
    *, alliance_id: int, programme_year_id: int, acting_user: User, now: datetime
) -> Application:
    """Begin a draft of the alliance for a year whose call is open.

    Refuses with ``NotAllowed`` who may not edit for the alliance, with ``CallClosed`` a year that
    takes no applications now, and with the constraint's sentence a second application of one
    alliance in a year.
    """
    alliance = Alliance.objects.get(pk=alliance_id)
    _require_editor(acting_user, alliance)
    year = ProgrammeYear.objects.get(pk=programme_year_id)
    if not year.call_is_open(now):
        raise CallClosed(
            _("Der Förderaufruf %(year)s nimmt zurzeit keine Anträge an.") % {"year": year}
        )
    with constraints_as_refusals():
        return Application.objects.create(
            alliance=alliance,
            programme_year=year,
            state=State.DRAFT,
            state_changed_at=now,
            created_by=acting_user,
            created_at=now,
            updated_at=now,
            contact_name=acting_user.name,
            contact_email=acting_user.email,
        )


def open_fields(application: Application) -> frozenset[str]:
    """What the applicants may change now: all in a draft, the named fields in a correction."""
    if application.state == State.DRAFT:
        return frozenset(SECTION_OF_FIELD)
    if application.state == State.CHANGES_REQUESTED:
        request = application.correction_requests.filter(closed_at=None).first()
        return frozenset(request.fields) if request else frozenset()
    return frozenset()


def _same_lines(application: Application, lines: Sequence[PlanLine]) -> bool:
    stored = [
        PlanLine(LineKind(line.kind), line.description, line.amount)
        for line in application.budget_lines.all()
    ]
    return stored == sorted(lines, key=lambda line: line.kind)


def _changed(application: Application, values: Mapping[str, object]) -> list[str]:
    return [name for name, value in values.items() if getattr(application, name) != value]


def _refuse_closed_fields(application: Application, names: Collection[str]) -> None:
    if not application.is_editable_by_applicant:
        raise NotEditable(_("Der Antrag ist eingereicht und kann nicht mehr geändert werden."))
    if set(names) - open_fields(application):
        raise FieldNotOpen(
            _(
                "In der Nachforderung sind nur die genannten Felder offen. Alles andere "
                "bleibt, wie "
                "Sie es eingereicht haben."
            )
        )


@transaction.atomic
def save_section(
    *,
    application_id: int,
    acting_user: User,
    now: datetime,
    version: int,
    values: Mapping[str, object],
    lines: Sequence[PlanLine] | None = None,
) -> Application:
    """Store what was typed into a section; drafts may hold anything incomplete.

    ``values`` are cleaned values by field name; ``lines`` replaces the plan, None leaves it.
    ``version`` is the one the form was opened with. Saving what is there already changes nothing.
    Refuses with ``NotAllowed``, ``NotEditable``, ``FieldNotOpen``, and with ``StaleApplication``
    when somebody else has changed the application since; nothing is written then.
    """
    application = lock_application(application_id)
    if actors_of(acting_user, application).isdisjoint(APPLICANTS):
        _require_editor(acting_user, application.alliance)
    changed = _changed(application, values)
    plan_changed = lines is not None and not _same_lines(application, lines)
    _refuse_closed_fields(application, [*changed, *(["budget_lines"] if plan_changed else [])])
    if not changed and not plan_changed:
        return application
    if version != application.version:
        raise StaleApplication(
            _(
                "Der Antrag wurde inzwischen an anderer Stelle gespeichert, zum Beispiel von einer "
                "anderen Person aus Ihrem Bündnis. Ihre Eingaben stehen noch hier, sind aber nicht "
                "gespeichert. Öffnen Sie den Abschnitt in einem neuen Fenster, vergleichen "
                "Sie, und "
                "speichern Sie dann noch einmal."
            )
        )
    for name in changed:
        setattr(application, name, values[name])
    application.version += 1
    application.updated_at = now
    application.save(update_fields=[*changed, "version", "updated_at"])
    if lines is not None and plan_changed:
        application.budget_lines.all().delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(
                application=application,
                kind=line.kind,
                description=line.description,
                amount=line.amount,
                position=position,
            )
            for position, line in enumerate(lines)
        )
    return application
