"""What is left of a year's free money when all open proposals are approved."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import DecisionKind, DecisionOutcome
from applications.services.selection import OpenAwards, open_awards
from buendnisse.templatetags.display import euro
from funding.models import ProgrammeYear
from funding.queries import FreeMoney, free_by_tranche
from funding.rules.money import ZERO


@dataclass(frozen=True)
class YearMoney:
    """A year's tranches, and the awards that are proposed and not decided; amounts in euros."""

    year: ProgrammeYear
    tranches: list[FreeMoney]
    proposed: OpenAwards

    @property
    def free(self) -> Decimal:
        """Of the tranches that can be drawn on by now."""
        return sum((each.free for each in self.tranches if each.is_drawable), ZERO)

    @property
    def left(self) -> Decimal:
        """Below zero where more is proposed than there is."""
        return self.free - self.proposed.amount

    @property
    def left_words(self) -> str:
        if not self.proposed.number:
            return euro(self.free)
        return ngettext(
            "%(left)s (frei %(free)s; %(amount)s sind für %(number)d offenen Vorschlag vorgesehen)",
            "%(left)s (frei %(free)s; %(amount)s sind für %(number)d offene Vorschläge vorgesehen)",
            self.proposed.number,
        ) % {
            "left": euro(self.left),
            "free": euro(self.free),
            "amount": euro(self.proposed.amount),
            "number": self.proposed.number,
        }

    @property
    def spoken_for(self) -> str:
        """The free money that open proposals wait for, in a sentence; empty where none are open."""
        if not self.proposed.number:
            return ""
        words = ngettext(
            "Frei sind %(free)s. Für %(number)d offenen Vorschlag sind %(amount)s vorgesehen;",
            "Frei sind %(free)s. Für %(number)d offene Vorschläge sind %(amount)s vorgesehen;",
            self.proposed.number,
        ) % {
            "free": euro(self.free),
            "amount": euro(self.proposed.amount),
            "number": self.proposed.number,
        }
        rest = (
            _("es bleiben %(left)s.") % {"left": euro(self.left)}
            if self.left >= ZERO
            else _("es fehlen %(missing)s.") % {"missing": euro(-self.left)}
        )
        return f"{words} {rest}"

    def too_little_words(self, amount: Decimal, *, is_proposed: bool) -> str:
        """That an award of so much does not fit beside the open proposals; empty where it does.

        It may be one of them by now. It can be proposed all the same: more money may come.
        """
        left = self.left + amount if is_proposed else self.left
        if amount <= left:
            return ""
        beside = (
            _("Nach den anderen offenen Vorschlägen sind %(left)s frei;")
            if is_proposed
            else _("Nach den offenen Vorschlägen sind %(left)s frei;")
        )
        needs = _(
            "dieser Vorschlag braucht %(amount)s. Bewilligt wird er erst, wenn das Geld da ist."
        )
        return f"{beside} {needs}" % {"left": euro(max(left, ZERO)), "amount": euro(amount)}

    @property
    def proposals_url(self) -> str:
        query = urlencode(
            {
                "outcome__exact": DecisionOutcome.OPEN.value,
                "kind__exact": DecisionKind.AWARD.value,
                "application__programme_year__id__exact": self.year.pk,
            }
        )
        return f"{reverse('admin:applications_decision_changelist')}?{query}"


def money_of(year: ProgrammeYear, now: datetime) -> YearMoney:
    """Two queries."""
    return YearMoney(year, free_by_tranche([year], now), open_awards(year))
