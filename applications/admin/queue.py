"""The queue of applications and the page of a case."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from applications.admin import (
    check_steps,
    correction_entry,
    correction_steps,
    decision_steps,
    entry_receipt,
    entry_steps,
    file_steps,
    late_steps,
)
from applications.admin.bulk import AssignOfficerPage, TakeUpManyPage
from applications.admin.case_page import case_context, find_case
from applications.admin.case_record import case_record_page
from applications.admin.changes_page import changes_page
from applications.admin.conflicts import (
    LiftConflictPage,
    RecordConflictPage,
    case_conflicts,
    keepers_of_conflicts,
)
from applications.admin.deputies import DeputiesPage
from applications.admin.exports import APPLICATION_EXPORTS
from applications.admin.follow_ups import FollowUpFilter
from applications.admin.jury import AssignJurorsManyPage, AssignJurorsPage
from applications.admin.jury_results import record_file, results_page
from applications.admin.jury_spread import ReassignPage, SpreadPage
from applications.admin.list_place import list_query, list_url, place_in_list
from applications.admin.officers import OfficerFilter, officer_words
from applications.admin.queue_columns import QueueColumns, officer_column
from applications.admin.selection import SelectionPage
from applications.admin.simulation import SimulationPage
from applications.admin.tasks import DistrictFilter, KindFilter, TaskFilter
from applications.admin.wording import case_name
from applications.enums import State
from applications.models import Application, ConflictRecord, Review
from applications.own_cases import without_own_cases
from applications.services.conflicts import is_partial_by_record
from buendnisse.admin_bulk import bulk_redirect
from buendnisse.admin_exports import ExportedAdmin
from buendnisse.admin_pages import ActionPage
from buendnisse.admin_saved_views import SavedViewsMixin
from buendnisse.admin_site import FilteredList
from buendnisse.keys import read_key
from buendnisse.models import Territory, User
from buendnisse.roles import Right

_PAGES: dict[str, tuple[str, type[ActionPage]]] = {
    "take_up": ("aufnehmen", check_steps.TakeUpPage),
    "checklist": ("pruefliste", check_steps.ChecklistPage),
    "request_changes": ("nachfordern", correction_steps.RequestChangesPage),
    "enter_correction": ("nachbesserung", correction_entry.CorrectionEntryPage),
    "resume": ("fortsetzen", correction_steps.ResumePage),
    "extend": ("frist", correction_steps.ExtendPage),
    "admit_late": ("zulassen", late_steps.AdmitLatePage),
    "decline_late": ("zulassung-ablehnen", late_steps.DeclineLatePage),
    "eligible": ("foerderfaehig", check_steps.EligibilityPage),
    "jury": ("jury", AssignJurorsPage),
    "propose": ("vorschlagen", decision_steps.ProposePage),
    "approve": ("entscheiden", decision_steps.ApprovePage),
    "send_back": ("zurueckgeben", decision_steps.SendBackPage),
    "take_back": ("zuruecknehmen", decision_steps.TakeBackPage),
    "enter": ("erfassen", entry_steps.EntryPage),
    "enter_attachments": ("erfassen/anlagen", entry_steps.EntryAttachmentsPage),
    "correct_receipt": ("erfassen/eingang", entry_receipt.CorrectReceiptPage),
    "discard_entry": ("erfassen/verwerfen", entry_steps.DiscardEntryPage),
    "enter_section": ("erfassen/<slug:section>", entry_steps.EntrySectionPage),
    "enter_organisation_add": ("erfassen/organisation/neu", entry_steps.EntryOrganisationPage),
    "enter_organisation": (
        "erfassen/organisation/<int:organisation>",
        entry_steps.EntryOrganisationPage,
    ),
    "note": ("vermerk", file_steps.NotePage),
    "follow_up": ("wiedervorlage", file_steps.FollowUpPage),
    "follow_up_done": ("wiedervorlage/<int:follow_up>", file_steps.FinishFollowUpPage),
    "message": ("nachricht", file_steps.MessagePage),
}


# What the columns show. The rest of an application, its year and its alliance is four times as much
# to ask for, and what applicants wrote at length makes a page of it a hundred kilobytes.
_IN_A_ROW: Final = (
    *("reference", "title", "state", "state_changed_at", "shared_with_ministry_at"),
    *("place", "territory", "confirmed_place", "confirmed_territory"),
    *("requested_amount", "eligible_amount", "score"),
    *("alliance__name", "officer__name", "officer__email"),
    *("programme_year__standard_cap", "programme_year__large_city_cap"),
    *("programme_year__district_cap", "programme_year__large_city_population"),
)


def is_score_hidden(user: User) -> Exists:
    """Whether this person has yet to score the row, and must not see its score."""
    return Exists(Review.objects.unscored_by(user).filter(application=OuterRef("pk")))


def hides_a_score(rows: QuerySet[Application], user: User) -> bool:
    """Whether one of these rows has a score that this person must not see. Two queries at most.

    Asked from the person's side, whose cases are few: of each row it would take the longer the more
    there are.
    """
    unscored = Review.objects.unscored_by(user)
    partial = ConflictRecord.objects.in_force().filter(person=user.pk)
    first, second = (each.order_by().values_list("application") for each in (unscored, partial))
    keys = [key for (key,) in first.union(second)]
    return bool(keys) and rows.filter(pk__in=keys).exists()


class QueueList(FilteredList):
    """The queue; its order tells no scores to somebody who must not see one of them yet."""

    def get_results(self, request: HttpRequest) -> None:
        """With the territories, claimed and confirmed, by one query of their own: they are few, and
        four joins more would take the database longer to plan than to carry out.
        """
        super().get_results(request)
        self.result_list = list(self.result_list.only(*_IN_A_ROW))
        keys = {
            key
            for row in self.result_list
            for key in (row.territory_id, row.confirmed_territory_id)
        }
        territories = Territory.objects.select_related("district").in_bulk(keys - {None})
        for row in self.result_list:
            row.territory = territories.get(row.territory_id)
            row.confirmed_territory = territories.get(row.confirmed_territory_id)

    def rows_to_show(self, request: HttpRequest) -> QuerySet[Any]:
        user: User = request.user  # type: ignore[assignment]
        return Application.objects.annotate(
            score_hidden=is_score_hidden(user), is_partial=is_partial_by_record(user)
        )

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        ordering = super().get_ordering(request, queryset)
        if not {"score", "-score"} & set(ordering):
            return ordering
        if not hides_a_score(queryset, request.user):  # type: ignore[arg-type]
            return ordering
        messages.warning(
            request,
            _t(
                "Nach der Jurybewertung wird hier nicht sortiert: Sie haben einen dieser Anträge "
                "noch nicht selbst bewertet oder sind bei ihm befangen."
            ),
        )
        return list(queryset.query.order_by)


@admin.register(Application)
class ApplicationAdmin(QueueColumns, SavedViewsMixin, ExportedAdmin):
    exports = APPLICATION_EXPORTS
    change_list_template = "admin/applications/application/change_list.html"
    actions = ("assign_many", "take_up_many", "choose_jurors")
    list_filter = (
        TaskFilter,
        OfficerFilter,
        FollowUpFilter,
        "programme_year",
        "state",
        "territory__district__region",
        ("territory__kind", KindFilter),
        ("territory__district", DistrictFilter),
    )
    search_fields = ("search_text",)
    search_help_text = _(
        "Aktenzeichen, Titel, Bündnis, Ort, Organisation, Ansprechperson oder deren E-Mail-Adresse"
    )
    list_select_related = (
        "programme_year",
        "alliance",
        "officer",
    )
    # By the year's key: one index gives this order, and years are entered in theirs.
    ordering = ("-programme_year_id", "reference", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """Neither drafts nor own cases."""
        visible = super().get_queryset(request).visible_to_staff()  # type: ignore[attr-defined]
        # What was discarded while it was entered has a page, and is nothing to work on.
        visible = visible.exclude(state=State.WITHDRAWN, submitted_at=None)
        return without_own_cases(visible, request.user)  # type: ignore[arg-type]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FilteredList]:
        return QueueList

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        def view(function: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(require_safe(partial(function, self)))

        name = "applications_application"
        steps = [
            path(f"<int:pk>/{slug}/", page(view), name=f"{name}_{code}")
            for code, (slug, view) in _PAGES.items()
        ]
        changes = self.admin_site.admin_view(partial(changes_page, model_admin=self))
        record = self.admin_site.admin_view(partial(case_record_page, model_admin=self))
        return [
            path("<int:pk>/akte.pdf", record, name=f"{name}_record"),
            path("<int:pk>/fassung/<int:number>/", changes, name=f"{name}_changes"),
            path("erfassen/", page(entry_receipt.BeginEntryPage), name=f"{name}_begin_entry"),
            path("jury/", page(AssignJurorsManyPage), name=f"{name}_assign"),
            path("zuteilen/", page(AssignOfficerPage), name="applications_assign_officer"),
            path("aufnehmen/", page(TakeUpManyPage), name="applications_take_up_many"),
            path("vertretung/", page(DeputiesPage), name="applications_deputies"),
            path("jury/<int:year>/", view(results_page), name="applications_jury_results"),
            path("jury/<int:year>/protokoll/", view(record_file), name="applications_jury_record"),
            path("jury/<int:year>/verteilen/", page(SpreadPage), name="applications_jury_spread"),
            path(
                "<int:pk>/jury/<int:review>/uebergeben/",
                page(ReassignPage),
                name=f"{name}_reassign",
            ),
            path("<int:pk>/befangenheit/", page(RecordConflictPage), name=f"{name}_conflict"),
            path(
                "<int:pk>/befangenheit/<int:person>/",
                page(LiftConflictPage),
                name=f"{name}_lift_conflict",
            ),
            path("auswahl/<int:year>/", page(SelectionPage), name="applications_selection"),
            path("simulation/<int:year>/", page(SimulationPage), name="applications_simulation"),
            *steps,
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_enter = request.user.may(Right.CHECK)  # type: ignore[union-attr]
        return super().changelist_view(request, {"may_enter": may_enter, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of the case. There is no form for raw fields."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key = read_key(object_id)
        application = find_case(key) if key else None
        if application is None:
            raise Http404
        conflicts = case_conflicts(application, request.user)  # type: ignore[arg-type]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": case_name(application),
            "officer_words": officer_words(application, timezone.localdate()),
            "crumbs": [
                (
                    reverse("admin:applications_application_changelist"),
                    str(self.opts.verbose_name_plural),
                )
            ],
            "application": application,
        }
        if conflicts.own:
            context["conflict"] = conflicts.own
            context["list_url"] = list_url(request)
            context["keepers"] = keepers_of_conflicts(application, request.user)  # type: ignore[arg-type]
            return TemplateResponse(
                request, "admin/applications/application/conflicted.html", context
            )
        context |= {
            "conflicts": conflicts,
            "place": place_in_list(self, request, application.pk),
            "may_open_mail": request.user.has_perm("buendnisse.view_outgoingmail"),
            "may_open_alliance": request.user.has_perm("buendnisse.view_alliance"),
            "may_open_award": request.user.has_perm("funding.view_award"),
            "may_open_decision": request.user.has_perm("applications.view_decision"),
            **case_context(
                application,
                request.user,  # type: ignore[arg-type]
                timezone.now(),
                list_query=list_query(request),
            ),
        }
        return TemplateResponse(request, "admin/applications/application/case.html", context)

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return (*self.columns, officer_column())

    def has_check_permission(self, request: HttpRequest) -> bool:
        return request.user.may(Right.CHECK)  # type: ignore[union-attr]

    @admin.action(description=_("Sachbearbeitung zuteilen"), permissions=["check"])
    def assign_many(
        self, request: HttpRequest, queryset: QuerySet[Application]
    ) -> HttpResponseRedirect:
        return bulk_redirect(request, queryset, "admin:applications_assign_officer")

    @admin.action(description=_("In Prüfung nehmen"), permissions=["check"])
    def take_up_many(
        self, request: HttpRequest, queryset: QuerySet[Application]
    ) -> HttpResponseRedirect:
        return bulk_redirect(request, queryset, "admin:applications_take_up_many")

    def has_choose_permission(self, request: HttpRequest) -> bool:
        return request.user.may(Right.ARRANGE_JURY)  # type: ignore[union-attr]

    @admin.action(description=_("Jury zuweisen"), permissions=["choose"])
    def choose_jurors(
        self, request: HttpRequest, queryset: QuerySet[Application]
    ) -> HttpResponseRedirect:
        return bulk_redirect(request, queryset, "admin:applications_application_assign")
