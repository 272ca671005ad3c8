"""Announcing a round, and closing a year's waiting list."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.previewed_page import MailsFirst
from applications.emails import Message, is_written_to_by_post, preview_decision
from applications.enums import DecisionKind, State
from applications.forms.admin_check import ReasonForm
from applications.forms.admin_decide import AnnounceForm
from applications.models import Decision
from applications.services.announcement import announce, decisions_to_announce
from applications.services.year_closing import close_waiting_list
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from funding.models import ProgrammeYear

# Each decision's mails are rendered word for word; more on one page nobody reads.
PAGE_SIZE = 20


class _YearPage(ActionPage):
    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.ANNOUNCE):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(year=self.kwargs["year"]).first()
        if year is None:
            raise Http404
        self.year = year
        return None

    def crumbs(self) -> list[tuple[str, str]]:
        return [(change_url(self.year), _("Programmjahr %(year)s") % {"year": self.year})]

    def back_url(self) -> str:
        return change_url(self.year)


class AnnouncePage(_YearPage):
    """What is announced is shown, and the announcement is bound to what was shown."""

    template_name = "admin/applications/decision/announce.html"
    form_class = AnnounceForm

    def page_title(self) -> str:
        return _("Entscheidungen %(year)s bekannt geben") % {"year": self.year}

    def context(self, form: Any) -> dict[str, Any]:
        decisions = decisions_to_announce(self.year)
        keys = list(decisions.values_list("pk", flat=True))
        page = Paginator(keys, PAGE_SIZE).get_page(self.request.GET.get("seite"))
        number = page.paginator.count
        return {
            "page_obj": page,
            "previews": [
                (decision, preview_decision(decision))
                for decision in decisions.filter(pk__in=page.object_list)
            ],
            "shown": ",".join(map(str, keys)),
            "number": number,
            "submit_hidden": not number,
            "submit_label": ngettext(
                "%(number)d Entscheidung bekannt geben",
                "%(number)d Entscheidungen bekannt geben",
                number,
            )
            % {"number": number},
        }

    def perform(self, form: AnnounceForm) -> str:
        decisions = announce(
            programme_year_id=self.year.pk,
            decision_ids=form.cleaned_data["decisions"],
            acting_user=self.user,
            now=self.now,
        )
        said = ngettext(
            "%(number)d Entscheidung ist bekannt gegeben. Die E-Mail geht jetzt hinaus.",
            "%(number)d Entscheidungen sind bekannt gegeben. Die E-Mails gehen jetzt hinaus.",
            len(decisions),
        ) % {"number": len(decisions)}
        told = [decision.application for decision in decisions]
        letters = [application for application in told if is_written_to_by_post(application)]
        if not letters:
            return said
        return f"{said} " + _("Ohne E-Mail-Kontakt, bitte per Post: %(references)s.") % {
            "references": ", ".join(map(str, letters))
        }


class CloseWaitingListPage(MailsFirst, _YearPage):
    """Closing sends nothing yet; the mails that the announcement will send are read before it."""

    template_name = "admin/applications/decision/close_waiting_list.html"
    form_class = ReasonForm
    submit_label = gettext_lazy("Nachrückliste schließen")

    def page_title(self) -> str:
        return _("Nachrückliste %(year)s schließen") % {"year": self.year}

    def load(self) -> HttpResponse | None:
        refused = super().load()
        self.waiting = list(
            self.year.applications.filter(state=State.WAITLISTED)
            .select_related("alliance", "programme_year")
            .order_by("reference")
        )
        return refused

    def mails(self, form: ReasonForm) -> list[Message]:
        """Of the first ones, word for word; the others get the same words."""
        reason = form.cleaned_data["reason"].strip()
        return [
            message
            for application in self.waiting[:PAGE_SIZE]
            for message in preview_decision(
                Decision(application=application, kind=DecisionKind.REJECTION, reason=reason)
            )
        ]

    def context(self, form: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            **super().context(form),
            "facts": [(_("Anträge auf der Nachrückliste"), str(len(self.waiting)))],
            "waiting": self.waiting,
            "further": max(len(self.waiting) - PAGE_SIZE, 0),
            "intro": [
                _(
                    "Alle Anträge auf der Nachrückliste werden abgelehnt. Der Grund steht in der "
                    "E-Mail, die die Bündnisse mit der Bekanntgabe bekommen. Das lässt sich nicht "
                    "zurücknehmen."
                )
            ],
        }
        if self.year.waiting_list_closed_at:
            context |= {
                "warning": _("Die Nachrückliste ist schon geschlossen."),
                "submit_hidden": True,
            }
        return context

    def perform(self, form: ReasonForm) -> str:
        decisions = close_waiting_list(
            programme_year_id=self.year.pk,
            reason=form.cleaned_data["reason"],
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
        return reverse("admin:applications_announce", args=[self.year.year])
