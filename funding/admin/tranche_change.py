"""Changes of confirmed tranches: proposed by one budget officer, booked when another confirms."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

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
from buendnisse.models import User
from buendnisse.templatetags.display import euro
from funding.admin.budget_office import BudgetStepPage, may_book, pdf_download
from funding.forms.admin_changes import TrancheChangeForm
from funding.models import Tranche, TrancheChange
from funding.services.tranche_changes import (
    confirm_tranche_change,
    decline_tranche_change,
    propose_tranche_change,
)


def signed_euro(amount: Decimal) -> str:
    """With its sign also where it is more: "+5.000 €"."""
    return f"+{euro(amount)}" if amount > 0 else euro(amount)


def change_is_waiting(change: TrancheChange) -> str:
    """Why nothing else can be proposed for the tranche, with the way to what waits."""
    return format_html(
        '{} <a href="{}">{}</a>',
        _t(
            "Für diese Tranche wartet schon eine Änderung. Lassen Sie zuerst über diese "
            "entscheiden."
        ),
        change_url(change),
        _t("Zur wartenden Änderung"),
    )


class _ProposeChange(ActionPage):
    """On a confirmed tranche; what is left free is said before."""

    form_class = TrancheChangeForm
    sign = 1
    amount_label: Any = ""
    rule: Any = ""

    def load(self) -> HttpResponse | None:
        if not (self.model_admin.has_view_permission(self.request) and may_book(self.user)):
            raise PermissionDenied
        tranches = Tranche.objects.select_related("programme_year")
        tranche = tranches.filter(pk=self.kwargs["pk"]).first()
        if tranche is None:
            raise Http404
        self.tranche = tranche
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"amount_label": self.amount_label}

    def page_title(self) -> str:
        return f"{self.title}: {_t('Tranche')} {self.tranche}"

    def crumbs(self) -> list[Link]:
        return [(change_url(self.tranche), str(self.tranche))]

    def back_url(self) -> str:
        return change_url(self.tranche)

    def context(self, form: Any) -> dict[str, Any]:
        tranche = self.tranche
        open_change = tranche.changes.awaiting_confirmation().first()
        context: dict[str, Any] = {
            "intro": [
                str(self.rule),
                _t(
                    "Die Änderung gilt, wenn eine andere Person aus dem Haushalt sie bestätigt hat "
                    "(Vier-Augen-Prinzip). Dann ist sie eine Buchung und bleibt, wie sie ist."
                ),
            ],
            "facts": [
                (_t("Betrag jetzt"), euro(tranche.amount)),
                (_t("Davon gebunden"), euro(tranche.committed)),
                (_t("Frei"), euro(tranche.free)),
            ],
        }
        if not tranche.is_confirmed:
            context["warning"] = _t(
                "Diese Tranche ist nicht bestätigt. Verwerfen Sie sie, und schlagen Sie sie mit "
                "dem richtigen Betrag neu vor."
            )
        elif open_change:
            context["warning"] = change_is_waiting(open_change)
        elif self.sign < 0 and not tranche.free:
            context["warning"] = _t(
                "In dieser Tranche ist nichts frei. Kürzen lässt sie sich erst wieder, wenn Geld "
                "frei wird."
            )
        return {**context, "submit_hidden": "warning" in context}

    def perform(self, form: TrancheChangeForm) -> str:
        values = dict(form.cleaned_data)
        change = propose_tranche_change(
            tranche_id=self.tranche.pk,
            amount=self.sign * values.pop("amount"),
            acting_user=self.user,
            now=self.now,
            **values,
        )
        return _t("Die Änderung um %(amount)s ist vorgeschlagen.") % {
            "amount": signed_euro(change.amount)
        }


class IncreaseTranche(_ProposeChange):
    title = _("Betrag erhöhen")
    submit_label = _("Erhöhung vorschlagen")
    amount_label = _("Um so viel Euro erhöhen")
    rule = _("Die Tranche bekommt mehr Geld, zum Beispiel aus einer weiteren Zuweisung.")


class ReduceTranche(_ProposeChange):
    title = _("Betrag kürzen")
    submit_label = _("Kürzung vorschlagen")
    amount_label = _("Um so viel Euro kürzen")
    rule = _("Kürzen lässt sich nur, was frei ist. Was gebunden ist, bleibt den Bündnissen.")
    sign = -1


class _ChangePage(BudgetStepPage):
    def find(self, pk: int) -> TrancheChange | None:
        changes = TrancheChange.objects.select_related("tranche__programme_year", *PEOPLE)
        return changes.filter(pk=pk).first()

    def page_title(self) -> str:
        return f"{self.title}: {_t('Tranche')} {self.step.tranche}"

    def facts(self) -> list[Fact]:
        """Before and after, as it is before the confirmation."""
        change, tranche = self.step, self.step.tranche
        facts = [(_t("Tranche"), str(tranche)), (_t("Änderung"), signed_euro(change.amount))]
        if not change.is_settled:
            facts += [
                (_t("Betrag vorher"), euro(tranche.amount)),
                (_t("Betrag danach"), euro(tranche.amount + change.amount)),
                (_t("Frei vorher"), euro(tranche.free)),
                (_t("Frei danach"), euro(tranche.free + change.amount)),
            ]
        return [*facts, (_t("Grund"), change.reason), (_t("Haushaltsreferenz"), change.reference)]


def why_not_confirm(change: TrancheChange, user: User) -> str:
    if change.proposed_by_id == user.pk:
        return _t(
            "Sie haben diese Änderung vorgeschlagen. Bestätigen muss sie eine andere Person "
            "aus dem Haushalt (Vier-Augen-Prinzip)."
        )
    if change.tranche.free + change.amount < 0:
        return _t(
            "So viel ist nicht mehr frei: Die Tranche lässt sich höchstens um %(free)s kürzen. "
            "Verwerfen Sie die Änderung, und schlagen Sie eine kleinere vor."
        ) % {"free": euro(change.tranche.free)}
    return ""


class ConfirmTrancheChange(_ChangePage):
    title = _("Änderung bestätigen")
    submit_label = _("Änderung bestätigen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def perform(self, form: Any) -> str:
        change = confirm_tranche_change(change_id=self.step.pk, acting_user=self.user, now=self.now)
        return _t(
            "Die Änderung um %(change)s ist gebucht. Tranche %(tranche)s hat jetzt %(amount)s, "
            "davon frei %(free)s."
        ) % {
            "change": signed_euro(change.amount),
            "tranche": change.tranche,
            "amount": euro(change.tranche.amount),
            "free": euro(change.tranche.free),
        }


class DeclineTrancheChange(_ChangePage):
    form_class = DeclineForm
    title = _("Änderung verwerfen")
    submit_label = _("Änderung verwerfen")

    def perform(self, form: DeclineForm) -> str:
        decline_tranche_change(
            change_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Die Änderung ist verworfen; die Tranche bleibt, wie sie ist.")


@admin.register(TrancheChange)
class TrancheChangeAdmin(TwoPersonAdmin):
    in_navigation = False
    list_display = (
        "name",
        "amount_in_euros",
        "reason",
        "reference",
        "state",
        "proposed_by",
        "proposed_at",
        "confirmed_by",
    )
    list_filter = (StepStateFilter, "tranche__programme_year")
    related = ("tranche__programme_year",)
    search_fields = ("reason", "reference")

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "funding_tranchechange"
        return [
            path("<int:pk>/bestaetigen/", page(ConfirmTrancheChange), name=f"{name}_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineTrancheChange), name=f"{name}_decline"),
            path(
                "<int:pk>/beleg/",
                self.admin_site.admin_view(require_safe(self.document)),
                name=f"{name}_document",
            ),
            *super().get_urls(),
        ]

    def steps(self, step: TrancheChange, user: User) -> list[Link]:
        links = []
        if may_book(user) and not step.is_settled:
            confirm = reverse("admin:funding_tranchechange_confirm", args=[step.pk])
            decline = reverse("admin:funding_tranchechange_decline", args=[step.pk])
            links = [] if why_not_confirm(step, user) else [(confirm, _t("Bestätigen"))]
            links.append((decline, _t("Verwerfen")))
        if step.document:
            url = reverse("admin:funding_tranchechange_document", args=[step.pk])
            links.append((url, _t("Beleg herunterladen (PDF)")))
        return links

    def closed_steps(self, step: TrancheChange, user: User) -> list[ClosedStep]:
        if not may_book(user) or step.is_settled:
            return []
        why_not = why_not_confirm(step, user)
        return [(_t("Bestätigen"), why_not)] if why_not else []

    def heading(self, step: TrancheChange) -> str:
        return _t("Änderung der Tranche %(tranche)s um %(amount)s") % {
            "tranche": step.tranche,
            "amount": signed_euro(step.amount),
        }

    def facts(self, step: TrancheChange) -> list[Fact]:
        tranche = format_html('<a href="{}">{}</a>', change_url(step.tranche), step.tranche)
        return [
            (_t("Tranche"), tranche),
            (_t("Änderung"), signed_euro(step.amount)),
            (_t("Grund"), step.reason),
            (_t("Haushaltsreferenz"), step.reference),
            (_t("Buchung"), _entry_words(step)),
        ]

    def document(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The document behind a change, always as a download."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        changes = TrancheChange.objects.select_related("tranche__programme_year")
        change = changes.filter(pk=pk).first()
        if change is None:
            raise Http404
        return pdf_download(change.document, f"beleg-{change.tranche}-aenderung-{change.pk}.pdf")

    @admin.display(description=_("Tranche"), ordering="tranche")
    def name(self, change: TrancheChange) -> str:
        return str(change.tranche)

    @admin.display(description=_("Änderung"), ordering="amount")
    def amount_in_euros(self, change: TrancheChange) -> str:
        return signed_euro(change.amount)


def _entry_words(change: TrancheChange) -> str:
    if change.entry_id is None:
        return _t("Noch keine; sie entsteht mit der Bestätigung.") if not change.is_settled else "–"
    url = reverse("admin:funding_ledgerentry_change", args=[change.entry_id])
    return format_html('<a href="{}">{}</a>', url, _t("Zur Buchung"))
