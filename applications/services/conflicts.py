"""Conflicts of interest (Befangenheit): who keeps away from which application, and who says so.

A conflict is declared by the person, recorded by staff, or found by the system. While it is in
force the application is out of the person's reach. Another person may let them work on it all the
same, with a reason that stays on record; who works for the alliance itself never does.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import OVER
from applications.models import Application, ConflictKind, ConflictRecord, Review
from applications.own_cases import is_own_case
from applications.services.scores import recompute_scores
from buendnisse.acts import recorded
from buendnisse.conflicts import Tie, alliances_of_house, alliances_touching, find_ties
from buendnisse.models import Membership, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right

# Who works on applications, and so can be partial. Whoever only reads changes nothing.
WORKING_RIGHTS: Final = (Right.CHECK, Right.PROPOSE, Right.SCORE, Right.DECIDE, Right.ANNOUNCE)
_FOUND: Final[dict[Tie, Promise]] = {
    Tie.MEMBER: _("Mitwirkung in diesem Bündnis"),
    Tie.FORMER_MEMBER: _("frühere Mitwirkung in diesem Bündnis"),
    Tie.ORGANISATION: _("dieselbe Organisation wie ein Bündnispartner"),
    Tie.MAIL_DOMAIN: _("E-Mail-Adresse mit derselben Domain wie im Bündnis"),
}


class ConflictRefused(Refusal):
    code = "conflict_refused"


@dataclass(frozen=True)
class Conflict:
    """Why a person keeps away from an application: by a record, or by a tie that was found."""

    reason: str | Promise
    record: ConflictRecord | None = None
    tie: Tie | None = None

    @property
    def can_be_lifted(self) -> bool:
        """Whoever works for the alliance is a party to it, and nobody can decide otherwise."""
        return self.tie is not Tie.MEMBER


def conflicts_between(
    applications: Collection[Application], people: Collection[User]
) -> dict[tuple[int, int], Conflict]:
    """Each conflict in force, by the keys of application and person. Four queries at most.

    ``people`` are such that work on applications; of others there is nothing to ask.
    """
    if not people or not applications:
        return {}
    ties = find_ties({application.alliance_id for application in applications}, people)
    records = {
        (record.application_id, record.person_id): record
        for record in ConflictRecord.objects.filter(
            application__in=[application.pk for application in applications], person__in=people
        ).latest_of_each()
    }
    found: dict[tuple[int, int], Conflict] = {}
    for application in applications:
        for person in people:
            place = (application.pk, person.pk)
            tie = ties.get((application.alliance_id, person.pk))
            if conflict := _conflict(records.get(place), tie):
                found[place] = conflict
    return found


def _conflict(record: ConflictRecord | None, tie: Tie | None) -> Conflict | None:
    if tie is Tie.MEMBER:
        return Conflict(_FOUND[tie], record, tie)
    if record is not None:
        lifted = record.kind == ConflictKind.LIFTED
        return None if lifted else Conflict(record.reason, record, tie)
    return Conflict(_FOUND[tie], None, tie) if tie else None


def conflicts_of(applications: Collection[Application], user: User) -> dict[int, Conflict]:
    """This person's conflicts in force, by the key of the application."""
    if not works_on_applications(user):
        return {}
    found = conflicts_between(applications, [user])
    return {application: conflict for (application, _person), conflict in found.items()}


def is_partial_by_record(user: User, application: str = "pk") -> Exists:
    """The condition for rows whose case this person has a conflict in, by what is on record.

    For the rows of a list: what is found besides would take queries for each page of it.
    ``application`` is where a row has the key of its case.
    """
    records = ConflictRecord.objects.in_force().filter(person=user.pk)
    return Exists(records.filter(application=OuterRef(application)))


def without_conflicts(rows: QuerySet[Application], user: User) -> QuerySet[Application]:
    """These rows without those that this person keeps away from, whatever their number.

    Five queries at most for whoever works on applications, and none for others.
    """
    if not works_on_applications(user):
        return rows
    said = ConflictRecord.objects.filter(person=user).latest_of_each()
    kinds = dict(said.values_list("application", "kind"))
    lifted = [key for key, kind in kinds.items() if kind == ConflictKind.LIFTED]
    tied = alliances_touching(user) | alliances_of_house(user, rows.order_by().values("alliance"))
    works_for = Membership.objects.filter(user=user).values_list("alliance", flat=True)
    return rows.exclude(
        Q(pk__in=kinds.keys() - set(lifted))
        | (Q(alliance__in=tied) & ~Q(pk__in=lifted))
        | Q(alliance__in=list(works_for))
    )


def conflict_of(application: Application, user: User) -> Conflict | None:
    """What keeps this person away from the application, if anything does."""
    return conflicts_of([application], user).get(application.pk)


def why_closed(application: Application, user: User) -> Conflict | None:
    """What keeps the pages of the case from this person, whether they work on it or only read.

    Whoever reads everything reads an application of their own alliance when it is announced.
    """
    if works_on_applications(user):
        return conflict_of(application, user)
    is_own = is_own_case(application, user)
    return Conflict(_FOUND[Tie.MEMBER], None, Tie.MEMBER) if is_own else None


def works_on_applications(user: User) -> bool:
    return any(user.may(right) for right in WORKING_RIGHTS)


def refuse_conflicted(application: Application, user: User) -> None:
    """Refuse with ``NotAllowed`` whoever is not impartial in this case."""
    refuse_any_conflict([application], user)


def refuse_any_conflict(applications: Collection[Application], user: User) -> None:
    """Refuse with ``NotAllowed`` whoever is not impartial in one of these cases; it is named."""
    conflicts = conflicts_of(applications, user)
    for application in applications:
        conflict = conflicts.get(application.pk)
        if conflict is None:
            continue
        if conflict.tie is Tie.MEMBER:
            raise NotAllowed(
                _("Sie gehören diesem Bündnis an und bearbeiten seinen Antrag deshalb nicht."),
                code="own_alliance",
            )
        raise NotAllowed(
            format_lazy(
                _("Sie sind bei {application} befangen: {reason}"),
                application=str(application),
                reason=conflict.reason,
            ),
            code="conflict",
        )


def write_conflict(
    application: Application, person: User, reason: str, *, acting_user: User, now: datetime
) -> ConflictRecord:
    """Note a conflict on a locked application; its review by this person counts no more."""
    record = ConflictRecord.objects.create(
        application=application,
        person=person,
        kind=ConflictKind.DECLARED if person == acting_user else ConflictKind.RECORDED,
        reason=_reason(reason),
        recorded_by=acting_user,
        recorded_at=now,
    )
    _mark_review(application, person, declared_at=now, reason=record.reason)
    return record


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ConflictRefused(_("Bitte sagen Sie in einem Satz, warum."), code="reason_missing")
    return reason.strip()


def _mark_review(
    application: Application, person: User, *, declared_at: datetime | None, reason: str
) -> None:
    changed = Review.objects.filter(application=application, juror=person).update(
        conflict_declared_at=declared_at, conflict_reason=reason
    )
    # The result of an application that is over stays as it was decided.
    if changed and application.state not in OVER:
        recompute_scores(application)


@recorded
@transaction.atomic
def record_conflict(
    *, application_id: int, person_id: int, reason: str, acting_user: User, now: datetime
) -> ConflictRecord:
    """Declare a conflict of one's own, or record that of another person.

    The application is out of that person's reach from now on; a score of theirs no longer counts.
    Refuses with ``NotAllowed`` whoever may not record for others or is not impartial themselves,
    with ``ConflictRefused`` a person who works on no applications, a conflict that is on record
    already, and no reason.
    """
    application = _lock(application_id)
    person = User.objects.get(pk=person_id)
    if person != acting_user:
        _refuse_who_may_not(application, acting_user)
    if not works_on_applications(person):
        raise ConflictRefused(
            _("%(person)s arbeitet nicht an Anträgen und kann darum nicht befangen sein.")
            % {"person": person},
            code="works_on_none",
        )
    if _on_record(application, person):
        raise ConflictRefused(
            _("Für %(person)s ist bei diesem Antrag schon eine Befangenheit eingetragen.")
            % {"person": person},
            code="on_record",
        )
    return write_conflict(application, person, reason, acting_user=acting_user, now=now)


@recorded
@transaction.atomic
def lift_conflict(
    *, application_id: int, person_id: int, reason: str, acting_user: User, now: datetime
) -> ConflictRecord:
    """Let a person work on the application in spite of a conflict; the reason stays on record.

    A review that the conflict had closed is open again, a score counts again. Refuses with
    ``NotAllowed`` who may not, is the person concerned, or is not impartial themselves, with
    ``ConflictRefused`` where there is no conflict, where the person works for the alliance, and
    no reason.
    """
    application = _lock(application_id)
    person = User.objects.get(pk=person_id)
    _refuse_who_may_not(application, acting_user)
    if person == acting_user:
        raise NotAllowed(
            _("Über die eigene Befangenheit entscheidet jemand anderes."), code="own_conflict"
        )
    conflict = conflict_of(application, person)
    if conflict is None:
        raise ConflictRefused(
            _("%(person)s ist bei diesem Antrag nicht befangen.") % {"person": person},
            code="no_conflict",
        )
    if not conflict.can_be_lifted:
        raise ConflictRefused(
            _("%(person)s gehört dem Bündnis selbst an. Daran lässt sich nichts entscheiden.")
            % {"person": person},
            code="member",
        )
    record = ConflictRecord.objects.create(
        application=application,
        person=person,
        kind=ConflictKind.LIFTED,
        reason=_reason(reason),
        recorded_by=acting_user,
        recorded_at=now,
    )
    _mark_review(application, person, declared_at=None, reason="")
    return record


def _lock(application_id: int) -> Application:
    application = Application.objects.select_for_update(of=("self",)).get(pk=application_id)
    if application.submitted_at is None:
        raise ConflictRefused(_("Dieser Antrag ist noch nicht eingereicht."), code="draft")
    return application


def _refuse_who_may_not(application: Application, acting_user: User) -> None:
    if not acting_user.may(Right.KEEP_CONFLICTS):
        raise NotAllowed(
            _("Über Befangenheit entscheiden Sachbearbeitung und Zeichnungsberechtigte.")
        )
    refuse_conflicted(application, acting_user)


def _on_record(application: Application, person: User) -> bool:
    return ConflictRecord.objects.in_force().filter(application=application, person=person).exists()
