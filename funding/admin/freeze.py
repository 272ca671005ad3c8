"""The freeze of a year's budget (Haushaltssperre): imposed at once, lifted by two."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_two_persons import (
    PEOPLE,
    ClosedStep,
    Fact,
    Link,
    StepStateFilter,
    TwoPersonAdmin,
)
from buendnisse.forms.two_persons import DeclineForm
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.templatetags.display import moment
from funding.admin.budget_office import BudgetStepPage, may_book
from funding.admin.freeze_state import name_of, standing_of
from funding.forms.admin_changes import FreezeForm, LiftingForm
from funding.models import BudgetFreeze, FreezeKind, ProgrammeYear
from funding.services.freezes import (
    confirm_freeze,
    decline_freeze,
    impose_freeze,
    propose_lifting,
)


class ImposeFreeze(ActionPage):
    form_class = FreezeForm
    title = _("Haushaltssperre verhängen")
    submit_label = _("Jetzt sperren")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_add_permission(self.request):
            raise PermissionDenied
        return None

    def form_kwargs(self) -> dict[str, Any]:
        # The page of a year leads here with that year.
        return {"initial": {"programme_year": read_key(self.request.GET.get("programme_year", ""))}}

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "intro": [
                _t(
                    "Die Sperre gilt sofort: Für das Programmjahr wird kein neues Geld mehr "
                    "gebunden, also nichts mehr bewilligt."
                ),
                _t(
                    "Alles andere geht weiter: Anträge und ihre Prüfung, Jury, Vorschläge, "
                    "Ablehnungen und die Nachrückliste. Was bewilligt ist, bleibt bewilligt und "
                    "wird ausgezahlt."
                ),
                _t(
                    "Eine andere Person aus dem Haushalt bestätigt die Sperre oder beendet sie. "
                    "Sie selbst können sie nicht allein beenden (Vier-Augen-Prinzip)."
                ),
            ]
        }

    def perform(self, form: FreezeForm) -> str:
        step = impose_freeze(
            programme_year_id=form.cleaned_data["programme_year"].pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Das Programmjahr %(year)s ist ab sofort gesperrt.") % {
            "year": step.programme_year
        }


class ProposeLifting(ActionPage):
    form_class = LiftingForm
    submit_label = _("Aufhebung vorschlagen")

    def load(self) -> HttpResponse | None:
        if not (self.model_admin.has_view_permission(self.request) and may_book(self.user)):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(pk=self.kwargs["year"]).first()
        if year is None:
            raise Http404
        self.year = year
        self.freeze = year.freezes.in_force().select_related("proposed_by", "confirmed_by").first()
        return None

    def page_title(self) -> str:
        return _t("Aufhebung der Haushaltssperre %(year)s vorschlagen") % {"year": self.year}

    def crumbs(self) -> list[Link]:
        return [(change_url(self.year), _t("Programmjahr %(year)s") % {"year": self.year})]

    def back_url(self) -> str:
        return change_url(self.year)

    def success_url(self) -> str:
        return reverse("admin:funding_budgetfreeze_changelist")

    def context(self, form: Any) -> dict[str, Any]:
        freeze = self.freeze
        if freeze is None:
            return {
                "warning": _t("Das Programmjahr %(year)s ist nicht gesperrt.")
                % {"year": self.year},
                "submit_hidden": True,
            }
        waiting = self.year.freezes.awaiting_confirmation().first()
        context: dict[str, Any] = {
            "intro": [
                _t(
                    "Die Sperre gilt weiter, bis eine andere Person aus dem Haushalt ihre "
                    "Aufhebung bestätigt hat (Vier-Augen-Prinzip)."
                )
            ],
            "facts": [
                (_t("Gesperrt seit"), moment(freeze.proposed_at)),
                (_t("Grund der Sperre"), freeze.reason),
                (_t("Verhängt von"), str(freeze.proposed_by)),
            ],
        }
        if waiting:
            words, link = (
                (
                    _t(
                        "Diese Sperre wartet noch auf die zweite Person. Bis dahin wird sie nicht "
                        "aufgehoben; die zweite Person bestätigt oder beendet sie."
                    ),
                    _t("Zur Sperre"),
                )
                if waiting.kind == FreezeKind.IMPOSE
                else (_t("Die Aufhebung ist schon vorgeschlagen."), _t("Zur Aufhebung"))
            )
            context["warning"] = format_html(
                '{} <a href="{}">{}</a>', words, change_url(waiting), link
            )
            context["submit_hidden"] = True
        return context

    def perform(self, form: LiftingForm) -> str:
        propose_lifting(
            programme_year_id=self.year.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Die Aufhebung ist vorgeschlagen. Bis zur Bestätigung bleibt es bei der Sperre.")


class _FreezePage(BudgetStepPage):
    def find(self, pk: int) -> BudgetFreeze | None:
        steps = BudgetFreeze.objects.select_related("programme_year", *PEOPLE)
        return steps.filter(pk=pk).first()

    @property
    def is_imposing(self) -> bool:
        return bool(self.step.kind == FreezeKind.IMPOSE)

    def page_title(self) -> str:
        return f"{self.title}: {self.step}"

    def facts(self) -> list[Fact]:
        return [
            (_t("Programmjahr"), str(self.step.programme_year)),
            (_t("Schritt"), self.step.get_kind_display()),
            (_t("Grund"), self.step.reason),
        ]


def why_not_confirm(step: BudgetFreeze, user: User) -> str:
    if step.proposed_by_id != user.pk:
        return ""
    if step.kind == FreezeKind.IMPOSE:
        return _t(
            "Sie haben diese Sperre verhängt. Bestätigen muss sie eine andere Person aus dem "
            "Haushalt (Vier-Augen-Prinzip)."
        )
    return _t(
        "Sie haben diese Aufhebung vorgeschlagen. Bestätigen muss sie eine andere Person aus "
        "dem Haushalt (Vier-Augen-Prinzip)."
    )


def why_not_decline(step: BudgetFreeze, user: User) -> str:
    if step.kind == FreezeKind.IMPOSE and step.proposed_by_id == user.pk:
        return _t(
            "Sie haben die Sperre verhängt. Beenden muss sie eine andere Person aus dem "
            "Haushalt (Vier-Augen-Prinzip)."
        )
    return ""


class ConfirmFreeze(_FreezePage):
    title = _("Bestätigen")
    submit_label = _("Bestätigen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        effect = (
            _t(
                "Die Sperre gilt schon. Wenn Sie bestätigen, gilt sie weiter, bis sie aufgehoben "
                "wird. Für die Aufhebung braucht es wieder zwei Personen."
            )
            if self.is_imposing
            else _t("Mit Ihrer Bestätigung endet die Sperre; dann kann wieder bewilligt werden.")
        )
        return {"intro": [effect], **super().context(form)}

    def perform(self, form: Any) -> str:
        step = confirm_freeze(step_id=self.step.pk, acting_user=self.user, now=self.now)
        if step.kind == FreezeKind.IMPOSE:
            return _t("Die Haushaltssperre %(year)s ist bestätigt.") % {"year": step.programme_year}
        return _t(
            "Die Haushaltssperre %(year)s ist aufgehoben. Es kann wieder bewilligt werden."
        ) % {"year": step.programme_year}


class DeclineFreeze(_FreezePage):
    """Declining a freeze ends it; declining its lifting leaves it in force."""

    form_class = DeclineForm

    def page_title(self) -> str:
        title = _t("Sperre beenden") if self.is_imposing else _t("Aufhebung verwerfen")
        return f"{title}: {self.step.programme_year}"

    def why_not(self) -> str:
        return why_not_decline(self.step, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        effect, label = (
            (
                _t("Die Sperre endet sofort; dann kann wieder bewilligt werden."),
                _t("Sperre beenden"),
            )
            if self.is_imposing
            else (_t("Die Sperre gilt dann weiter."), _t("Aufhebung verwerfen"))
        )
        return {"intro": [effect], "submit_label": label, **super().context(form)}

    def perform(self, form: DeclineForm) -> str:
        step = decline_freeze(
            step_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        if step.kind == FreezeKind.IMPOSE:
            return _t("Die Sperre ist beendet. Es kann wieder bewilligt werden.")
        return _t("Die Aufhebung ist verworfen. Die Sperre gilt weiter.")


@admin.register(BudgetFreeze)
class BudgetFreezeAdmin(TwoPersonAdmin):
    change_list_template = "admin/funding/budgetfreeze/change_list.html"
    in_navigation = False
    list_display = ("name", "reason", "standing")
    list_filter = (StepStateFilter, "kind", "programme_year")
    related = ("programme_year",)
    search_fields = ("reason",)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "funding_budgetfreeze"
        return [
            path("aufheben/<int:year>/", page(ProposeLifting), name=f"{name}_lift"),
            path("<int:pk>/bestaetigen/", page(ConfirmFreeze), name=f"{name}_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineFreeze), name=f"{name}_decline"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_book(request.user)  # type: ignore[arg-type]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return ImposeFreeze.as_view(model_admin=self)(request)  # type: ignore[return-value]

    def steps(self, step: BudgetFreeze, user: User) -> list[Link]:
        if not may_book(user):
            return []
        if not step.is_settled:
            return [
                (reverse(f"admin:funding_budgetfreeze_{code}", args=[step.pk]), label)
                for code, label, why_not in self._second_steps(step, user)
                if not why_not
            ]
        year = step.programme_year
        in_force = year.freezes.in_force().filter(pk=step.pk).exists()
        if in_force and not year.freezes.awaiting_confirmation().exists():
            url = reverse("admin:funding_budgetfreeze_lift", args=[year.pk])
            return [(url, _t("Aufhebung vorschlagen"))]
        return []

    def closed_steps(self, step: BudgetFreeze, user: User) -> list[ClosedStep]:
        if step.is_settled or not may_book(user):
            return []
        steps = self._second_steps(step, user)
        return [(label, why_not) for _code, label, why_not in steps if why_not]

    def _second_steps(self, step: BudgetFreeze, user: User) -> list[tuple[str, str, str]]:
        """Name, words, and why not by this person (empty where they can)."""
        is_imposing = step.kind == FreezeKind.IMPOSE
        decline = _t("Sperre beenden") if is_imposing else _t("Verwerfen")
        return [
            ("confirm", _t("Bestätigen"), why_not_confirm(step, user)),
            ("decline", decline, why_not_decline(step, user)),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BudgetFreeze]:
        """With all steps of the same years: what has become of one, another one says."""
        steps = BudgetFreeze.objects.select_related(*PEOPLE).order_by("pk")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("programme_year__freezes", steps))
        )

    @admin.display(description=_("Schritt"), ordering="proposed_at")
    def name(self, step: BudgetFreeze) -> str:
        return name_of(step)

    @admin.display(description=_("Was gilt"))
    def standing(self, step: BudgetFreeze) -> str:
        return standing_of(step)

    def heading(self, step: BudgetFreeze) -> str:
        return name_of(step)

    def facts(self, step: BudgetFreeze) -> list[Fact]:
        year = step.programme_year
        return [
            (_t("Was gilt"), standing_of(step)),
            (
                _t("Programmjahr"),
                format_html('<a href="{}">{}</a>', change_url(year), year),
            ),
            (_t("Schritt"), step.get_kind_display()),
            (_t("Grund"), step.reason),
        ]
