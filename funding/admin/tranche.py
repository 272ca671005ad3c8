"""Tranches: proposed on one page, confirmed or discarded by another person on two more."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.models import User
from buendnisse.roles import Role
from buendnisse.templatetags.display import euro
from funding.forms.tranche import DeclineTrancheForm, TrancheForm
from funding.models import Tranche
from funding.services.tranches import confirm_tranche, decline_tranche, propose_tranche


class TrancheStateFilter(admin.SimpleListFilter):
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

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tranche]) -> QuerySet[Tranche]:
        waiting = Tranche.objects.awaiting_confirmation()
        match self.value():
            case "offen":
                return queryset.filter(pk__in=waiting)
            case self.MINE:
                return queryset.filter(pk__in=waiting.exclude(proposed_by=request.user.pk))
            case "bestaetigt":
                return queryset.filter(confirmed_at__isnull=False)
            case "verworfen":
                return queryset.filter(declined_at__isnull=False)
            case _:
                return queryset


def state_of(tranche: Tranche) -> str:
    if tranche.confirmed_at:
        return _t("Bestätigt")
    if tranche.declined_at:
        return _t("Verworfen")
    return _t("Wartet auf Bestätigung")


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


class _TrancheStep(ActionPage):
    """Confirming or discarding: for the budget office, on a tranche that waits for it."""

    def load(self) -> HttpResponse | None:
        if not (self.model_admin.has_view_permission(self.request) and may_book(self.user)):
            raise PermissionDenied
        tranches = Tranche.objects.select_related("programme_year", "proposed_by")
        tranche = tranches.filter(pk=self.kwargs["pk"]).first()
        if tranche is None:
            raise Http404
        self.tranche = tranche
        return None

    def crumbs(self) -> list[tuple[str, str]]:
        return [(change_url(self.tranche), str(self.tranche))]

    def back_url(self) -> str:
        return change_url(self.tranche)

    def context(self, form: Any) -> dict[str, Any]:
        tranche = self.tranche
        return {
            "facts": [
                (_t("Tranche"), str(tranche)),
                (_t("Betrag"), euro(tranche.amount)),
                (_t("Verfügbar ab"), f"{tranche.value_date:%d.%m.%Y}"),
                (_t("Herkunft"), tranche.get_origin_display()),
                (_t("Haushaltsreferenz"), tranche.reference),
                (_t("Vorgeschlagen von"), str(tranche.proposed_by)),
                (_t("Stand"), state_of(tranche)),
            ]
        }


class ConfirmTranche(_TrancheStep):
    title = _("Tranche bestätigen")
    submit_label = _("Tranche bestätigen")

    def context(self, form: Any) -> dict[str, Any]:
        context = super().context(form)
        if self.tranche.proposed_by_id == self.user.pk:
            context["warning"] = _t(
                "Sie haben diese Tranche vorgeschlagen. Bestätigen muss sie eine andere Person aus "
                "dem Haushalt (Vier-Augen-Prinzip)."
            )
            context["submit_hidden"] = True
        return context

    def perform(self, form: Any) -> str:
        tranche = confirm_tranche(tranche_id=self.tranche.pk, acting_user=self.user, now=self.now)
        return _t("Tranche %(tranche)s ist bestätigt: %(amount)s stehen zur Verfügung.") % {
            "tranche": tranche,
            "amount": euro(tranche.amount),
        }


class DeclineTranche(_TrancheStep):
    form_class = DeclineTrancheForm
    title = _("Tranche verwerfen")
    submit_label = _("Tranche verwerfen")

    def perform(self, form: DeclineTrancheForm) -> str:
        decline_tranche(
            tranche_id=self.tranche.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Tranche %(tranche)s ist verworfen.") % {"tranche": self.tranche}


def may_book(user: User) -> bool:
    return user.has_role(Role.BUDGET_OFFICER)


@admin.register(Tranche)
class TrancheAdmin(ReadOnlyAdmin):
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
    list_filter = (TrancheStateFilter, "programme_year", "origin")
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
            path(
                "<int:pk>/beleg/",
                self.admin_site.admin_view(require_safe(self.document)),
                name="funding_tranche_document",
            ),
            *super().get_urls(),
        ]

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
        steps = []
        if tranche and not (tranche.confirmed_at or tranche.declined_at):
            steps = [
                (reverse("admin:funding_tranche_confirm", args=[tranche.pk]), _t("Bestätigen")),
                (reverse("admin:funding_tranche_decline", args=[tranche.pk]), _t("Verwerfen")),
            ]
        may = may_book(request.user)  # type: ignore[arg-type]
        return super().change_view(
            request,
            object_id,
            form_url,
            {
                "steps": steps if may else [],
                "document_url": reverse("admin:funding_tranche_document", args=[tranche.pk])
                if tranche and tranche.document
                else "",
                **(extra_context or {}),
            },
        )

    def document(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The document behind a tranche, always as a download."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        tranche = Tranche.objects.select_related("programme_year").filter(pk=pk).first()
        if tranche is None or not tranche.document:
            raise Http404
        response = FileResponse(
            tranche.document.open(),
            as_attachment=True,
            filename=f"beleg-{tranche}.pdf",
            content_type="application/pdf",
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response

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
