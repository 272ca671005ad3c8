"""The pages of the sections: saved half-done, with one field wrong, or over what others wrote."""

from decimal import Decimal

import pytest
from django.test import Client

from applications.enums import LineKind, State
from applications.models import Application
from buendnisse.models import User
from tests.applications.applicant_pages import hand_in, plan_data, url
from tests.factories.applications import (
    ApplicationFactory,
    BudgetLineFactory,
    DraftFactory,
    in_correction,
)
from tests.factories.buendnisse import (
    OtherMunicipalityFactory,
)

pytestmark = pytest.mark.django_db


def test_saving_half_done_keeps_what_there_is(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    response = applicant.post(
        url(application, "section", "project"),
        {"version": "0", "title": "Nur ein Titel", "period_start": ""},
    )

    assert response.headers["Location"] == url(application, "section", "project")
    application.refresh_from_db()
    assert (application.title, application.summary, application.version) == ("Nur ein Titel", "", 1)


def test_half_a_line_of_the_plan_is_kept(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    applicant.post(
        url(application, "section", "finances"),
        {"version": "0", "requested_amount": "", **plan_data(cost=[("Miete", ""), ("", "20")])},
    )

    lines = application.budget_lines.values_list("description", "amount")
    assert list(lines) == [("Miete", Decimal("0.00")), ("", Decimal("20.00"))]


def test_the_cap_is_told_with_its_reason_as_soon_as_there_is_a_territory(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    other = OtherMunicipalityFactory()

    content = applicant.post(
        url(application, "section", "place"),
        {"version": "0", "territory": other.code, "place": "Langenargen"},
        follow=True,
    ).content.decode()

    assert "Für Ihr Gebiet gilt ein Höchstbetrag von 15.000\xa0€" in content
    assert "vorläufig" in content


def test_a_mistyped_amount_keeps_all_words(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    response = applicant.post(
        url(application, "section", "finances"),
        {
            "version": "0",
            "requested_amount": "fünfzehntausend",
            **plan_data(cost=[("Miete", "1,2,3")]),
        },
    )

    content = response.content.decode()
    assert response.status_code == 200
    assert 'value="fünfzehntausend"' in content
    assert 'value="1,2,3"' in content
    assert 'href="#id_cost-0-amount"' in content
    application.refresh_from_db()
    # Of the plan the words alone could be stored.
    assert (application.requested_amount, application.version) == (None, 1)
    line = application.budget_lines.get()
    assert (line.description, line.amount) == ("Miete", Decimal("0.00"))


SAVED_IN_PART = "Gespeichert, bis auf die markierten Angaben."
PLAN_WAITS = "Der Kosten- und Finanzierungsplan ist noch nicht gespeichert."


def test_one_wrong_field_does_not_lose_the_others(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)
    address = url(application, "section", "project")
    data = {"title": "Begegnung", "goals": "Alle finden Anschluss.", "period_start": "31.02.2027"}

    response = applicant.post(address, {**data, "version": "0", "continue": "1"})

    content = response.content.decode()
    assert response.status_code == 200
    assert SAVED_IN_PART in content
    assert 'value="31.02.2027"' in content
    assert 'href="#id_period_start"' in content
    assert '<input type="hidden" name="version" value="1"' in content
    application.refresh_from_db()
    assert (application.title, application.period_start) == ("Begegnung", None)
    # The page can be mended and saved as it stands.
    applicant.post(address, {**data, "version": "1", "period_start": "28.02.2027"})
    application.refresh_from_db()
    assert (str(application.period_start), application.version) == ("2027-02-28", 2)


def test_a_wrong_amount_in_a_line_leaves_it_open_and_stores_all_else(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    plan = plan_data(cost=[("Miete", "100"), ("Honorare", "viel")], income=[("", "ca. 300")])

    content = applicant.post(
        url(application, "section", "finances"),
        {"version": "0", "requested_amount": "15.000", **plan},
    ).content.decode()

    assert SAVED_IN_PART in content
    assert PLAN_WAITS not in content
    assert 'value="viel"' in content
    assert 'href="#id_cost-1-amount">Ausgaben, Zeile 2, Betrag in Euro: ' in content
    application.refresh_from_db()
    assert application.requested_amount == Decimal("15000.00")
    assert list(application.budget_lines.values_list("description", "amount")) == [
        ("Miete", Decimal("100.00")),
        ("Honorare", Decimal("0.00")),
    ]


def test_words_that_cannot_be_stored_leave_the_whole_plan_unsaved_and_say_so(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner)
    plan = plan_data(cost=[("Miete", "100"), ("H" * 201, "viel")])

    content = applicant.post(
        url(application, "section", "finances"),
        {"version": "0", "requested_amount": "15.000", **plan},
    ).content.decode()

    assert SAVED_IN_PART in content
    assert PLAN_WAITS in content
    application.refresh_from_db()
    assert application.requested_amount == Decimal("15000.00")
    assert not application.budget_lines.exists()


def test_a_wrong_amount_does_not_lose_the_plan(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    content = applicant.post(
        url(application, "section", "finances"),
        {"version": "0", "requested_amount": "viel", **plan_data(cost=[("Miete", "100")])},
    ).content.decode()

    assert SAVED_IN_PART in content
    assert PLAN_WAITS not in content
    assert application.budget_lines.count() == 1
    # The same page once more, mended: its line is stored by now, and stays.
    applicant.post(
        url(application, "section", "finances"),
        {"version": "1", "requested_amount": "100", **plan_data(cost=[("Miete", "100")])},
    )
    assert list(application.budget_lines.values_list("description", flat=True)) == ["Miete"]


def test_a_stale_form_with_a_wrong_field_saves_nothing(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner, title="Von der anderen", version=3)

    content = applicant.post(
        url(application, "section", "project"),
        {"version": "2", "title": "Von mir", "period_start": "bald"},
    ).content.decode()

    assert SAVED_IN_PART not in content
    assert "Inzwischen wurde an anderer Stelle gespeichert" in content
    assert 'value="bald"' in content
    application.refresh_from_db()
    assert (application.title, application.version) == ("Von der anderen", 3)


MISSING_HERE = "Was in diesem Abschnitt noch fehlt"


@pytest.mark.parametrize("count", [1, 3])
def test_a_section_takes_as_many_queries_with_three_lines_as_with_one(
    count: int, applicant: Client, owner: User, django_assert_num_queries: object
) -> None:
    application = ApplicationFactory(owner=owner, plan=False)
    for _ in range(count):
        BudgetLineFactory(application=application)

    # Session, person, roles, application, organisations, plan, decisions, part.
    with django_assert_num_queries(9):  # type: ignore[operator]
        applicant.get(url(application, "section", "finances"))


def test_a_section_that_is_begun_says_what_it_lacks(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)
    address = url(application, "section", "project")

    before = applicant.get(address).content.decode()
    begun = applicant.post(address, {"version": "0", "title": "Begegnung"}, follow=True)

    assert MISSING_HERE not in before
    content = begun.content.decode()
    assert MISSING_HERE in content
    assert f'href="{address}#id_goals"' in content
    assert "#id_title" not in content


def test_one_more_line_loses_nothing_and_saves_nothing(applicant: Client, owner: User) -> None:
    application = DraftFactory(owner=owner)

    content = applicant.post(
        url(application, "section", "finances"),
        {"version": "0", "one_more": "cost", **plan_data(cost=[("Miete", "100")])},
    ).content.decode()

    assert 'name="cost-2-description"' in content
    assert 'name="cost-3-description"' not in content
    assert 'value="Miete"' in content
    assert not application.budget_lines.exists()


def test_a_stale_form_keeps_its_words_and_shows_what_is_stored(
    applicant: Client, owner: User
) -> None:
    application = DraftFactory(owner=owner, title="Von der anderen", version=3)
    address = url(application, "section", "project")

    content = applicant.post(address, {"version": "2", "title": "Von mir"}).content.decode()

    assert "Inzwischen wurde an anderer Stelle gespeichert" in content
    assert "Die andere Fassung, jetzt gespeichert" in content
    assert "Von der anderen" in content
    assert 'value="Von mir"' in content
    application.refresh_from_db()
    assert application.title == "Von der anderen"
    assert '<input type="hidden" name="version" value="3"' in content


def test_in_a_correction_the_way_leads_to_what_is_open(applicant: Client, owner: User) -> None:
    application = in_correction(owner, "goals", "contact_name")

    review = applicant.get(url(application, "review")).context["sections"]
    targets = [
        applicant.post(
            url(application, "section", section), {"version": version, "continue": "1", **data}
        ).headers["Location"]
        for version, (section, data) in enumerate(
            {"project": {"goals": "Genauer."}, "contact": {"contact_name": "Cem"}}.items()
        )
    ]

    assert [part.section for part in review if part.may_change] == ["project", "contact"]
    assert targets == [url(application, "section", "contact"), url(application, "review")]


def test_in_a_correction_a_wrong_field_does_not_lose_the_open_ones(
    applicant: Client, owner: User
) -> None:
    application = in_correction(owner, "goals", "period_end")

    content = applicant.post(
        url(application, "section", "project"),
        {"version": "0", "title": "Anders", "goals": "Genauer.", "period_end": "Weihnachten"},
    ).content.decode()

    assert SAVED_IN_PART in content
    assert 'value="Weihnachten"' in content
    application.refresh_from_db()
    assert (application.title, application.goals) == ("Begegnung im Stadtteil", "Genauer.")


def test_in_a_correction_only_the_named_fields_are_open(applicant: Client, owner: User) -> None:
    application = in_correction(owner, "goals")

    form = applicant.get(url(application, "section", "project")).context["form"]
    applicant.post(
        url(application, "section", "project"),
        {"version": "0", "title": "Anderer Titel", "goals": "Genauer."},
    )

    assert [name for name, field in form.fields.items() if not field.disabled] == [
        "version",
        "goals",
    ]
    application.refresh_from_db()
    assert (application.title, application.goals) == ("Begegnung im Stadtteil", "Genauer.")
    assert "Bitte die Ziele genauer." in applicant.get(url(application)).content.decode()
    hand_in(applicant, application)
    application.refresh_from_db()
    assert application.state == State.IN_REVIEW


def test_who_goes_on_reads_what_does_not_fit_in_the_section_before(
    applicant: Client, owner: User
) -> None:
    application = ApplicationFactory(owner=owner, plan=False)
    project = {
        name: getattr(application, name)
        for name in ("title", "summary", "goals", "activities", "participation")
    }

    def go_on(section: str, **data: str) -> list[tuple[str, str]]:
        version = str(Application.objects.get(pk=application.pk).version)
        response = applicant.post(
            url(application, "section", section),
            {"version": version, "continue": "1", **data},
            follow=True,
        )
        return [(message.level_tag, str(message)) for message in response.context["messages"]]

    reversed_days = go_on("project", **project, period_start="01.03.2027", period_end="01.02.2027")
    right_days = go_on("project", **project, period_start="01.03.2027", period_end="01.12.2027")
    plan = plan_data(cost=[("Miete", "100"), ("Druck", "")])
    finances = go_on("finances", requested_amount="90", **plan)
    balanced = go_on("finances", requested_amount="100", **plan_data(cost=[("Miete", "100")]))

    assert reversed_days == [
        (
            "warning",
            "Gespeichert. Im Abschnitt „Vorhaben“ fehlt noch etwas: Das Ende des Vorhabens liegt "
            "vor seinem Beginn. Bitte ändern Sie einen der beiden Tage.",
        )
    ]
    assert right_days == [("success", "Gespeichert.")]
    assert finances == [
        (
            "warning",
            "Gespeichert. Im Abschnitt „Kosten und Finanzierung“ fehlt noch etwas: Kosten- und "
            "Finanzierungsplan, Ausgaben, Zeile 2: Es fehlt noch „Betrag in Euro“. Bitte ergänzen "
            "oder leeren Sie diese Zeile. Die Finanzierung ist 10\xa0€ niedriger als die "
            "Ausgaben. Bitte gleichen Sie beides an: Die Ausgaben betragen 100\xa0€, die "
            "Finanzierung mit der Zuwendung 90\xa0€.",
        )
    ]
    assert balanced == [("success", "Gespeichert.")]


def test_a_half_line_of_the_plan_is_named_and_linked(applicant: Client, owner: User) -> None:
    application = ApplicationFactory(owner=owner, plan=False)
    for kind, description, amount in (
        (LineKind.COST, "Miete", 100),
        (LineKind.COST, "Druck", 0),
        (LineKind.THIRD_PARTY, "", 20),
    ):
        BudgetLineFactory(
            application=application, kind=kind, description=description, amount=amount
        )
    address = url(application, "section", "finances")

    page = applicant.get(address)

    links = {item.url.removeprefix(address): item.sentence for item in page.context["missing"]}
    assert links["#id_cost-1-amount"].startswith(
        "Kosten- und Finanzierungsplan, Ausgaben, Zeile 2: Es fehlt noch „Betrag in Euro“."
    )
    assert links["#id_third_party-0-description"].startswith(
        "Kosten- und Finanzierungsplan, Drittmittel, Zeile 1: Es fehlt noch „Bezeichnung“."
    )
    content = page.content.decode()
    assert 'id="id_cost-1-amount"' in content
    assert 'id="id_third_party-0-description"' in content
