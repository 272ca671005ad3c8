"""Proposals and decisions: the list, and the page that decides several at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.announcement import AnnouncePage
from applications.admin.decision_changes import changes_since_proposals
from applications.admin.decision_steps import MAILED_LATER, frozen_words
from applications.admin.jury_words import result_words
from applications.admin.list_place import decisions_query, with_list
from applications.admin.selection_run import RunFilter
from applications.differences import Change, budget_changes
from applications.enums import DecisionKind, DecisionOutcome
from applications.forms.admin_decide import ApproveManyForm
from applications.models import Application, Decision
from applications.services.basis import basis_of, budget_of_years
from applications.services.conflicts import is_partial_by_record, why_closed
from applications.services.decision import approve_all, years_of_awards
from applications.services.four_eyes import decidable_by, why_not_decide
from applications.services.jury_results import votes_of
from applications.services.settled import settled_words
from buendnisse.admin_bulk import MOST_AT_ONCE
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_site import FilteredList, ReadOnlyAdmin
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.roles import Right
from buendnisse.templatetags.display import euro
from funding.models import ProgrammeYear
from funding.queries import free_by_tranche, freezes_in_force
from funding.rules.money import ZERO

MINE_PARAMETER: Final = "entscheiden"
MINE: Final = "von-mir"

_CHANGED: Final = _(
    "Der Antrag hat sich seit dem Vorschlag geändert. Geben Sie den Vorschlag zurück, damit er auf "
    "dem neuen Stand geprüft wird."
)


def keys_from(text: str) -> list[int]:
    """The keys in "1,2,3"; what is none is left out."""
    keys = map(read_key, text.split(","))
    return [key for key in keys if key is not None][:MOST_AT_ONCE]


class ApproveManyPage(ActionPage):
    """What is decided with one click, what is left out and why, and whether the money suffices."""

    template_name = "admin/applications/decision/approve_many.html"
    form_class = ApproveManyForm
    title = _("Mehrere Vorschläge entscheiden")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.DECIDE):
            raise PermissionDenied
        applications = Application.objects.select_related(
            "programme_year",
            "alliance",
            "territory__district",
            "confirmed_territory__district",
        ).prefetch_related(
            "alliance__organisations",
            "budget_lines",
            "attachments",
            "consent_requests",
            "reviews",
        )
        chosen = list(
            Decision.objects.filter(pk__in=keys_from(self.request.GET.get("ids", "")))
            .prefetch_related(Prefetch("application", applications))
            .select_related("proposed_by", "decided_by", "taken_back_by")
        )
        found = [each for each in chosen if each.outcome == DecisionOutcome.OPEN]
        found.sort(key=lambda decision: decision.application.reference)
        self.digests = {each.pk: basis_of(each.application) for each in found}
        self.freezes = freezes_in_force(years_of_awards(found))
        frozen = {each.programme_year_id: frozen_words(each) for each in self.freezes}
        reasons: dict[int, Any] = {
            each.application_id: frozen[each.application.programme_year_id]
            for each in found
            if each.kind == DecisionKind.AWARD and each.application.programme_year_id in frozen
        }
        self.waits_for_money = bool(reasons)
        reasons |= {
            each.application_id: _CHANGED
            for each in found
            if each.basis_digest != self.digests[each.pk]
        }
        reasons |= why_not_decide(found, self.user)
        self.decisions = [each for each in found if each.application_id not in reasons]
        changed = [
            each
            for each in chosen
            if each.basis_digest != self.digests.get(each.pk) and not _is_decided(each)
        ]
        changes = changes_since_proposals(changed) if changed else {}
        self.excluded = [
            (each, reasons.get(each.application_id) or settled_words(each), changes.get(each.pk))
            for each in sorted(chosen, key=lambda each: each.application.reference)
            if each not in self.decisions
        ]
        self.budget = budget_of_years(years_of_awards(self.decisions), self.now)
        return None

    def context(self, form: forms.Form) -> dict[str, Any]:
        years = {each.application.programme_year for each in self.decisions}
        total = sum((each.amount or ZERO for each in self.decisions), ZERO)
        tranches = free_by_tranche(years, self.now)
        free = sum((each.free for each in tranches if each.is_drawable), ZERO)
        votes = votes_of([each.application for each in self.decisions])
        return {
            "lines": [
                (each, result_words(each.application, votes[each.application_id], self.user))
                for each in self.decisions
            ],
            "jury_gaps": [
                each.application
                for each in self.decisions
                if each.kind == DecisionKind.AWARD and not votes[each.application_id].are_complete
            ],
            "mailed_later": MAILED_LATER,
            "decisions": self.decisions,
            "budget": form["budget"].field.prepare_value(self.budget),
            "changes": self.changed_budget(form),
            "changes_title": _("Das hat sich an den Haushaltsmitteln geändert"),
            "seen": [f"{each.pk}:{self.digests[each.pk]}" for each in self.decisions],
            "excluded": self.excluded,
            "total": total,
            "tranches": tranches,
            "freezes": self.freezes,
            "waits_for_money": self.waits_for_money,
            "missing": max(total - free, ZERO),
            "submit_hidden": not self.decisions,
            "submit_label": _submit_words(self.decisions, total),
        }

    def changed_budget(self, form: forms.Form) -> list[Change]:
        if not form.is_bound or "budget" not in form.cleaned_data:
            return []
        return budget_changes(form.cleaned_data["budget"], self.budget)

    def perform(self, form: ApproveManyForm) -> str:
        decided = approve_all(
            decisions=form.decisions(),
            budget=form.cleaned_data["budget"],
            acting_user=self.user,
            now=self.now,
        )
        return ngettext(
            "%(number)d Vorschlag ist entschieden. Die Bündnisse erfahren es bei der Bekanntgabe.",
            "%(number)d Vorschläge sind entschieden. Die Bündnisse erfahren es bei der "
            "Bekanntgabe.",
            len(decided),
        ) % {"number": len(decided)}


class MineFilter(admin.SimpleListFilter):
    """Open proposals that this person may decide, by four eyes over the whole case."""

    title = _("Zu entscheiden")
    parameter_name = MINE_PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(MINE, _("Von mir zu entscheiden"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        if self.value() != MINE:
            return queryset
        return decidable_by(queryset.open(), request.user)  # type: ignore[attr-defined,arg-type]


def _case_column(request: HttpRequest) -> Callable[[Decision], SafeString]:
    """A link to the case that remembers this list: the next case is the next row."""
    query = decisions_query(request.GET)

    @admin.display(description=_("Antrag"), ordering="application__reference")
    def case(decision: Decision) -> SafeString:
        application = decision.application
        url = with_list(change_url(application), query)
        return format_html('<a href="{}">{}</a>', url, application)

    return case


def _short_day(at: datetime | None) -> str:
    return f"{localtime(at):%d.%m.%Y}" if at else ""


def _who_and_when(who: User | None, at: datetime | None) -> SafeString | str:
    """One column for both: a list of decisions has to fit a laptop."""
    return format_html('{}<br><span class="quiet">{}</span>', who, _short_day(at)) if at else ""


def _is_decided(decision: Decision) -> bool:
    return decision.outcome not in (DecisionOutcome.OPEN, DecisionOutcome.SENT_BACK)


def _submit_words(decisions: Sequence[Decision], total: Decimal) -> str:
    number = len(decisions)
    return ngettext(
        "%(number)d Vorschlag entscheiden (%(total)s)",
        "%(number)d Vorschläge entscheiden (%(total)s)",
        number,
    ) % {"number": number, "total": euro(total)}


class DecisionList(FilteredList):
    def rows_to_show(self, request: HttpRequest) -> QuerySet[Decision]:
        partial = is_partial_by_record(request.user, "application")  # type: ignore[arg-type]
        return Decision.objects.annotate(is_partial=partial)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    actions = ("approve_many",)
    list_display = (
        "case",
        "project",
        "kind",
        "amount_in_euros",
        "proposed",
        "outcome",
        "decided",
        "announced",
    )
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("case", "amount_in_euros", "proposed")
    list_display_links = None
    list_filter = (MineFilter, "outcome", "kind", "application__programme_year", RunFilter)
    search_fields = ("application__search_text",)
    search_help_text = _(
        "Aktenzeichen, Titel, Bündnis, Ort, Organisation, Ansprechperson oder deren E-Mail-Adresse"
    )
    list_select_related = (
        "application__alliance",
        "application__programme_year",
        "proposed_by",
        "decided_by",
    )
    fields = (
        "case",
        "kind",
        "amount_in_euros",
        "reason",
        "checked_by",
        "proposed_by",
        "proposed_at",
        "outcome",
        "decided_by",
        "decided_at",
        "send_back_reason",
        "taken_back_by",
        "taken_back_at",
        "take_back_reason",
        "announced_by",
        "announced_at",
    )
    ordering = ("-proposed_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        return [
            path("entscheiden/", page(ApproveManyPage), name="applications_approve_many"),
            path("bekanntgabe/<int:year>/", page(AnnouncePage), name="applications_announce"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FilteredList]:
        return DecisionList

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The decision; whom a conflict keeps from the case is led to its page, which says so."""
        decision = (
            self.get_object(request, object_id) if self.has_view_permission(request) else None
        )
        user: User = request.user  # type: ignore[assignment]
        if decision and why_closed(decision.application, user):
            return HttpResponseRedirect(change_url(decision.application))
        return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the freezes that open award proposals run into."""
        freezes = []
        if request.user.has_perm("funding.view_budgetfreeze"):
            open_awards = Decision.objects.open().filter(kind=DecisionKind.AWARD)
            freezes = freezes_in_force(
                ProgrammeYear.objects.filter(
                    pk__in=open_awards.values("application__programme_year")
                )
            )
        return super().changelist_view(request, {"freezes": freezes, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The same columns each time of one request: Django knows a function by its identity."""
        kept = vars(request)
        if "_decision_columns" not in kept:
            kept["_decision_columns"] = [
                _case_column(request) if name == "case" else name for name in self.list_display
            ]
        columns: list[Any] = kept["_decision_columns"]
        return columns

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        named = zip(self.list_display, self.get_list_display(request), strict=True)
        return [column for name, column in named if name in self.sortable_by]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.may(Right.DECIDE)  # type: ignore[union-attr]

    @admin.action(description=_("Entscheiden"), permissions=["decide"])
    def approve_many(
        self, request: HttpRequest, queryset: QuerySet[Decision]
    ) -> HttpResponseRedirect:
        keys = queryset.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
        url = reverse("admin:applications_approve_many")
        return HttpResponseRedirect(f"{url}?ids={','.join(map(str, keys))}")

    @admin.display(description=_("Antrag"), ordering="application__reference")
    def case(self, decision: Decision) -> SafeString:
        application = decision.application
        return format_html('<a href="{}">{}</a>', change_url(application), application)

    @admin.display(description=_("Vorhaben"))
    def project(self, decision: Decision) -> SafeString:
        application = decision.application
        return format_html(
            '{}<br><span class="quiet">{}</span>', application.title, application.alliance
        )

    @admin.display(description=_("Vorgeschlagen"), ordering="proposed_at")
    def proposed(self, decision: Decision) -> SafeString | str:
        return _who_and_when(decision.proposed_by, decision.proposed_at)

    @admin.display(description=_("Entschieden"), ordering="decided_at")
    def decided(self, decision: Decision) -> SafeString | str:
        return _who_and_when(decision.decided_by, decision.decided_at)

    @admin.display(description=_("Bekannt gegeben"), ordering="announced_at")
    def announced(self, decision: Decision) -> str:
        return _short_day(decision.announced_at)

    @admin.display(description=_("Betrag"), ordering="amount")
    def amount_in_euros(self, decision: Decision) -> str:
        if getattr(decision, "is_partial", False):
            return _t("Sie sind befangen")
        return euro(decision.amount)
