"""A section as it was typed, on its way to the service; shared by the page and the autosave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from applications.forms.merging import chosen_theirs, open_names, seen_in
from applications.forms.plan import PlanForm
from applications.forms.sections import SECTION_FORMS, SectionForm
from applications.gap_sentences import field_label
from applications.models import Application
from applications.presentation import shown
from applications.sections import SECTIONS
from applications.services.drafting import (
    PLAN,
    Merged,
    PlanLine,
    fingerprint,
    merge_section,
    open_fields,
    stored_lines,
    stored_value,
)
from applications.views.access import Case
from buendnisse.models import User
from buendnisse.templatetags.display import DASH, euro


@dataclass(frozen=True)
class Conflict:
    """One field that two people changed: both versions, to be chosen from."""

    name: str
    label: str
    mine: str
    theirs: str
    theirs_seen: str

    @property
    def anchor(self) -> str:
        return "plan" if self.name == PLAN else f"id_{self.name}"


def forms_of(
    case: Case, section: str, data: QueryDict | None = None, *, one_more: str = ""
) -> tuple[SectionForm, PlanForm | None]:
    """A section's form and, where it has one, its plan; open is what this person may change."""
    fields = open_fields(case.application) if case.may_edit else frozenset()
    form = SECTION_FORMS[section](data, application=case.application, open_fields=fields)
    if PLAN not in SECTIONS[section]:
        return form, None
    is_open = PLAN in fields
    return form, PlanForm(data, application=case.application, is_open=is_open, one_more=one_more)


def stored_fingerprints(
    application: Application, form: SectionForm, plan: PlanForm | None
) -> dict[str, str]:
    """What a page that is opened now has seen of each open field."""
    return {name: fingerprint(stored_value(application, name)) for name in open_names(form, plan)}


class Typed:
    """What was typed into a section, and after ``merge`` what became of it."""

    def __init__(self, case: Case, section: str, data: QueryDict, *, one_more: str = "") -> None:
        self.data = data
        self.form, self.plan = forms_of(case, section, data, one_more=one_more)
        self.names = open_names(self.form, self.plan)
        self.left = chosen_theirs(data, self.names)
        # Both are asked, so that everything that is wrong is said at once.
        form_is_valid, plan_is_valid = (
            self.form.is_valid(),
            self.plan is None or self.plan.is_valid(),
        )
        self.is_valid = form_is_valid and plan_is_valid
        self.seen = seen_in(data, self.form, self.plan)
        self.values: dict[str, object] = {
            name: value for name, value in self.form.values().items() if name not in self.left
        }
        self.lines = self.plan.lines() if self.plan and PLAN not in self.left else None

    @property
    def plan_is_partly_stored(self) -> bool:
        """Whether of some lines of the plan only the words can be stored."""
        return self.lines is not None and bool(self.plan and self.plan.has_errors)

    def unstored(self) -> list[str]:
        """What to call all that cannot be stored as it was typed."""
        names = [field_label(name) for name in self.form.fields if name in self.form.errors]
        if not self.plan or not self.plan.has_errors:
            return names
        if self.lines is None:
            return [*names, field_label(PLAN)]
        return [*names, *(name for each in self.plan.formsets for name in each.unstored_lines())]

    def merge(self, *, acting_user: User, application: Application, now: datetime) -> Merged:
        """Save it, field by field; refuses like ``merge_section``."""
        return merge_section(
            application_id=application.pk,
            acting_user=acting_user,
            now=now,
            version=self.form.cleaned_data["version"],
            values=self.values,
            lines=self.lines,
            seen=self.seen,
        )

    def seen_after(self, merged: Merged | None) -> dict[str, str]:
        """The fingerprints for the page that answers: what it holds is what its reader has seen.

        A field that is wrong or in conflict keeps those it came with.
        """
        known = {name: seen.opened for name, seen in self.seen.items()}
        if merged is None:
            return known
        typed = {**self.values, **({} if self.lines is None else {PLAN: self.lines})}
        known |= {
            name: fingerprint(value)
            for name, value in typed.items()
            if name not in merged.conflicts
        }
        return known | {
            name: fingerprint(stored_value(merged.application, name)) for name in self.left
        }

    def conflicts(self, merged: Merged) -> list[Conflict]:
        return [self._conflict(name, merged.application) for name in merged.conflicts]

    def _conflict(self, name: str, application: Application) -> Conflict:
        stored = stored_value(application, name)
        if name == PLAN:
            mine = shown_lines(self.lines or [])
            theirs = shown_lines(stored_lines(application))
        else:
            mine, theirs = shown(self.values[name]), shown(stored)
        return Conflict(name, field_label(name), mine, theirs, fingerprint(stored))


def shown_lines(lines: Iterable[PlanLine]) -> str:
    """The plan as plain text, a line each; a dash where there is none."""
    written = (
        f"{line.kind.label}: {line.description or DASH}, {euro(line.amount)}" for line in lines
    )
    return "\n".join(written) or DASH
