"""The admin's pages of what one person proposes and another one confirms (Vier-Augen-Prinzip).

A list with its filter, a page to read with the buttons, and the frame of the two pages behind them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.keys import read_key
from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, User
from buendnisse.roles import Right
from buendnisse.templatetags.display import moment

PEOPLE: Final = ("proposed_by", "confirmed_by", "declined_by")

Fact = tuple[str, str]
# An address and the words of the link to it.
Link = tuple[str, str]
# The words of a step that cannot be taken now, and why; the reason may be safe HTML.
ClosedStep = tuple[str, str]


class StepStateFilter(admin.SimpleListFilter):
    title = _("Stand")
    parameter_name = "stand"
    MINE = "von-mir"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("offen", _("Noch nicht bestätigt")),
            (self.MINE, _("Von mir zu bestätigen")),
            ("bestaetigt", _("Bestätigt")),
            ("verworfen", _("Verworfen")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        steps = cast("TwoPersonQuerySet[Any]", queryset)
        match self.value():
            case "offen":
                return steps.awaiting_confirmation()
            case self.MINE:
                return steps.awaiting_confirmation().exclude(proposed_by=request.user.pk)
            case "bestaetigt":
                return steps.confirmed()
            case "verworfen":
                return steps.filter(declined_at__isnull=False)
            case _:
                return steps


def url_of_mine(model: type[Model]) -> str:
    """The list of exactly what waits for the person who opens it."""
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{url}?{StepStateFilter.parameter_name}={StepStateFilter.MINE}"


def state_of(step: TwoPersonStep) -> str:
    if step.confirmed_at:
        return _t("Bestätigt")
    if step.declined_at:
        return _t("Verworfen")
    return _t("Wartet auf Bestätigung")


def person_facts(step: TwoPersonStep) -> list[Fact]:
    """Who has proposed, confirmed or declined it, and when; people are fetched already."""
    facts = [(_t("Vorgeschlagen"), f"{step.proposed_by}, {moment(step.proposed_at)}")]
    if step.confirmed_at:
        facts.append((_t("Bestätigt"), f"{step.confirmed_by}, {moment(step.confirmed_at)}"))
    elif step.declined_at:
        facts.append((_t("Verworfen"), f"{step.declined_by}, {moment(step.declined_at)}"))
        facts.append((_t("Grund der Verwerfung"), step.decline_reason))
    else:
        facts.append((_t("Stand"), state_of(step)))
    return facts


class TwoPersonAdmin(ReadOnlyAdmin):
    """The list of such steps, and the page of one; subclasses say what is on it."""

    # What is fetched with each row, besides its people.
    related: ClassVar[tuple[str, ...]] = ()

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.related, *PEOPLE)

    @admin.display(description=_("Stand"))
    def state(self, step: TwoPersonStep) -> str:
        return state_of(step)

    def steps(self, step: Any, user: User) -> list[Link]:
        """What this person can do with it now."""
        return []

    def closed_steps(self, step: Any, user: User) -> list[ClosedStep]:
        """What is not for this person now, though for others of the same role."""
        return []

    def facts(self, step: Any) -> list[Fact]:
        raise NotImplementedError

    def heading(self, step: Any) -> str:
        return str(step)

    def notes(self, step: Any, user: User) -> list[str]:
        """Sentences above the facts; they may be safe HTML."""
        return []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = read_key(object_id)
        rows = self.get_queryset(request).select_related(*self.related, *PEOPLE)
        step = rows.filter(pk=key).first() if key else None
        if step is None:
            raise Http404
        user: User = request.user  # type: ignore[assignment]
        changelist = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.heading(step),
            "crumbs": [(changelist, str(self.opts.verbose_name_plural))],
            "steps": self.steps(step, user),
            "closed_steps": self.closed_steps(step, user),
            "notes": self.notes(step, user),
            "facts": [*self.facts(step), *person_facts(step)],
        }
        return TemplateResponse(request, "admin/two_person_step.html", context)


class SecondPersonAdmin(TwoPersonAdmin):
    """Steps that whoever has one right confirms or discards, and their proposer only discards."""

    right: ClassVar[Right]

    def why_not_confirm(self, step: Any, user: User) -> str:
        """Why this person cannot confirm it now; empty where they can."""
        raise NotImplementedError

    def steps(self, step: Any, user: User) -> list[Link]:
        if step.is_settled or not user.may(self.right):
            return []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        confirm = (reverse(f"{name}_confirm", args=[step.pk]), _t("Bestätigen"))
        decline = (reverse(f"{name}_decline", args=[step.pk]), _t("Verwerfen"))
        return [decline] if self.why_not_confirm(step, user) else [confirm, decline]

    def closed_steps(self, step: Any, user: User) -> list[ClosedStep]:
        if step.is_settled or not user.may(self.right):
            return []
        why_not = self.why_not_confirm(step, user)
        return [(_t("Bestätigen"), why_not)] if why_not else []


class SecondPersonPage(ActionPage, ABC):
    """Confirming or declining one step. Settled in the meantime: back to it, with a sentence."""

    @abstractmethod
    def find(self, pk: int) -> TwoPersonStep | None:
        """The step, if there is one that this person sees."""

    @abstractmethod
    def may_open(self) -> bool:
        """Whether this person has anything to do with such steps."""

    @abstractmethod
    def facts(self) -> list[Fact]:
        """What the step is about."""

    def why_not(self) -> str:
        """Why this person cannot do it now; the page says so and has no button."""
        return ""

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        step = self.find(self.kwargs["pk"])
        if step is None:
            raise Http404
        self.step: Any = step
        if not self.may_open():
            raise PermissionDenied
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        if not self.step.is_settled:
            return None
        words = _t("Das ist schon entschieden: %(state)s.") % {"state": state_of(self.step)}
        messages.warning(self.request, words)
        return redirect(change_url(self.step))

    def page_title(self) -> str:
        return f"{self.title}: {self.step}"

    def crumbs(self) -> Sequence[Link]:
        return [(change_url(self.step), str(self.step))]

    def back_url(self) -> str:
        return change_url(self.step)

    def context(self, form: Any) -> dict[str, Any]:
        why_not = "" if self.step.is_settled else self.why_not()
        return {
            "facts": [*self.facts(), *person_facts(self.step)],
            "warning": why_not,
            "submit_hidden": bool(why_not) or self.step.is_settled,
        }
