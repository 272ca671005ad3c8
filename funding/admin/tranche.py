"""Tranches: proposed on one page, confirmed or discarded by another person on two more."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from buendnisse.admin_pages import ActionPage
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.admin_two_persons import PEOPLE, Fact, StepStateFilter, person_facts, state_of
from buendnisse.forms.two_persons import DeclineForm
from buendnisse.history import history_of
from buendnisse.models import User
from buendnisse.templatetags.display import day, euro
from funding.admin.budget_office import BudgetStepPage, may_book, pdf_download
from funding.admin.ledger_filters import TRANCHE, YEAR
from funding.admin.tranche_change import (
    IncreaseTranche,
    ReduceTranche,
    change_is_waiting,
    signed_euro,
)
from funding.forms.tranche import TrancheForm
from funding.models import Tranche, TrancheChange
from funding.services.tranches import confirm_tranche, decline_tranche, propose_tranche


class ProposeTranche(ActionPage):
    form_class = TrancheForm
    title = _("Tranche vorschlagen")
    submit_label = _("Tranche vorschlagen")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_add_permission(self.request):
            raise PermissionDenied
        return None

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "intro": [
                _t(
                    "Das Geld steht erst zur Verfügung, wenn eine andere Person aus dem Haushalt "
                    "die Tranche bestätigt hat (Vier-Augen-Prinzip)."
                )
            ]
        }

    def perform(self, form: TrancheForm) -> str:
        values = dict(form.cleaned_data)
        year = values.pop("programme_year")
        tranche = propose_tranche(
            programme_year_id=year.pk, acting_user=self.user, now=self.now, **values
        )
        return _t("Tranche %(tranche)s über %(amount)s ist vorgeschlagen.") % {
            "tranche": tranche,
            "amount": euro(tranche.amount),
        }


class _TrancheStep(BudgetStepPage):
    """Confirming or discarding a tranche that is proposed."""

    def find(self, pk: int) -> Tranche | None:
        tranches = Tranche.objects.select_related("programme_year", *PEOPLE)
        return tranches.filter(pk=pk).first()

    def facts(self) -> list[Fact]:
        tranche = self.step
        return [
            (_t("Tranche"), str(tranche)),
            (_t("Betrag"), euro(tranche.amount)),
            (_t("Verfügbar ab"), f"{tranche.value_date:%d.%m.%Y}"),
            (_t("Herkunft"), tranche.get_origin_display()),
            (_t("Haushaltsreferenz"), tranche.reference),
        ]


def why_not_confirm(tranche: Tranche, user: User) -> str:
    if tranche.proposed_by_id != user.pk:
        return ""
    return _t(
        "Sie haben diese Tranche vorgeschlagen. Bestätigen muss sie eine andere Person aus dem "
        "Haushalt (Vier-Augen-Prinzip)."
    )


class ConfirmTranche(_TrancheStep):
    title = _("Tranche bestätigen")
    submit_label = _("Tranche bestätigen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def perform(self, form: Any) -> str:
        tranche = confirm_tranche(tranche_id=self.step.pk, acting_user=self.user, now=self.now)
        words = {"tranche": tranche, "amount": euro(tranche.amount), "day": day(tranche.value_date)}
        if tranche.value_date > localdate(self.now):
            return (
                _t(
                    "Tranche %(tranche)s ist bestätigt: %(amount)s stehen ab dem %(day)s zur "
                    "Verfügung."
                )
                % words
            )
        return _t("Tranche %(tranche)s ist bestätigt: %(amount)s stehen zur Verfügung.") % words


class DeclineTranche(_TrancheStep):
    form_class = DeclineForm
    title = _("Tranche verwerfen")
    submit_label = _("Tranche verwerfen")

    def perform(self, form: DeclineForm) -> str:
        decline_tranche(
            tranche_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Tranche %(tranche)s ist verworfen.") % {"tranche": self.step}


@dataclass(frozen=True)
class ChangeLine:
    """A row of the changes of a tranche."""

    change: TrancheChange
    amount: str
    state: str
    persons: list[Fact]


@admin.register(Tranche)
class TrancheAdmin(ReadOnlyAdmin):
    change_list_template = "admin/funding/tranche/change_list.html"
    change_form_template = "admin/funding/tranche/change_form.html"
    list_display = (
        "name",
        "programme_year",
        "origin",
        "value_date",
        "amount_in_euros",
        "committed_in_euros",
        "free_in_euros",
        "state",
    )
    list_filter = (StepStateFilter, "programme_year", "origin")
    search_fields = ("reference",)
    list_select_related = ("programme_year",)
    fields = (
        "name",
        "state",
        "amount_in_euros",
        "committed_in_euros",
        "free_in_euros",
        "value_date",
        "origin",
        "reference",
        "proposed_by",
        "proposed_at",
        "confirmed_by",
        "confirmed_at",
        "declined_by",
        "declined_at",
        "decline_reason",
    )

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        return [
            path("<int:pk>/bestaetigen/", page(ConfirmTranche), name="funding_tranche_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineTranche), name="funding_tranche_decline"),
            path("<int:pk>/erhoehen/", page(IncreaseTranche), name="funding_tranche_increase"),
            path("<int:pk>/kuerzen/", page(ReduceTranche), name="funding_tranche_reduce"),
            path(
                "<int:pk>/beleg/",
                self.admin_site.admin_view(require_safe(self.document)),
                name="funding_tranche_document",
            ),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Tranche | None = None) -> list[Any]:
        """Without what has not happened: confirmed is not declined, and the other way round."""
        left_out = {"name"}
        if obj and not obj.confirmed_at:
            left_out |= {"confirmed_by", "confirmed_at", "committed_in_euros", "free_in_euros"}
        if obj and not obj.declined_at:
            left_out |= {"declined_by", "declined_at", "decline_reason"}
        return [field for field in self.fields or () if field not in left_out]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_book(request.user)  # type: ignore[arg-type]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return ProposeTranche.as_view(model_admin=self)(request)  # type: ignore[return-value]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        tranche = self.get_object(request, object_id)
        context = _page_of(tranche, request.user) if tranche else {}  # type: ignore[arg-type]
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def document(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The document behind a tranche, always as a download."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tranche = Tranche.objects.select_related("programme_year").filter(pk=pk).first()
        if tranche is None:
            raise Http404
        return pdf_download(tranche.document, f"beleg-{tranche}.pdf")

    @admin.display(description=_("Tranche"), ordering="number")
    def name(self, tranche: Tranche) -> str:
        return str(tranche)

    @admin.display(description=_("Betrag"), ordering="amount")
    def amount_in_euros(self, tranche: Tranche) -> str:
        return euro(tranche.amount)

    @admin.display(description=_("Gebunden"), ordering="committed")
    def committed_in_euros(self, tranche: Tranche) -> str:
        return euro(tranche.committed if tranche.is_confirmed else None)

    @admin.display(description=_("Frei"))
    def free_in_euros(self, tranche: Tranche) -> str:
        return euro(tranche.free if tranche.is_confirmed else None)

    @admin.display(description=_("Stand"))
    def state(self, tranche: Tranche) -> str:
        return state_of(tranche)


def _page_of(tranche: Tranche, user: User) -> dict[str, Any]:
    """What the page shows besides the fields: the ways on, the document, the changes."""
    changes = tranche.changes.select_related(*PEOPLE)
    lines = [
        ChangeLine(each, signed_euro(each.amount), state_of(each), person_facts(each))
        for each in changes
    ]
    waiting = next((line.change for line in lines if not line.change.is_settled), None)
    # What can be done, and why not by this person now; empty where it can.
    codes: list[tuple[str, str, str]] = []
    if not tranche.is_settled:
        codes = [
            ("confirm", _t("Bestätigen"), why_not_confirm(tranche, user)),
            ("decline", _t("Verwerfen"), ""),
        ]
    elif tranche.is_confirmed:
        why_not = change_is_waiting(waiting) if waiting else ""
        codes = [
            ("increase", _t("Betrag erhöhen"), why_not),
            ("reduce", _t("Betrag kürzen"), why_not),
        ]
    if not may_book(user):
        codes = []
    document = reverse("admin:funding_tranche_document", args=[tranche.pk])
    entries = reverse("admin:funding_ledgerentry_changelist")
    return {
        "title": _t("Tranche %(tranche)s") % {"tranche": tranche},
        "history": history_of(tranche),
        "subtitle": "",
        "steps": [
            (reverse(f"admin:funding_tranche_{code}", args=[tranche.pk]), label)
            for code, label, why_not in codes
            if not why_not
        ],
        "closed_steps": [(label, why_not) for _code, label, why_not in codes if why_not],
        "document_url": document if tranche.document else "",
        "entries_url": f"{entries}?{YEAR}={tranche.programme_year}&{TRANCHE}={tranche}"
        if tranche.is_confirmed
        else "",
        "changes": lines,
    }
