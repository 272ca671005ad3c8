"""The applications as a file: who applies, for what, how far it is, and what was found of it."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import translation

from applications.enums import Intake, State
from applications.models import Application, Review
from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row, by_source, together
from buendnisse.models import District, LegalForm, Territory, User
from buendnisse.models.territory import Region
from funding.rules.caps import CapRules, TerritoryKind, cap_for
from funding.services.verification import short_heads_by_year

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
HEADS: Final = "heads"


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
    Column("Buchungsstand", HEADS),
)
_MADE: Final = (CLAIMED, CONFIRMED, CAP, OFFICER, SCORE_NOTE, HEADS)
_PLACE: Final = ("kind", "name", "district__type", "district__name")
_CLAIMED: Final = ("place", *(f"territory__{name}" for name in _PLACE))
_CONFIRMED: Final = ("confirmed_place", *(f"confirmed_territory__{name}" for name in _PLACE))
_CAPS: Final = (
    "confirmed_territory__kind",
    "confirmed_territory__population",
    "programme_year__standard_cap",
    "programme_year__large_city_cap",
    "programme_year__district_cap",
    "programme_year__large_city_population",
)
_OFFICER: Final = ("officer__name", "officer__email")
# Every field that the query gives, each once.
QUERIED: Final = tuple(
    dict.fromkeys(
        (
            "hides_score",
            *_OFFICER,
            *_CLAIMED,
            *_CONFIRMED,
            *_CAPS,
            *(column.source for column in COLUMNS if column.source not in _MADE),
        )
    )
)
_HIDDEN: Final = "erst nach Ihrer eigenen Bewertung"


def listed_applications(
    applications: QuerySet[Application], *, user: User
) -> QuerySet[Application]:
    """The same rows in the same order, with what the columns need besides the fields.

    Whoever is on the jury for an application and has not scored it sees no score of it.
    """
    unscored = Review.objects.unscored_by(user).filter(application=OuterRef("pk"))
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

    Two queries; rows are read as they are taken. The heads of the ledger's chains are read first:
    whatever they cover had been booked before the awards were read.
    """
    heads = short_heads_by_year()
    sources = [column.source for column in COLUMNS]
    found = listed_applications(applications, user=user).values_list(*QUERIED)
    for taken in together(found.iterator(chunk_size=CHUNK_SIZE), CHUNK_SIZE):
        values = by_source(QUERIED, taken)

        def all_of(
            names: Sequence[str], values: dict[str, Sequence[Any]] = values
        ) -> Iterator[Any]:
            return zip(*(values[name] for name in names), strict=True)

        hidden = values["hides_score"]
        values[CLAIMED] = [place_label(*parts) for parts in all_of(_CLAIMED)]
        values[CONFIRMED] = [place_label(*parts) for parts in all_of(_CONFIRMED)]
        values[CAP] = [_cap(*parts) for parts in all_of(_CAPS)]
        values[OFFICER] = [name or email for name, email in all_of(_OFFICER)]
        values[SCORE] = _shown(values[SCORE], hidden)
        values[PARTICIPATION] = _shown(values[PARTICIPATION], hidden)
        values[SCORE_NOTE] = [_HIDDEN if hides else "" for hides in hidden]
        values[HEADS] = [heads.get(year, "") for year in values["programme_year__year"]]
        yield from all_of(sources)


def _shown(scores: Iterable[Decimal | None], hidden: Iterable[bool]) -> list[Decimal | None]:
    pairs = zip(scores, hidden, strict=True)
    return [None if hides else score for score, hides in pairs]


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
