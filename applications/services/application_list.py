"""The applications as a file: who applies, for what, how far it is, and what was found of it."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import translation

from applications.enums import Intake, State
from applications.models import Application, Review
from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row
from buendnisse.models import District, LegalForm, Territory, User
from buendnisse.models.territory import Region
from funding.rules.caps import CapRules, TerritoryKind, cap_for

FILE_STEM: Final = "antraege"
SHEET: Final = "Anträge"

# What is made of several fields of the query.
CLAIMED: Final = "claimed_place"
CONFIRMED: Final = "confirmed_place_label"
CAP: Final = "cap"
OFFICER: Final = "officer_name"
SCORE: Final = "score"
PARTICIPATION: Final = "participation_score"
SCORE_NOTE: Final = "score_note"


def _state(value: str) -> str:
    return _labels()[value]


def _intake(value: str) -> str:
    return _labels()[value]


def _legal_form(value: str | None) -> str:
    return _legal_forms()[value] if value else ""


def _region(value: str | None) -> str:
    return _regions()[value] if value else ""


# A new column is a line here and nothing else.
COLUMNS: Final[tuple[Column, ...]] = (
    Column("Aktenzeichen", "reference"),
    Column("Programmjahr", "programme_year__year", Kind.NUMBER),
    Column("Stand", "state", convert=_state),
    Column("Stand seit", "state_changed_at", Kind.DAY),
    Column("Eingereicht am", "submitted_at", Kind.MOMENT),
    Column("Eingang", "intake", convert=_intake),
    Column("Lokales Bündnis", "alliance__name"),
    Column("Antragsteller", "lead__name"),
    Column("Rechtsform", "lead__legal_form", convert=_legal_form),
    Column("Sitz", "lead__city"),
    Column("Vorhaben", "title"),
    Column("Kurzbeschreibung", "summary"),
    Column("Beginn", "period_start", Kind.DATE),
    Column("Ende", "period_end", Kind.DATE),
    Column("Angegebenes Gebiet", CLAIMED),
    Column("Bestätigtes Gebiet", CONFIRMED),
    Column("Regierungsbezirk", "territory__district__region", convert=_region),
    Column("Höchstbetrag", CAP, Kind.AMOUNT),
    Column("Beantragt", "requested_amount", Kind.AMOUNT),
    Column("Anerkannt", "eligible_amount", Kind.AMOUNT),
    Column("Grund der Kürzung", "reduction_reason"),
    Column("Jurybewertung", SCORE, Kind.SCORE),
    Column("Bewertung der Beteiligung", PARTICIPATION, Kind.SCORE),
    Column("Hinweis zur Bewertung", SCORE_NOTE),
    Column("Zuwendung", "award_amount", Kind.AMOUNT),
    Column("Sachbearbeitung", OFFICER),
    Column("Ansprechperson", "contact_name"),
    Column("E-Mail-Adresse", "contact_email"),
    Column("Telefon", "contact_phone"),
)
_MADE: Final = (CLAIMED, CONFIRMED, CAP, OFFICER, SCORE, PARTICIPATION, SCORE_NOTE)
_PLACE: Final = ("kind", "name", "district__type", "district__name")
_CAPS: Final = ("standard_cap", "large_city_cap", "district_cap", "large_city_population")
_OTHER_FIELDS: Final = (
    "hides_score",
    "score",
    "participation_score",
    "officer__name",
    "officer__email",
    "place",
    *(f"territory__{name}" for name in _PLACE),
    "confirmed_place",
    *(f"confirmed_territory__{name}" for name in _PLACE),
    "confirmed_territory__population",
    *(f"programme_year__{name}" for name in _CAPS),
)
_FIELDS: Final = tuple(column.source for column in COLUMNS if column.source not in _MADE)
# Every field that the query gives.
QUERIED: Final = (*_OTHER_FIELDS, *_FIELDS)
_HIDDEN: Final = "erst nach Ihrer eigenen Bewertung"


def listed_applications(
    applications: QuerySet[Application], *, user: User
) -> QuerySet[Application]:
    """The same rows in the same order, with what the columns need besides the fields.

    Whoever is on the jury for an application and has not scored it sees no score of it.
    """
    unscored = Review.objects.filter(application=OuterRef("pk"), juror=user, scored_at=None)
    # What the list on the screen joins is not needed: whole rows are never made.
    return applications.select_related(None).annotate(
        lead=FilteredRelation(
            "alliance__organisations", condition=Q(alliance__organisations__is_lead=True)
        ),
        award_amount=F("award__amount") - F("award__released"),
        hides_score=Exists(unscored),
    )


def application_rows(applications: QuerySet[Application], *, user: User) -> Iterator[Row]:
    """The values of the columns for each application, in the order of ``applications``.

    One query; rows are read as they are taken.
    """
    sources = [column.source for column in COLUMNS]
    # In the order of the columns, so that each stands right when those before it are there.
    made_at = [(sources.index(source), source) for source in sources if source in _MADE]
    found = listed_applications(applications, user=user).values_list(*QUERIED)
    with_place, with_cap = len(_PLACE) + 1, len(_CAPS) + 1
    for values in found.iterator(chunk_size=CHUNK_SIZE):
        hides, score, participation, name, email, *rest = values
        claimed, rest = rest[:with_place], rest[with_place:]
        confirmed, rest = rest[:with_place], rest[with_place:]
        cap, row = rest[:with_cap], rest[with_cap:]
        made = {
            CLAIMED: place_label(*claimed),
            CONFIRMED: place_label(*confirmed),
            CAP: _cap(confirmed[1], *cap),
            OFFICER: name or email,
            SCORE: None if hides else score,
            PARTICIPATION: None if hides else participation,
            SCORE_NOTE: _HIDDEN if hides else "",
        }
        for position, source in made_at:
            row.insert(position, made[source])
        yield row


@lru_cache(maxsize=4096)
def place_label(
    place: str, kind: str | None, name: str | None, district_type: str | None, district: str | None
) -> str:
    """A territory as the pages name it, in German; empty where there is none yet."""
    if not (kind and district_type and district):
        return ""
    territory = Territory(
        kind=kind, name=name or "", district=District(type=district_type, name=district)
    )
    with translation.override("de"):
        return territory.label(place)


@lru_cache(maxsize=4096)
def _cap(
    kind: str | None,
    population: int | None,
    standard_cap: Decimal,
    large_city_cap: Decimal,
    district_cap: Decimal,
    large_city_population: int,
) -> Decimal | None:
    if kind is None:
        return None
    rules = CapRules(
        district_cap=district_cap,
        large_city_cap=large_city_cap,
        standard_cap=standard_cap,
        large_city_population=large_city_population,
    )
    return cap_for(TerritoryKind(kind), population, rules).amount


@cache
def _labels() -> dict[str, str]:
    with translation.override("de"):
        return {each.value: str(each.label) for each in (*State, *Intake)}


@cache
def _legal_forms() -> dict[str, str]:
    with translation.override("de"):
        return {form.value: str(form.label) for form in LegalForm}


@cache
def _regions() -> dict[str, str]:
    with translation.override("de"):
        return {region.value: str(region.label) for region in Region}
