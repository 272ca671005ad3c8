"""Drafting: an application is begun, and its sections are saved, half-done or whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from applications.enums import LineKind, State
from applications.models import Application, BudgetLine
from applications.queries import is_answered_on_paper
from applications.sections import SECTION_OF_FIELD
from applications.services.lifecycle import (
    lock_columns,
    note_who_enters,
    require_entering,
    require_entering_correction,
)
from applications.services.search_text import renew_search_text
from applications.services.stale import refuse_to_overwrite
from applications.transitions import APPLICANTS
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import Alliance, Membership, Territory, User
from buendnisse.models.recorded import record_words
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.models import ProgrammeYear
from funding.rules.money import format_euro

PLAN: Final = "budget_lines"
_FINGERPRINT_LENGTH: Final = 24


class CallClosed(Refusal):
    code = "call_closed"


class NotEditable(Refusal):
    code = "not_editable"


class FieldNotOpen(Refusal):
    code = "field_not_open"


@dataclass(frozen=True)
class PlanLine:
    """A line of the cost and financing plan; ``amount`` in euros."""

    kind: LineKind
    description: str
    amount: Decimal


def require_editor(user: User, alliance_id: int) -> None:
    """Refuse with ``NotAllowed`` whoever may not edit for this alliance."""
    is_editor = Membership.objects.filter(
        user=user, alliance_id=alliance_id, role__in=[str(actor) for actor in APPLICANTS]
    ).exists()
    if not is_editor:
        raise NotAllowed(
            _(
                "In diesem Bündnis können Sie nur lesen. Bitten Sie die verantwortliche "
                "Person, Ihnen "
                "das Bearbeiten zu erlauben."
            )
        )


def require_author(user: User, application: Application) -> None:
    """Refuse with ``NotAllowed`` all but its editors, and a case officer where it came on paper.

    A correction is entered by an officer only where the applicants cannot make it here themselves.
    """
    if application.is_entered and user.may(Right.CHECK):
        if application.state == State.DRAFT:
            require_entering(application, acting_user=user)
            return
        if application.state == State.CHANGES_REQUESTED and is_answered_on_paper(application):
            require_entering_correction(application, acting_user=user)
            return
    require_editor(user, application.alliance_id)


@recorded
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
    require_editor(acting_user, alliance.pk)
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


class Outcome(StrEnum):
    """What becomes of one field that somebody saves."""

    SAME = "same"  # what was typed is stored already
    WRITE = "write"  # nobody else has changed it
    LEAVE = "leave"  # somebody else has, and this person has not touched it
    CONFLICT = "conflict"  # both have, and differently: a person chooses


@dataclass(frozen=True)
class Seen:
    """What one editor knows of a field, as fingerprints.

    ``opened`` is what the form showed when it was opened, or was last told to be stored; ``own``
    is what this editor sent without ever hearing whether it had arrived.
    """

    opened: str
    own: frozenset[str] = frozenset()


def outcome(*, stored: str, typed: str, seen: Seen | None) -> Outcome:
    """The rule that nobody's words are overwritten silently, for one field, by fingerprints.

    Without ``seen`` nothing is known, and any difference is a conflict.
    """
    if typed == stored:
        return Outcome.SAME
    if seen is None:
        return Outcome.CONFLICT
    if stored == seen.opened or stored in seen.own:
        return Outcome.WRITE
    return Outcome.LEAVE if typed == seen.opened else Outcome.CONFLICT


def fingerprint(value: object) -> str:
    """A short sign for a value of a field or a whole plan: equal for equal values alone.

    It goes into the page in place of the text itself, which may be long.
    """
    return sha256(_written(value).encode("utf-8", "surrogatepass")).hexdigest()[
        :_FINGERPRINT_LENGTH
    ]


def _written(value: object) -> str:
    match value:
        case None | False | "":
            return ""
        case Territory():
            return str(value.code)
        case Decimal():
            return f"{value:.2f}"
        case PlanLine():
            return repr((value.kind.value, value.description, f"{value.amount:.2f}"))
        case list() | tuple():
            # By kind, as the plan is stored and read.
            return "".join(
                f"{_written(line)}\n" for line in sorted(value, key=lambda line: line.kind)
            )
        case _:
            return str(value)


def stored_lines(application: Application) -> list[PlanLine]:
    """The plan as it is stored. One query, unless the lines are prefetched."""
    return _as_typed(application.budget_lines.all())


def _as_typed(rows: Iterable[BudgetLine]) -> list[PlanLine]:
    return [PlanLine(LineKind(row.kind), row.description, row.amount) for row in rows]


def _plan_in_words(lines: Iterable[PlanLine]) -> str:
    """The plan as the history keeps it, in German: a line for each line."""
    with translation.override("de"):
        return "\n".join(
            f"{line.kind.label}: {line.description}, {format_euro(line.amount)}" for line in lines
        )


def stored_value(application: Application, name: str) -> object:
    """The stored value of a field of the form; for the plan its lines."""
    return stored_lines(application) if name == PLAN else getattr(application, name)


@dataclass(frozen=True)
class Merged:
    """What became of a section: the application as stored now, and each field's outcome."""

    application: Application
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The fields of which nothing was written, because somebody else had changed them."""
        return self._with(Outcome.CONFLICT)

    @property
    def written(self) -> tuple[str, ...]:
        return self._with(Outcome.WRITE)

    def _with(self, wanted: Outcome) -> tuple[str, ...]:
        return tuple(name for name, found in self.outcomes.items() if found == wanted)


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


@recorded
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
    """Store a section as a whole; drafts may hold anything incomplete.

    ``values`` are cleaned values by field name; ``lines`` replaces the plan, None leaves it.
    ``version`` is the one the values were read with. Saving what is there already changes nothing.
    Refuses like ``merge_section``, and with ``StaleApplication`` when somebody else has changed
    the application since; nothing is written then.
    """
    merged = _merge(
        application_id=application_id,
        acting_user=acting_user,
        now=now,
        version=version,
        values=values,
        lines=lines,
        seen={},
    )
    if merged.conflicts:
        refuse_to_overwrite(merged.application, writer=acting_user)
    return merged.application


@recorded
@transaction.atomic
def merge_section(
    *,
    application_id: int,
    acting_user: User,
    now: datetime,
    version: int,
    values: Mapping[str, object],
    lines: Sequence[PlanLine] | None = None,
    seen: Mapping[str, Seen],
) -> Merged:
    """Store what was typed into a section, field by field, beside what others save meanwhile.

    ``values`` are cleaned values by field name; ``lines`` replaces the plan, None leaves it. Each
    is held against what its editor has ``seen`` of that field by the rule of ``outcome``; for a
    field that ``seen`` does not name, ``version`` must be the present one. A field in conflict
    keeps what is stored, and all others are written.
    Refuses with ``NotAllowed``, ``NotEditable`` and ``FieldNotOpen``; nothing is written then.
    """
    return _merge(
        application_id=application_id,
        acting_user=acting_user,
        now=now,
        version=version,
        values=values,
        lines=lines,
        seen=seen,
    )


def _merge(
    *,
    application_id: int,
    acting_user: User,
    now: datetime,
    version: int,
    values: Mapping[str, object],
    lines: Sequence[PlanLine] | None,
    seen: Mapping[str, Seen],
) -> Merged:
    typed: dict[str, object] = {**values, **({} if lines is None else {PLAN: list(lines)})}
    columns = [name for name in values if name in SECTION_OF_FIELD and name != PLAN]
    application = lock_columns(application_id, columns)
    require_author(acting_user, application)
    rows = [] if lines is None else list(application.budget_lines.all())
    is_latest = version == application.version
    outcomes = {}
    for name, value in typed.items():
        stored = fingerprint(_as_typed(rows) if name == PLAN else getattr(application, name))
        known = seen.get(name) or (Seen(stored) if is_latest else None)
        outcomes[name] = outcome(stored=stored, typed=fingerprint(value), seen=known)
    # What a form sends unchanged may stand in a field that is closed by now.
    untouched = {Outcome.SAME, Outcome.LEAVE}
    _refuse_closed_fields(
        application, [name for name, found in outcomes.items() if found not in untouched]
    )
    merged = Merged(application, outcomes)
    if merged.written:
        _write(application, {name: typed[name] for name in merged.written}, rows, now)
        note_who_enters(application, acting_user=acting_user, now=now)
    return merged


def _write(
    application: Application,
    values: Mapping[str, object],
    rows: Sequence[BudgetLine],
    now: datetime,
) -> None:
    """``rows`` is the plan as it is stored."""
    columns = [name for name in values if name != PLAN]
    for name in columns:
        setattr(application, name, values[name])
    application.version += 1
    application.updated_at = now
    application.save(update_fields=[*columns, "version", "updated_at"])
    if application.shared_with_ministry_at or application.is_entered:
        renew_search_text(application.pk)
    lines = values.get(PLAN)
    if isinstance(lines, list):
        if application.state != State.DRAFT:
            before = _plan_in_words(_as_typed(rows))
            record_words(PLAN, [(application, before, _plan_in_words(lines))])
        _write_plan(application, lines, rows)


def _write_plan(
    application: Application, lines: Sequence[PlanLine], rows: Sequence[BudgetLine]
) -> None:
    """Touch the rows alone that changed: at most two queries, and one for a single changed row."""
    missing = {
        (line.kind.value, position, line.description, line.amount)
        for position, line in enumerate(lines)
    }
    gone = []
    for row in rows:
        values = (row.kind, row.position, row.description, row.amount)
        if values in missing:
            missing.remove(values)
        else:
            gone.append(row)
    new = [
        BudgetLine(
            application=application,
            kind=kind,
            position=position,
            description=description,
            amount=amount,
        )
        for kind, position, description, amount in sorted(missing)
    ]
    if len(gone) == len(new) == 1:
        new[0].pk = gone[0].pk
        new[0].save(force_update=True)
        return
    if gone:
        BudgetLine.objects.filter(pk__in=[row.pk for row in gone]).delete()
    if new:
        BudgetLine.objects.bulk_create(new)
