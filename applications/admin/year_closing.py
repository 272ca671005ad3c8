"""Closing a year's waiting list: one approver proposes it, another one confirms it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.announcement import PAGE_SIZE, ApproversYearPage
from applications.admin.previewed_page import MailsFirst, label_of_reading
from applications.emails import Message, number_of_mails, preview_decision
from applications.enums import DecisionKind, DecisionOutcome, State
from applications.forms.admin_check import ReasonForm
from applications.forms.admin_decide import ClosingForm
from applications.models import Application, Decision, WaitingListClosing
from applications.own_cases import is_applicant
from applications.services.four_eyes import why_not_decide
from applications.services.year_closing import (
    confirm_closing,
    decline_closing,
    propose_closing,
    waiting_list_of,
    why_not_close,
)
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_two_persons import (
    PEOPLE,
    Fact,
    SecondPersonAdmin,
    SecondPersonPage,
    StepStateFilter,
    url_of_mine,
)
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.forms.two_persons import DeclineForm
from buendnisse.models import User
from buendnisse.roles import Right
from buendnisse.templatetags.display import day, euro
from funding.models import ProgrammeYear
from funding.queries import free_by_tranche, tranches_awaiting_confirmation
from funding.rules.money import ZERO

Previews = list[tuple[Application, list[Message]]]

# What could still come onto the list.
_UNDER_WAY = (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.ELIGIBLE)
_LISTED = _("Anträge auf der Nachrückliste")


def _consequences() -> list[str]:
    return [
        _t(
            "Alle Anträge auf der Nachrückliste werden abgelehnt. Der Grund steht in der E-Mail, "
            "die die Bündnisse mit der Bekanntgabe bekommen. Danach kommt kein Antrag dieses "
            "Jahres mehr auf die Liste. Das lässt sich nicht zurücknehmen."
        ),
        _t(
            "Eine zeichnungsberechtigte Person schlägt die Schließung vor, eine andere bestätigt "
            "sie (Vier-Augen-Prinzip). Erst mit der Bestätigung ist die Liste geschlossen."
        ),
    ]


def _linked(url: str, words: object) -> str:
    return format_html('<a href="{}">{}</a>', url, words)


def _under_way(year: ProgrammeYear) -> str:
    """Links to what could still come onto the list, by state."""
    cases = reverse("admin:applications_application_changelist")
    rows = year.applications.filter(state__in=_UNDER_WAY).order_by().values_list("state")
    numbers = dict(rows.annotate(number=Count("pk")))
    links = [
        (urlencode({"programme_year__id__exact": year.pk, "state__exact": state.value}), state)
        for state in _UNDER_WAY
        if state in numbers
    ]
    return format_html_join(
        ", ",
        '<a href="{}?{}">{}: {}</a>',
        ((cases, query, state.label, numbers[state]) for query, state in links),
    )


def still_open(year: ProgrammeYear, now: datetime) -> list[Fact]:
    """What of the year is not at its end, with the ways there. Five queries."""
    decisions = Decision.objects.filter(application__programme_year=year)
    proposals = decisions.open().count()
    proposed = urlencode(
        {
            "outcome__exact": DecisionOutcome.OPEN.value,
            "application__programme_year__id__exact": year.pk,
        }
    )
    untold = decisions.awaiting_announcement().count()
    none = _t("keine")
    return [
        (_t("Anträge des Jahres noch vor einem Vorschlag"), _under_way(year) or none),
        (_t("Freies Geld"), _free_money(year, now)),
        (_t("Tranchen, die auf die Bestätigung warten"), _waiting_money(year) or none),
        (
            _t("Offene Vorschläge"),
            _linked(f"{reverse('admin:applications_decision_changelist')}?{proposed}", proposals)
            if proposals
            else none,
        ),
        (
            _t("Entscheidungen, die nicht bekannt gegeben sind"),
            _linked(reverse("admin:applications_announce", args=[year.year]), untold)
            if untold
            else none,
        ),
    ]


def _free_money(year: ProgrammeYear, now: datetime) -> str:
    """In euros: what can be drawn on now, and what from a later day on."""
    tranches = free_by_tranche([year], now)
    words = [euro(sum((each.free for each in tranches if each.is_drawable), ZERO))]
    words += [
        _t("ab %(day)s weitere %(amount)s")
        % {"day": day(each.tranche.value_date), "amount": euro(each.free)}
        for each in tranches
        if not each.is_drawable and each.free
    ]
    url = reverse("admin:applications_selection", args=[year.year])
    return _linked(f"{url}?source={State.WAITLISTED.value}", "; ".join(words))


def _waiting_money(year: ProgrammeYear) -> str:
    waiting = tranches_awaiting_confirmation(year)
    if not waiting.number:
        return ""
    query = urlencode(
        {StepStateFilter.parameter_name: "offen", "programme_year__id__exact": year.pk}
    )
    url = f"{reverse('admin:funding_tranche_changelist')}?{query}"
    return _linked(url, f"{waiting.number} ({euro(waiting.amount)})")


def previews_of(waiting: list[Application], reason: str) -> Previews:
    """The mails that the announcement will send, by application."""
    return [
        (
            application,
            preview_decision(
                Decision(application=application, kind=DecisionKind.REJECTION, reason=reason)
            ),
        )
        for application in waiting
    ]


def _preview_heading(previews: Previews) -> str:
    by_post = {
        message.addressee.is_by_post for _application, messages in previews for message in messages
    }
    if by_post == {True, False}:
        return _t("Diese E-Mails und Briefe gehen mit der Bekanntgabe hinaus")
    if by_post == {True}:
        return _t("Diese Briefe sind nach der Bekanntgabe zu senden")
    return _t("Diese E-Mails gehen mit der Bekanntgabe hinaus")


class ProposeClosing(MailsFirst, ApproversYearPage):
    """Closes nothing yet; the mails that the announcement will send are read before it."""

    template_name = "admin/applications/waitinglistclosing/propose.html"
    form_class = ReasonForm
    submit_label = _("Schließung vorschlagen")

    def page_title(self) -> str:
        return _t("Nachrückliste %(year)s schließen") % {"year": self.year}

    def load(self) -> HttpResponse | None:
        refused = super().load()
        self.waiting = list(waiting_list_of(self.year))
        self.previews: Previews = []
        return refused

    def mails(self, form: ReasonForm) -> list[Message]:
        """Of the first ones, word for word; the others get the same words."""
        reason = form.cleaned_data["reason"].strip()
        self.previews = previews_of(self.waiting[:PAGE_SIZE], reason)
        return [message for _application, messages in self.previews for message in messages]

    def first_label(self) -> str:
        mails, letters = number_of_mails(self.waiting)
        return label_of_reading(mails=bool(mails), letters=letters)

    def context(self, form: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            **super().context(form),
            "preview_heading": _preview_heading(self.previews),
            "facts": [(_LISTED, str(len(self.waiting))), *still_open(self.year, self.now)],
            "waiting": self.waiting,
            "previews": self.previews,
            "further": max(len(self.waiting) - PAGE_SIZE, 0),
            "intro": _consequences(),
        }
        if refusal := why_not_close(self.year):
            return {**context, "warning": refusal.sentence, "submit_hidden": True}
        if proposed := self.year.closings.awaiting_confirmation().first():
            warning = format_html(
                '{} <a href="{}">{}</a>',
                _t("Die Schließung ist schon vorgeschlagen."),
                change_url(proposed),
                _t("Zum Vorschlag"),
            )
            return {**context, "warning": warning, "submit_hidden": True}
        return context

    def perform(self, form: ReasonForm) -> str:
        self.closing = propose_closing(
            programme_year_id=self.year.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t(
            "Die Schließung ist vorgeschlagen. Noch ist nichts geschlossen: Bestätigen muss eine "
            "andere zeichnungsberechtigte Person."
        )

    def success_url(self) -> str:
        return change_url(self.closing)


def why_not_confirm(closing: WaitingListClosing, user: User) -> str:
    if closing.proposed_by_id == user.pk:
        return _t(
            "Sie haben diese Schließung vorgeschlagen. Bestätigen muss sie eine andere "
            "zeichnungsberechtigte Person (Vier-Augen-Prinzip)."
        )
    if refusal := why_not_close(closing.programme_year):
        return str(refusal.sentence)
    waiting = waiting_list_of(closing.programme_year)
    decisions = [
        Decision(
            application=application,
            checked_by_id=application.checked_by_id,
            proposed_by_id=closing.proposed_by_id,
        )
        for application in waiting
    ]
    reasons = why_not_decide(decisions, user) if decisions else {}
    for decision in decisions:
        if reason := reasons.get(decision.application_id):
            return f"{decision.application}: {reason}"
    return ""


class _ClosingPage(SecondPersonPage):
    def find(self, pk: int) -> WaitingListClosing | None:
        closings = WaitingListClosing.objects.select_related("programme_year", *PEOPLE)
        return closings.filter(pk=pk).first()

    def may_open(self) -> bool:
        return self.user.may(Right.ANNOUNCE)

    def page_title(self) -> str:
        return str(self.title) % {"year": self.step.programme_year}

    def facts(self) -> list[Fact]:
        return _facts(self.step)


class ConfirmClosing(_ClosingPage):
    """Who reads what stands on the page, and the confirmation is bound to the list it showed."""

    template_name = "admin/applications/waitinglistclosing/confirm.html"
    form_class: type[ClosingForm] = ClosingForm
    title = _("Schließung der Nachrückliste %(year)s bestätigen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        year: ProgrammeYear = self.step.programme_year
        waiting = list(waiting_list_of(year))
        page = Paginator(waiting, PAGE_SIZE).get_page(self.request.GET.get("seite"))
        context = super().context(form)
        previews = previews_of(list(page.object_list), self.step.reason)
        return {
            **context,
            "intro": _consequences(),
            "facts": [
                *context["facts"],
                (_LISTED, str(len(waiting))),
                *still_open(year, self.now),
            ],
            "waiting": waiting,
            "page_obj": page,
            "previews": previews,
            "preview_heading": _preview_heading(previews),
            "shown": ",".join(str(application.pk) for application in waiting),
            "submit_label": ngettext(
                "Liste schließen: %(number)d Antrag ablehnen",
                "Liste schließen: %(number)d Anträge ablehnen",
                len(waiting),
            )
            % {"number": len(waiting)},
        }

    def perform(self, form: ClosingForm) -> str:
        decisions = confirm_closing(
            closing_id=self.step.pk,
            application_ids=form.cleaned_data["applications"],
            acting_user=self.user,
            now=self.now,
        )
        return ngettext(
            "Die Nachrückliste ist geschlossen: %(number)d Antrag ist abgelehnt. Geben Sie es "
            "jetzt noch bekannt.",
            "Die Nachrückliste ist geschlossen: %(number)d Anträge sind abgelehnt. Geben Sie es "
            "jetzt noch bekannt.",
            len(decisions),
        ) % {"number": len(decisions)}

    def success_url(self) -> str:
        return reverse("admin:applications_announce", args=[self.step.programme_year.year])


class DeclineClosing(_ClosingPage):
    form_class = DeclineForm
    title = _("Schließung der Nachrückliste %(year)s verwerfen")
    submit_label = _("Schließung verwerfen")

    def perform(self, form: DeclineForm) -> str:
        decline_closing(
            closing_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Die Schließung ist verworfen. Die Nachrückliste bleibt offen.")


def _facts(closing: WaitingListClosing) -> list[Fact]:
    year = closing.programme_year
    return [
        (_t("Programmjahr"), _linked(change_url(year), year)),
        (_t("Grund"), closing.reason),
    ]


@admin.register(WaitingListClosing)
class WaitingListClosingAdmin(SecondPersonAdmin):
    right = Right.ANNOUNCE
    in_navigation = False
    list_display = ("programme_year", "reason", "state", "proposed_by", "confirmed_by")
    list_filter = (StepStateFilter, "programme_year")
    related = ("programme_year",)
    search_fields = ("reason",)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "applications_waitinglistclosing"
        return [
            path(
                "vorschlagen/<int:year>/",
                page(ProposeClosing),
                name="applications_close_waiting_list",
            ),
            path("<int:pk>/bestaetigen/", page(ConfirmClosing), name=f"{name}_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineClosing), name=f"{name}_decline"),
            *super().get_urls(),
        ]

    def why_not_confirm(self, step: WaitingListClosing, user: User) -> str:
        return why_not_confirm(step, user)

    def facts(self, step: WaitingListClosing) -> list[Fact]:
        return _facts(step)


@waits_on_desk
def closings_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if user.may(Right.ANNOUNCE) and not is_applicant(user):
        waiting = WaitingListClosing.objects.awaiting_confirmation().exclude(proposed_by=user)
        number = waiting.count()
        label = ngettext(
            "Schließung der Nachrückliste zu bestätigen (von anderen vorgeschlagen)",
            "Schließungen der Nachrückliste zu bestätigen (von anderen vorgeschlagen)",
            number,
        )
        yield Waiting(label, number, url_of_mine(WaitingListClosing))
