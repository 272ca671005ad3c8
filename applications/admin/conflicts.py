"""Conflicts of interest on the ministry's side: what the case shows of them, and who decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin.list_place import list_query, with_list
from applications.forms.admin_conflict import ConflictRecordForm, LiftConflictForm
from applications.models import Application, ConflictKind, ConflictRecord
from applications.services.conflicts import (
    Conflict,
    conflict_of,
    conflicts_between,
    lift_conflict,
    record_conflict,
    why_closed,
    works_on_applications,
)
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.models import User
from buendnisse.roles import RIGHTS, Right


@dataclass(frozen=True)
class ConflictLine:
    """One person of the case who is not impartial; ``lift_url`` where this reader may decide."""

    person: User
    reason: str | Promise
    how: str
    by: str
    at: datetime | None
    lift_url: str


@dataclass(frozen=True)
class CaseConflicts:
    """``own`` keeps the reader away; ``lifted`` are those who work on it in spite of one."""

    own: Conflict | None
    lines: list[ConflictLine]
    lifted: list[ConflictRecord]
    may_record: bool


def case_conflicts(application: Application, user: User) -> CaseConflicts:
    """Of everybody who has to do with the case. Five queries, however many they are.

    ``application`` comes with its reviews and their jurors.
    """
    records = {
        record.person_id: record
        for record in ConflictRecord.objects.filter(application=application)
        .latest_of_each()
        .select_related("person", "recorded_by")
    }
    people = {user.pk: user} | {record.person_id: record.person for record in records.values()}
    people |= {review.juror_id: review.juror for review in application.reviews.all()}
    for worker in (application.officer, application.checked_by):
        if worker:
            people.setdefault(worker.pk, worker)
    found = conflicts_between([application], list(people.values()))
    if works_on_applications(user):
        own = found.get((application.pk, user.pk))
    else:
        own = why_closed(application, user)
    may_record = own is None and user.may(Right.KEEP_CONFLICTS)
    lines = [
        _line(application, person, found[application.pk, key], records, may_lift=may_record)
        for key, person in people.items()
        if (application.pk, key) in found and key != user.pk
    ]
    lifted = [
        record
        for record in records.values()
        if record.kind == ConflictKind.LIFTED and (application.pk, record.person_id) not in found
    ]
    return CaseConflicts(own, sorted(lines, key=lambda line: str(line.person)), lifted, may_record)


def _line(
    application: Application,
    person: User,
    conflict: Conflict,
    records: dict[int, ConflictRecord],
    *,
    may_lift: bool,
) -> ConflictLine:
    record = records.get(person.pk) if conflict.record else None
    return ConflictLine(
        person=person,
        reason=conflict.reason,
        how=record.get_kind_display() if record else _("Vom System gefunden"),
        by=str(record.recorded_by) if record else "",
        at=record.recorded_at if record else None,
        lift_url=reverse(
            "admin:applications_application_lift_conflict", args=[application.pk, person.pk]
        )
        if may_lift and conflict.can_be_lifted
        else "",
    )


def keepers_of_conflicts(application: Application, conflicted: User) -> list[User]:
    """Who could decide that this person works on the case all the same. Five queries."""
    keepers = list(
        User.objects.filter(
            groups__name__in=[role.value for role in RIGHTS[Right.KEEP_CONFLICTS]], is_active=True
        )
        .exclude(pk=conflicted.pk)
        .distinct()
        .order_by("name", "email")
    )
    partial = conflicts_between([application], keepers)
    return [keeper for keeper in keepers if (application.pk, keeper.pk) not in partial]


class _ConflictPage(ActionPage):
    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.KEEP_CONFLICTS):
            raise PermissionDenied
        application = (
            Application.objects.visible_to_staff()
            .select_related("alliance", "programme_year")
            .filter(pk=self.kwargs["pk"])
            .exclude(submitted_at=None)
            .first()
        )
        if application is None:
            raise Http404
        self.application = application
        return None

    def crumbs(self) -> list[tuple[str, str]]:
        return [(self.back_url(), str(self.application))]

    def back_url(self) -> str:
        """The case, in the list that it was opened from."""
        return with_list(change_url(self.application), list_query(self.request))

    def facts(self) -> list[tuple[str, str]]:
        return [
            (_("Aktenzeichen"), str(self.application)),
            (_("Lokales Bündnis"), self.application.alliance.name),
        ]


class RecordConflictPage(_ConflictPage):
    """One's own conflict, or that of somebody else."""

    form_class = ConflictRecordForm
    submit_label = gettext_lazy("Befangenheit eintragen")

    def page_title(self) -> str:
        return _("Befangenheit eintragen: %(name)s") % {"name": self.application}

    def form_kwargs(self) -> dict[str, Any]:
        return {"acting_user": self.user}

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "facts": self.facts(),
            "intro": [
                _(
                    "Wer befangen ist, sieht den Antrag nicht mehr und bewertet, prüft und "
                    "entscheidet ihn nicht. Eine Bewertung, die die Person schon gegeben hat, "
                    "zählt nicht mehr. Jemand anderes kann später mit einer Begründung anders "
                    "entscheiden."
                )
            ],
        }

    def perform(self, form: ConflictRecordForm) -> str:
        record = record_conflict(
            application_id=self.application.pk,
            person_id=form.cleaned_data["person"].pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Eingetragen: %(person)s ist bei %(name)s befangen.") % {
            "person": record.person,
            "name": self.application,
        }


class LiftConflictPage(_ConflictPage):
    """Deciding that somebody works on the case in spite of a conflict."""

    form_class = LiftConflictForm
    submit_label = gettext_lazy("Mitwirkung zulassen")

    def load(self) -> HttpResponse | None:
        refused = super().load()
        person = User.objects.filter(pk=self.kwargs["person"]).first()
        if person is None:
            raise Http404
        self.person = person
        return refused

    def page_title(self) -> str:
        return _("Mitwirkung trotz Befangenheit: %(person)s") % {"person": self.person}

    def context(self, form: Any) -> dict[str, Any]:
        conflict = conflict_of(self.application, self.person)
        context: dict[str, Any] = {
            "facts": [*self.facts(), (_("Person"), str(self.person))],
            "intro": [
                _(
                    "Sie entscheiden, dass die Person an diesem Antrag mitwirkt, obwohl sie "
                    "befangen sein könnte. Ihre Entscheidung steht mit Ihrem Namen und Ihrer "
                    "Begründung auf der Seite des Antrags."
                )
            ],
        }
        if conflict is None:
            warning = _("Die Person ist bei diesem Antrag nicht befangen.")
            return {**context, "warning": warning, "submit_hidden": True}
        context["facts"].append((_("Befangenheit"), conflict.reason))
        return context

    def perform(self, form: LiftConflictForm) -> str:
        lift_conflict(
            application_id=self.application.pk,
            person_id=self.person.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("%(person)s wirkt bei %(name)s wieder mit.") % {
            "person": self.person,
            "name": self.application,
        }
