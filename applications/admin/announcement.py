"""Announcing a round."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.emails import is_written_to_by_post, preview_decision
from applications.forms.admin_decide import AnnounceForm
from applications.services.announcement import announce, decisions_to_announce
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from funding.models import ProgrammeYear

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
