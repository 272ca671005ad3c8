"""Announcing a round."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.emails import is_written_to_by_post, number_of_mails, preview_decision
from applications.enums import DecisionKind, DecisionOutcome
from applications.forms.admin_decide import AnnounceForm
from applications.models import Decision
from applications.services.announcement import announce, decisions_to_announce
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from buendnisse.templatetags.display import euro
from funding.models import ProgrammeYear
from funding.rules.money import ZERO

# Each decision's mails are rendered word for word; more on one page nobody reads.
PAGE_SIZE = 20


class ApproversYearPage(ActionPage):
    """A page about a programme year, for approvers alone."""

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


class AnnouncePage(ApproversYearPage):
    """What is announced is shown, and the announcement is bound to what was shown."""

    template_name = "admin/applications/decision/announce.html"
    form_class = AnnounceForm

    def page_title(self) -> str:
        return _("Entscheidungen %(year)s bekannt geben") % {"year": self.year}

    def context(self, form: Any) -> dict[str, Any]:
        decisions = decisions_to_announce(self.year)
        all_of_them = list(decisions)
        keys = [decision.pk for decision in all_of_them]
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
            "facts": self._facts(all_of_them) if number else [],
            "still_open": self._still_open(),
            "submit_hidden": not number,
            "submit_label": ngettext(
                "%(number)d Entscheidung bekannt geben",
                "%(number)d Entscheidungen bekannt geben",
                number,
            )
            % {"number": number},
        }

    def _facts(self, decisions: list[Decision]) -> list[tuple[str, str]]:
        """What the press of the button makes known, in numbers. One query."""
        kinds = Counter(decision.kind for decision in decisions)
        total = sum((decision.amount or ZERO for decision in decisions), ZERO)
        mails, letters = number_of_mails([decision.application for decision in decisions])
        facts = [
            (
                _("Entscheidungen"),
                ", ".join(f"{kind.label}: {kinds[kind]}" for kind in DecisionKind if kinds[kind]),
            ),
            (_("Summe der Bewilligungen"), euro(total)),
            (_("E-Mails, die sofort hinausgehen"), str(mails)),
        ]
        if letters:
            facts.append((_("Briefe, die Sie danach versenden"), str(letters)))
        return facts

    def _still_open(self) -> str:
        """That not everything is decided yet, with the way there; may be empty. One query."""
        number = Decision.objects.open().filter(application__programme_year=self.year).count()
        if not number:
            return ""
        words = ngettext(
            "%(number)d Vorschlag dieses Jahres ist noch nicht entschieden und gehört nicht dazu.",
            "%(number)d Vorschläge dieses Jahres sind noch nicht entschieden und gehören nicht "
            "dazu.",
            number,
        ) % {"number": number}
        query = urlencode(
            {
                "outcome__exact": DecisionOutcome.OPEN.value,
                "application__programme_year__id__exact": self.year.pk,
            }
        )
        url = f"{reverse('admin:applications_decision_changelist')}?{query}"
        return format_html('{} <a href="{}">{}</a>', words, url, _("Zu den offenen Vorschlägen"))

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
