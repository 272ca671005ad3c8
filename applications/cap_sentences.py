"""Which cap a territory has, and why, in words."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext

from applications.models import Application
from applications.queries import cap_of
from buendnisse.models import Territory
from buendnisse.templatetags.display import euro
from funding.models import ProgrammeYear
from funding.rules.caps import CapReason


@dataclass(frozen=True)
class CapNote:
    """The cap in euros by the territory that the applicants claim, with its reason."""

    amount: Decimal
    sentence: str


def cap_note(application: Application) -> CapNote | None:
    """What the claimed territory would allow; None as long as there is none. No query."""
    if application.territory is None:
        return None
    return cap_note_of(application.territory, application.programme_year, application.place)


def cap_note_of(territory: Territory, year: ProgrammeYear, place: str = "") -> CapNote:
    """What a territory allows in a year; ``place`` names a municipality that is not listed.

    No query, if the territory comes with its district.
    """
    cap = cap_of(territory, year)
    sentences = {
        CapReason.DISTRICT: gettext(
            "%(territory)s: Es gilt ein Höchstbetrag von %(amount)s, weil Ihr Bündnis für einen "
            "ganzen Kreis steht."
        ),
        CapReason.LARGE_CITY: gettext(
            "%(territory)s: Es gilt ein Höchstbetrag von %(amount)s, weil die Stadt mindestens "
            "%(population)s Einwohner hat."
        ),
        CapReason.STANDARD: gettext(
            "Für Ihr Gebiet gilt ein Höchstbetrag von %(amount)s. Mehr ist nur für Landkreise, "
            "Stadtkreise und Städte ab %(population)s Einwohnern möglich."
        ),
    }
    return CapNote(
        amount=cap.amount,
        sentence=sentences[cap.reason]
        % {
            "territory": territory.label(place),
            "amount": euro(cap.amount),
            "population": intcomma(year.large_city_population),
        },
    )
