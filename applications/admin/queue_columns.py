"""The columns of the queue: what a case officer looks for in a row, on the width of a laptop."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Final

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.officers import deputies_on, deputy_words
from applications.admin.wording import state_words
from applications.models import Application, Deputyship
from applications.queries import claimed_cap, confirmed_cap
from buendnisse.models import TerritoryKind
from buendnisse.templatetags.display import DASH, STATE_KINDS, euro, score_words

# What is older waits for nobody; its day says more than a number.
_DAYS_COUNTED: Final = 99


class QueueColumns(admin.ModelAdmin):
    """Sorted is by what an index gives: file number, age, amount, score."""

    columns = ("file_number", "project", "area", "badge", "requested", "cap", "jury_score")

    @admin.display(description=_("Aktenzeichen"), ordering="reference")
    def file_number(self, application: Application) -> str:
        return str(application)

    @admin.display(description=_("Vorhaben und Bündnis"))
    def project(self, application: Application) -> SafeString:
        return format_html(
            '{}<br><span class="quiet">{}</span>', application.title or DASH, application.alliance
        )

    @admin.display(description=_("Gebiet"))
    def area(self, application: Application) -> SafeString | str:
        """The confirmed territory, or else the claimed one, with its type and its district."""
        territory = application.confirmed_territory or application.territory
        if territory is None:
            return ""
        if territory.kind in (TerritoryKind.LANDKREIS, TerritoryKind.STADTKREIS):
            return str(territory)
        place = application.confirmed_place or application.place
        return format_html(
            '{} {}<br><span class="quiet">{}</span>',
            TerritoryKind(territory.kind).label,
            territory.label(place),
            territory.district,
        )

    @admin.display(description=_("Stand"), ordering="state_changed_at")
    def badge(self, application: Application) -> SafeString:
        since = application.state_changed_at
        days = (timezone.now() - since).days
        return format_html(
            '<span class="kern-badge kern-badge--{}">{}</span><br><span class="quiet">{}</span>',
            STATE_KINDS.get(application.state, "neutral"),
            state_words(application),
            _since(since, days),
        )

    @admin.display(description=_("Beantragt"), ordering="requested_amount")
    def requested(self, application: Application) -> SafeString | str:
        """With what was recognised of it, where that is less."""
        requested, eligible = application.requested_amount, application.eligible_amount
        if eligible is None or eligible == requested:
            return euro(requested)
        return format_html(
            '{}<br><span class="quiet">{}</span>',
            euro(requested),
            _t("anerkannt %(amount)s") % {"amount": euro(eligible)},
        )

    @admin.display(description=_("Höchstbetrag"))
    def cap(self, application: Application) -> SafeString | str:
        if confirmed := confirmed_cap(application):
            return euro(confirmed.amount)
        claimed = claimed_cap(application)
        if claimed is None:
            return ""
        return format_html(
            '{}<br><span class="quiet">{}</span>', euro(claimed.amount), _t("nach Angabe")
        )

    @admin.display(description=_("Jury"), ordering="score")
    def jury_score(self, application: Application) -> str:
        if application.is_partial:  # type: ignore[attr-defined]
            return _t("Sie sind befangen")
        if application.score_hidden:  # type: ignore[attr-defined]
            return _t("nach Ihrer Bewertung")
        return score_words(application.score)


def _since(moment: datetime, days: int) -> str:
    """Since when a case stands where it stands: "heute", "seit 9 Tagen", "seit 03.04.2016"."""
    if days > _DAYS_COUNTED:
        return _t("seit %(day)s") % {"day": f"{timezone.localtime(moment):%d.%m.%Y}"}
    if not days:
        return _t("seit heute")
    return ngettext("seit %(days)d Tag", "seit %(days)d Tagen", days) % {"days": days}


def officer_column() -> Callable[[Application], SafeString | str]:
    """Who looks after the case, and who stands in today: asked once, with the first row."""

    @cache
    def deputies() -> dict[int, Deputyship]:
        return deputies_on(timezone.localdate())

    def officer_name(application: Application) -> SafeString | str:
        if application.officer is None:
            return ""
        deputyship = deputies().get(application.officer.pk)
        if deputyship is None:
            return str(application.officer)
        return format_html(
            '{}<br><span class="quiet">{}</span>', application.officer, deputy_words(deputyship)
        )

    return admin.display(description=_("Zuständig"))(officer_name)
