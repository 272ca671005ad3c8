"""What the forms of the sections read, refuse and keep; gaps and caps in words."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from applications.cap_sentences import cap_note
from applications.enums import LineKind
from applications.forms.fields import TerritoryField
from applications.forms.plan import MOST_LINES, PlanForm
from applications.forms.sections import SECTION_FORMS, ProjectForm
from applications.gap_sentences import field_label, sentence_for
from applications.models import Application
from applications.presentation import section_rows
from applications.rules.completeness import Gap, GapCode
from applications.rules.finance_plan import PlanProblemCode
from applications.section_states import Progress, progress_of
from applications.sections import SECTION_OF_FIELD, SECTIONS
from buendnisse.forms.days import DayField
from buendnisse.models import DistrictType
from tests.factories.applications import ApplicationFactory, BudgetLineFactory, DraftFactory
from tests.factories.buendnisse import (
    DistrictFactory,
    LandkreisFactory,
    OtherMunicipalityFactory,
    StadtkreisFactory,
    TerritoryFactory,
)

ALL_FIELDS = frozenset(SECTION_OF_FIELD)
PARAMS = {
    "gap": Decimal("1.50"),
    "costs": Decimal("10.00"),
    "funding": Decimal("8.50"),
    "percent": Decimal("12.50"),
    "own_funds": Decimal("1.00"),
    "minimum": Decimal("2.00"),
    "maximum": Decimal("3.00"),
    "grant": Decimal("4.00"),
    "cap": Decimal("15000.00"),
    "requested": Decimal("20000.00"),
    "field": "costs",
    "kind": "statutes",
    "opens_on": date(2016, 5, 1),
    "table": "cost",
    "line": "2",
    "part": "amount",
}


def posted(**data: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(data)
    return query


def plan_posted(kind: LineKind, *rows: tuple[str, str]) -> QueryDict:
    data = {f"{each}-{name}_FORMS": "0" for each in LineKind for name in ("TOTAL", "INITIAL")}
    data[f"{kind}-TOTAL_FORMS"] = str(len(rows))
    for number, (description, amount) in enumerate(rows):
        data |= {f"{kind}-{number}-description": description, f"{kind}-{number}-amount": amount}
    return posted(**data)


@pytest.mark.parametrize(
    "text",
    [
        "1.3.2027",
        "01.03.2027",
        "1.3.27",
        "2027-03-01",
        " 01.03.2027 ",
        "01032027",
        "1/3/2027",
        "1. 3. 2027",
        "1. März 2027",
        "1 Mrz. 27",
        "1 March 2027",
        "1.maerz 2027",
    ],
)
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert DayField(required=False).clean(text) == date(2027, 3, 1)


FORMAT = "Bitte geben Sie einen Tag so ein: Tag.Monat.Jahr, zum Beispiel 01.03.2027."
NO_SUCH_DAY = (
    "Diesen Tag gibt es im Kalender nicht. Bitte prüfen Sie Tag und Monat, zum Beispiel 01.03.2027."
)
YEAR = "Bitte geben Sie ein Jahr zwischen 2000 und 2099 ein."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("morgen", FORMAT),
        ("1. Brumaire 2027", FORMAT),
        ("1.3.", FORMAT),
        ("\x00", FORMAT),
        ("١.٣.٢٠٢٧", FORMAT),
        ("1" * 999, FORMAT),
        ("31.02.2027", NO_SUCH_DAY),
        ("31. Februar 2027", NO_SUCH_DAY),
        ("01132027", NO_SUCH_DAY),
        ("0.0.0000", NO_SUCH_DAY),
        ("1.3.0001", YEAR),
        ("1.3.9999", YEAR),
    ],
)
def test_days_that_are_none_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ProjectForm.base_fields["period_start"].clean(text)

    assert refused.value.messages == [sentence]


def test_a_day_is_typed_with_all_keys() -> None:
    assert "inputmode" not in DayField().widget.render("day", None)


@pytest.mark.django_db
def test_territories_stand_under_their_district_itself_first() -> None:
    other, town, district = OtherMunicipalityFactory(), TerritoryFactory(), LandkreisFactory()
    city = StadtkreisFactory()

    groups = list(TerritoryField().choices)[1:]

    assert [(name, [str(label) for _, label in places]) for name, places in groups] == [
        ("Bodenseekreis", [str(district), str(town), str(other)]),
        ("Stadtkreis Heidelberg", [str(city)]),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("section", list(SECTIONS))
def test_every_section_can_be_saved_empty(section: str) -> None:
    form = SECTION_FORMS[section](
        posted(version="0"), application=DraftFactory(), open_fields=ALL_FIELDS
    )

    assert form.is_valid(), form.errors
    assert set(form.values()) == set(SECTIONS[section]) - {"budget_lines"}


@pytest.mark.django_db
def test_a_form_shows_what_is_stored() -> None:
    application = ApplicationFactory()

    form = SECTION_FORMS["place"](application=application, open_fields=ALL_FIELDS)

    assert form["territory"].value() == application.territory.code
    assert f'value="{application.territory.code}" selected' in str(form["territory"])


@pytest.mark.django_db
def test_fields_that_are_not_open_are_not_read() -> None:
    form = ProjectForm(
        posted(version="0", title="Neu", goals="Neu"),
        application=ApplicationFactory(),
        open_fields=frozenset({"goals"}),
    )

    assert form.is_valid()
    assert form.values() == {"goals": "Neu"}


@pytest.mark.django_db
def test_a_text_that_is_too_long_says_its_length() -> None:
    form = ProjectForm(
        posted(version="0", title="x" * 121),
        application=DraftFactory(),
        open_fields=ALL_FIELDS,
    )

    assert form.errors["title"] == [
        "Der Text hat 121 Zeichen, möglich sind höchstens 120. Bitte kürzen Sie ihn."
    ]
    long = ProjectForm(
        posted(version="0", goals="x" * 4312), application=DraftFactory(), open_fields=ALL_FIELDS
    )
    assert long.errors["goals"] == [
        "Der Text hat 4.312 Zeichen, möglich sind höchstens 4.000. Bitte kürzen Sie ihn."
    ]
    assert "Höchstens 4.000 Zeichen." in form["goals"].help_text
    assert "maxlength" not in str(form["goals"])


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30])
def test_a_forged_version_is_an_error_of_the_form(version: str) -> None:
    form = ProjectForm(posted(version=version), application=DraftFactory(), open_fields=ALL_FIELDS)

    assert list(form.errors) == ["version"]


@pytest.mark.django_db
def test_the_plan_leaves_out_what_was_emptied() -> None:
    application = DraftFactory()
    BudgetLineFactory(application=application)

    plan = PlanForm(
        plan_posted(LineKind.COST, ("", ""), ("Miete", "1.200,50")),
        application=application,
        is_open=True,
    )

    assert plan.is_valid()
    assert [(line.kind, line.description, line.amount) for line in plan.lines() or []] == [
        (LineKind.COST, "Miete", Decimal("1200.50"))
    ]


@pytest.mark.django_db
def test_a_closed_plan_gives_no_lines() -> None:
    plan = PlanForm(
        plan_posted(LineKind.COST, ("Miete", "1")), application=DraftFactory(), is_open=False
    )

    assert plan.lines() is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("total", "shown"), [("1", 2), ("59", 60), ("60", MOST_LINES), ("9" * 50, MOST_LINES)]
)
def test_one_more_line_has_an_end(total: str, shown: int) -> None:
    data = plan_posted(LineKind.COST)
    data["cost-TOTAL_FORMS"] = total

    plan = PlanForm(data, application=DraftFactory(), is_open=True, one_more="cost")

    assert len(plan.formsets[0].forms) == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("factory", "place", "sentence"),
    [
        (
            TerritoryFactory,
            "",
            "Für Ihr Gebiet gilt ein Höchstbetrag von 15.000\xa0€. Mehr ist nur für Landkreise, "
            "Stadtkreise und Städte ab 100.000 Einwohnern möglich.",
        ),
        (OtherMunicipalityFactory, "Daisendorf", "Für Ihr Gebiet gilt ein Höchstbetrag von 15.000"),
        (LandkreisFactory, "", "Bodenseekreis: Es gilt ein Höchstbetrag von 50.000\xa0€, weil Ihr"),
        (StadtkreisFactory, "", "Stadtkreis Heidelberg: Es gilt ein Höchstbetrag von 50.000\xa0€"),
    ],
)
def test_the_cap_is_said_with_its_reason(factory: type, place: str, sentence: str) -> None:
    note = cap_note(DraftFactory(territory=factory(), place=place))

    assert note is not None
    assert note.sentence.startswith(sentence)


@pytest.mark.django_db
def test_a_large_city_has_its_own_reason() -> None:
    district = DistrictFactory(ags="08415", name="Reutlingen", type=DistrictType.LANDKREIS)
    city = TerritoryFactory(
        code="08415061", name="Reutlingen", population=116_000, district=district
    )

    note = cap_note(DraftFactory(territory=city))

    assert note is not None
    assert note.amount == Decimal("50000.00")
    assert "weil die Stadt mindestens 100.000 Einwohner hat" in note.sentence


@pytest.mark.django_db
def test_without_a_territory_there_is_no_cap() -> None:
    assert cap_note(DraftFactory()) is None


@pytest.mark.parametrize("code", [*GapCode, *PlanProblemCode])
def test_every_gap_has_a_sentence_without_open_places(code: str) -> None:
    sentence = sentence_for(Gap("project", "title", code, PARAMS))

    assert sentence
    assert "%" not in sentence


def test_a_gap_in_the_plan_names_the_amounts() -> None:
    sentence = sentence_for(
        Gap("finances", "budget_lines", PlanProblemCode.FUNDING_TOO_LOW, PARAMS)
    )

    assert sentence == (
        "Die Finanzierung ist 1,50\xa0€ niedriger als die Ausgaben. Bitte gleichen Sie beides an: "
        "Die Ausgaben betragen 10\xa0€, die Finanzierung mit der Zuwendung 8,50\xa0€."
    )


@pytest.mark.parametrize("field", [*SECTION_OF_FIELD, "lead", "organisations"])
def test_every_field_has_a_name(field: str) -> None:
    assert field_label(field)


@pytest.mark.django_db
def test_a_section_is_empty_begun_or_complete() -> None:
    gap = Gap("project", "goals", GapCode.MISSING)

    assert progress_of(DraftFactory(), "project", [gap]) == Progress.EMPTY
    assert progress_of(DraftFactory(title="Begegnung"), "project", [gap]) == Progress.BEGUN
    assert progress_of(DraftFactory(), "project", []) == Progress.COMPLETE
    with_plan = BudgetLineFactory().application
    assert progress_of(with_plan, "finances", [Gap("finances", "x", "y")]) == Progress.BEGUN


@pytest.mark.django_db
def test_sections_are_read_in_words() -> None:
    application: Application = ApplicationFactory(contact_phone="")

    values = {
        row.label: row.value for section in SECTIONS for row in section_rows(application, section)
    }

    assert values["Beginn des Vorhabens"] == "1. September 2016"
    assert values["Beantragte Zuwendung"] == "15.000\xa0€"
    assert values["Telefon"] == "–"
    assert values["Alle Angaben sind vollständig und richtig."] == "Ja"
