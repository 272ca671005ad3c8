"""Changes of announced awards: renounced, reduced, revoked. Here, since four eyes span the case."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.previewed_page import heading_of
from applications.admin.wording import told_words
from applications.emails import is_written_to_by_post, preview_award_change
from applications.enums import State
from applications.models import Application, Decision
from applications.services.award_changes import (
    confirm_award_change,
    decline_award_change,
    propose_award_change,
)
from applications.services.conflicts import conflict_of
from applications.services.four_eyes import why_not_decide
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_two_persons import (
    PEOPLE,
    ClosedStep,
    Fact,
    Link,
    SecondPersonPage,
    StepStateFilter,
    TwoPersonAdmin,
)
from buendnisse.forms.two_persons import DeclineForm
from buendnisse.models import User
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import euro
from funding.admin.award_page import why_not_change
from funding.forms.admin_changes import AwardChangeForm
from funding.models import Award, AwardChange, LedgerEntry, ProgrammeYear, Tranche
from funding.queries import parts_of, sum_of_parts
from funding.rules.ledger import EntryKind
from funding.services.award_changes import planned_release


@dataclass(frozen=True)
class ReturnLine:
    """What goes back to a tranche, in euros, and what is free there before and after."""

    tranche: Tranche
    amount: Decimal
    free_before: Decimal
    free_after: Decimal


def _award_facts(award: Award) -> list[Fact]:
    return [
        (_t("Zuwendung"), format_html('<a href="{}">{}</a>', change_url(award), award.reference)),
        (_t("Zuwendungsempfänger"), award.recipient_name),
        (_t("Vorhaben"), award.purpose),
        (_t("Bewilligt"), euro(award.amount)),
    ]


class ProposeAwardChange(ActionPage):
    form_class = AwardChangeForm
    submit_label = _("Änderung vorschlagen")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.CHANGE_AWARD):
            raise PermissionDenied
        awards = Award.objects.select_related("programme_year")
        award = awards.filter(pk=self.kwargs["award"]).first()
        if award is None:
            raise Http404
        self.award = award
        self.total = sum_of_parts(parts_of(award))
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"most": self.total.left - self.total.paid}

    def page_title(self) -> str:
        return _t("Verzicht, Kürzung oder Widerruf vorschlagen: %(reference)s") % {
            "reference": self.award.reference
        }

    def crumbs(self) -> list[Link]:
        return [(change_url(self.award), self.award.reference)]

    def back_url(self) -> str:
        return change_url(self.award)

    def success_url(self) -> str:
        return change_url(self.change)

    def context(self, form: Any) -> dict[str, Any]:
        total = self.total
        why_not = why_not_change(self.award, self.user) or _why_partial(self.award.pk, self.user)
        return {
            "intro": [
                _t(
                    "Die Zuwendung bleibt, wie sie bewilligt ist; die Änderung steht daneben. "
                    "Frei wird das Geld, wenn eine zeichnungsberechtigte Person sie bestätigt. "
                    "Dann geht auch die E-Mail an das Bündnis hinaus."
                ),
                _t("Die E-Mail ist noch kein Bescheid; der Änderungsbescheid folgt gesondert."),
            ],
            "facts": [
                *_award_facts(self.award),
                (_t("Davon gilt noch"), euro(self.award.current_amount)),
                (_t("Davon ausgezahlt"), euro(total.paid)),
                (_t("Lässt sich noch zurückgeben"), euro(total.left - total.paid)),
            ],
            "warning": why_not,
            "submit_hidden": bool(why_not),
        }

    def perform(self, form: AwardChangeForm) -> str:
        self.change = propose_award_change(
            award_id=self.award.pk, acting_user=self.user, now=self.now, **form.cleaned_data
        )
        return _t(
            "Vorgeschlagen: %(kind)s über %(amount)s. Bestätigen muss eine andere Person."
        ) % {
            "kind": self.change.get_kind_display(),
            "amount": euro(self.change.amount),
        }


def _why_partial(award_id: int, user: User) -> str:
    decision = Decision.objects.select_related("application").filter(award=award_id).first()
    conflict = conflict_of(decision.application, user) if decision else None
    if conflict is None:
        return ""
    return _t("Sie sind bei diesem Antrag befangen: %(reason)s.") % {"reason": conflict.reason}


class _ChangePage(SecondPersonPage):
    def find(self, pk: int) -> AwardChange | None:
        changes = AwardChange.objects.select_related("award__programme_year", *PEOPLE)
        return changes.filter(pk=pk).first()

    def facts(self) -> list[Fact]:
        change = self.step
        facts = [
            *_award_facts(change.award),
            (_t("Änderung"), f"{change.get_kind_display()}, {euro(change.amount)}"),
            (_t("Grund"), change.reason),
        ]
        if not change.is_settled:
            current = change.award.current_amount
            facts += [
                (_t("Zuwendung vorher"), euro(current)),
                (_t("Zuwendung danach"), euro(current - change.amount)),
            ]
        return facts


def _decision_of(change: AwardChange) -> Decision:
    return Decision.objects.select_related("application__alliance").get(award=change.award_id)


def why_not_confirm(change: AwardChange, decision: Decision, user: User) -> str:
    if change.proposed_by_id == user.pk:
        return _t(
            "Sie haben diese Änderung vorgeschlagen. Bestätigen muss sie eine andere "
            "zeichnungsberechtigte Person (Vier-Augen-Prinzip)."
        )
    reasons = why_not_decide([decision], user)
    return str(reasons.get(decision.application_id, ""))


class ConfirmAwardChange(_ChangePage):
    """What is set free where, and who reads what, stands on the page before it is confirmed."""

    template_name = "admin/funding/awardchange/confirm.html"
    title = _("Änderung bestätigen")
    submit_label = _("Änderung bestätigen")

    def may_open(self) -> bool:
        return self.user.may(Right.CONFIRM_AWARD_CHANGE)

    def load(self) -> HttpResponse | None:
        refused = super().load()
        self.decision = _decision_of(self.step)
        return refused

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.decision, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        change = self.step
        context = super().context(form)
        if change.is_settled:
            return context
        try:
            parts = planned_release(change)
        except Refusal as refusal:
            return {**context, "warning": refusal.sentence, "submit_hidden": True}
        mails = preview_award_change(self.decision.application, change)
        return {
            **context,
            "returns": [
                ReturnLine(tranche, part, tranche.free, tranche.free + part)
                for tranche, part in parts
            ],
            "messages_to_send": mails,
            "preview_heading": heading_of(mails),
            # One is read at once; several are opened one by one.
            "mails_open": len(mails) == 1,
        }

    def perform(self, form: Any) -> Any:
        change = confirm_award_change(change_id=self.step.pk, acting_user=self.user, now=self.now)
        words = _t("Bestätigt: %(kind)s. %(amount)s sind wieder frei (%(tranches)s). %(mail)s") % {
            "kind": change.get_kind_display(),
            "amount": euro(change.amount),
            "tranches": ", ".join(
                _t("Tranche %(tranche)s: %(amount)s")
                % {"tranche": entry.tranche, "amount": euro(entry.amount)}
                for entry in entries_of(change)
            ),
            "mail": _mailed(change, self.decision.application),
        }
        return format_html("{} {}", words, waiting_list_note(self.step.award.programme_year))


def entries_of(change: AwardChange) -> list[LedgerEntry]:
    """What a confirmed change has booked: the releases of its award at its moment."""
    if change.confirmed_at is None:
        return []
    entries = LedgerEntry.objects.filter(
        award=change.award_id, kind=EntryKind.RELEASE.value, booked_at=change.confirmed_at
    )
    return list(entries.select_related("tranche__programme_year").order_by("tranche__number"))


def _mailed(change: AwardChange, application: Application) -> str:
    """Whom the mails about the change are for."""
    if is_written_to_by_post(application):
        return told_words(application)
    addresses = [each.addressee.email for each in preview_award_change(application, change)]
    return ngettext(
        "Eine E-Mail geht an %(addresses)s.", "E-Mails gehen an %(addresses)s.", len(addresses)
    ) % {"addresses": ", ".join(addresses)}


class DeclineAwardChange(_ChangePage):
    form_class = DeclineForm
    title = _("Änderung verwerfen")
    submit_label = _("Änderung verwerfen")

    def may_open(self) -> bool:
        return may_decline(self.step, self.user)

    def why_not(self) -> str:
        return _why_partial(self.step.award_id, self.user)

    def perform(self, form: DeclineForm) -> str:
        decline_award_change(
            change_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Die Änderung ist verworfen. Die Zuwendung bleibt, wie sie ist.")


def may_decline(change: AwardChange, user: User) -> bool:
    return user.may(Right.CONFIRM_AWARD_CHANGE) or change.proposed_by_id == user.pk


def waiting_list_note(year: ProgrammeYear) -> str:
    """That there are applications for the money that is free again, with the way to them."""
    number = year.applications.filter(state=State.WAITLISTED).count()
    if not number:
        return ""
    words = ngettext(
        "Auf der Nachrückliste %(year)s steht %(number)d Antrag, für den es reichen kann.",
        "Auf der Nachrückliste %(year)s stehen %(number)d Anträge, für die es reichen kann.",
        number,
    ) % {"year": year, "number": number}
    url = reverse("admin:applications_selection", args=[year.year])
    return format_html(
        '{} <a href="{}?source={}">{}</a>',
        words,
        url,
        State.WAITLISTED.value,
        _t("Zur Nachrückliste"),
    )


def _entry_facts(change: AwardChange) -> list[Fact]:
    return [
        (
            _t("Buchung"),
            format_html(
                '<a href="{}">{}</a>',
                change_url(entry),
                _t("%(amount)s zurück an Tranche %(tranche)s")
                % {"amount": euro(entry.amount), "tranche": entry.tranche},
            ),
        )
        for entry in entries_of(change)
    ]


@admin.register(AwardChange)
class AwardChangeAdmin(TwoPersonAdmin):
    in_navigation = False
    list_display = (
        "name",
        "kind",
        "amount_in_euros",
        "reason",
        "state",
        "proposed_by",
        "proposed_at",
        "confirmed_by",
    )
    list_filter = (StepStateFilter, "kind", "award__programme_year")
    related = ("award__programme_year",)
    search_fields = ("award__search_text",)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "funding_awardchange"
        return [
            path("vorschlagen/<int:award>/", page(ProposeAwardChange), name=f"{name}_propose"),
            path("<int:pk>/bestaetigen/", page(ConfirmAwardChange), name=f"{name}_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineAwardChange), name=f"{name}_decline"),
            *super().get_urls(),
        ]

    def steps(self, step: AwardChange, user: User) -> list[Link]:
        if step.is_settled:
            return []
        links = []
        if user.may(Right.CONFIRM_AWARD_CHANGE) and not self._why_not(step, user):
            url = reverse("admin:funding_awardchange_confirm", args=[step.pk])
            links.append((url, _t("Bestätigen")))
        if may_decline(step, user):
            url = reverse("admin:funding_awardchange_decline", args=[step.pk])
            links.append((url, _t("Verwerfen")))
        return links

    def closed_steps(self, step: AwardChange, user: User) -> list[ClosedStep]:
        if step.is_settled or not user.may(Right.CONFIRM_AWARD_CHANGE):
            return []
        why_not = self._why_not(step, user)
        return [(_t("Bestätigen"), why_not)] if why_not else []

    def _why_not(self, step: AwardChange, user: User) -> str:
        return why_not_confirm(step, _decision_of(step), user)

    def notes(self, step: AwardChange, user: User) -> list[str]:
        if not (step.is_confirmed and user.has_perm("applications.view_application")):
            return []
        note = waiting_list_note(step.award.programme_year)
        return [note] if note else []

    def facts(self, step: AwardChange) -> list[Fact]:
        return [
            *_award_facts(step.award),
            (_t("Änderung"), f"{step.get_kind_display()}, {euro(step.amount)}"),
            (_t("Grund"), step.reason),
            *_entry_facts(step),
        ]

    @admin.display(description=_("Zuwendung"), ordering="award__reference")
    def name(self, change: AwardChange) -> SafeString:
        award = change.award
        return format_html(
            '{}<br><span class="quiet">{}</span>', award.reference, award.recipient_name
        )

    @admin.display(description=_("Betrag"), ordering="amount")
    def amount_in_euros(self, change: AwardChange) -> str:
        return euro(change.amount)
