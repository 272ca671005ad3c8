"""What each alliance of the story applies for.

The documented recipients are the only real ones; everything else says that it is demo data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from applications.demo.ideas import IDEAS, Idea
from buendnisse.models import LegalForm, OrganisationKind, Territory, TerritoryKind


@dataclass(frozen=True)
class Lead:
    name: str
    kind: OrganisationKind
    legal_form: LegalForm


@dataclass(frozen=True)
class Plan:
    """One application before it is written; ``amount`` in whole euros."""

    number: int
    alliance: str
    lead: Lead
    territory: Territory
    place: str
    title: str
    idea: Idea
    amount: int

    @property
    def place_label(self) -> str:
        return self.territory.label(self.place)


@dataclass(frozen=True)
class Documented:
    """A recipient that the programme has published, with its amount in euros."""

    name: str
    kind: OrganisationKind
    legal_form: LegalForm
    territory_code: str
    amount: int
    place: str = ""
    rank: int = 0

    @property
    def lead(self) -> Lead:
        return Lead(self.name, self.kind, self.legal_form)


def _town(name: str, code: str, amount: int, rank: int, place: str = "") -> Documented:
    return Documented(
        name, OrganisationKind.MUNICIPALITY, LegalForm.MUNICIPALITY, code, amount, place, rank
    )


# By year. The rank is the story's own: what is documented is who got how much, and when.
DOCUMENTED: dict[int, tuple[Documented, ...]] = {
    2015: (
        Documented(
            "Refugees Integrated e.V. Bad Säckingen",
            OrganisationKind.ASSOCIATION,
            LegalForm.REGISTERED_ASSOCIATION,
            "08337-other",
            8_000,
            "Bad Säckingen",
            31,
        ),
    ),
    2016: (
        _town("Stadt Heidelberg", "08221", 50_000, 2),
        _town("Stadt Rauenberg", "08226-other", 15_000, 9, "Rauenberg"),
        _town("Stadt Langenau", "08425-other", 15_000, 13, "Langenau"),
        _town("Stadt Überlingen", "08435059", 15_000, 17),
        _town("Stadt Friedrichshafen", "08435016", 15_000, 6),
        _town("Stadt Schwäbisch Gmünd", "08136065", 15_000, 4),
        _town("Stadt Ellwangen", "08136019", 15_000, 22),
        _town("Stadt Weingarten", "08436082", 15_000, 27),
        _town("Stadt Sigmaringen", "08437-other", 15_000, 33, "Sigmaringen"),
        Documented(
            "Diakonie Biberach",
            OrganisationKind.WELFARE,
            LegalForm.WELFARE_ASSOCIATION,
            "08426021",
            14_500,
            rank=38,
        ),
        _town("Gemeinde Aldingen", "08327-other", 9_000, 45, "Aldingen"),
        Documented(
            "Bodenseekreis",
            OrganisationKind.DISTRICT,
            LegalForm.DISTRICT,
            "08435",
            40_000,
            rank=55,
        ),
        _town("Stadt Schelklingen", "08425-other", 15_000, 58, "Schelklingen"),
        Documented(
            "Wabe gGmbH Waldkirch",
            OrganisationKind.OTHER,
            LegalForm.NONPROFIT_COMPANY,
            "08316056",
            15_000,
            rank=62,
        ),
    ),
}

_SMALL_LEADS: tuple[tuple[str, OrganisationKind, LegalForm], ...] = (
    (
        "Demo-Initiative Begegnung",
        OrganisationKind.ASSOCIATION,
        LegalForm.REGISTERED_ASSOCIATION,
    ),
    (
        "Demo-Freundeskreis Asyl",
        OrganisationKind.ASSOCIATION,
        LegalForm.REGISTERED_ASSOCIATION,
    ),
    ("Demo-Kirchengemeinde", OrganisationKind.CHURCH, LegalForm.PUBLIC_BODY),
    ("Demo-Wohlfahrtsverband", OrganisationKind.WELFARE, LegalForm.WELFARE_ASSOCIATION),
    (
        "Demo-Verein Nachbarschaft",
        OrganisationKind.ASSOCIATION,
        LegalForm.REGISTERED_ASSOCIATION,
    ),
    (
        "Demo-Integrationswerk gGmbH",
        OrganisationKind.OTHER,
        LegalForm.NONPROFIT_COMPANY,
    ),
)
_DISTRICT_LEAD = (
    "Demo-Kreisnetzwerk Flüchtlingshilfe",
    OrganisationKind.WELFARE,
    LegalForm.WELFARE_ASSOCIATION,
)
# Above this only a whole district (or a large city) can apply; the standard amount of the story.
STANDARD_CAP = 15_000


class Planner:
    """Gives out plans with running numbers, spread over the districts in turn."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._territories = {
            territory.code: territory
            for territory in Territory.objects.select_related("district").order_by("code")
        }
        self._number = 0
        districts = sorted({t.district.ags for t in self._territories.values()})
        rng.shuffle(districts)
        self._districts = cycle(districts)
        landkreise = [
            t.code for t in self._territories.values() if t.kind == TerritoryKind.LANDKREIS
        ]
        rng.shuffle(landkreise)
        self._landkreise = cycle(landkreise)

    def documented(self, recipient: Documented) -> Plan:
        """The plan of a real recipient; its project is the story's and says so."""
        territory = self._territories[recipient.territory_code]
        self._number += 1
        idea = IDEAS[self._number % len(IDEAS)]
        return Plan(
            number=self._number,
            alliance=f"Demo-Bündnis {territory.label(recipient.place)}",
            lead=recipient.lead,
            territory=territory,
            place=recipient.place,
            title=f"{idea.title} (Beispielvorhaben)",
            idea=idea,
            amount=recipient.amount,
        )

    def demo(self, amount: int) -> Plan:
        """The plan of a demo alliance; above the standard amount it stands for a whole district."""
        self._number += 1
        idea = self._rng.choice(IDEAS)
        if amount > STANDARD_CAP:
            territory, place = self._territories[next(self._landkreise)], ""
            lead = _DISTRICT_LEAD
        else:
            territory, place = self._somewhere(next(self._districts))
            lead = _SMALL_LEADS[self._number % len(_SMALL_LEADS)]
        name, kind, legal_form = lead
        return Plan(
            number=self._number,
            alliance=f"Demo-Bündnis {territory.label(place)} (Beispiel {self._number})",
            lead=Lead(f"{name} (Beispiel {self._number})", kind, legal_form),
            territory=territory,
            place=place,
            title=f"{idea.title} (Beispiel {self._number})",
            idea=idea,
            amount=amount,
        )

    def demos(self, amounts: Sequence[int]) -> list[Plan]:
        return [self.demo(amount) for amount in amounts]

    def _somewhere(self, ags: str) -> tuple[Territory, str]:
        """A town of the district, or its seat; a Stadtkreis is itself."""
        towns = [
            t
            for t in self._territories.values()
            if t.district.ags == ags and t.kind == TerritoryKind.TOWN
        ]
        if towns:
            return self._rng.choice(towns), ""
        district = self._territories[ags]
        if district.kind == TerritoryKind.STADTKREIS:
            return district, ""
        return self._territories[f"{ags}-other"], district.district.seat
