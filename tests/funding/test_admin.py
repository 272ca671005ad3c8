"""Money in the admin: tranches by two people, awards and their export, the ledger to read."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.enums import State
from buendnisse.exports.columns import ListFormat, media_type
from buendnisse.exports.files import file_pieces
from buendnisse.models import ExportRecord
from buendnisse.roles import Role
from funding.models import Award, Tranche
from funding.services.award_list import COLUMNS, SHEET, award_rows
from tests.factories.buendnisse import StadtkreisFactory, UserFactory
from tests.factories.cases import Round
from tests.factories.funding import AnnouncedAwardFactory, AwardFactory
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

AWARDS = "admin:funding_award_changelist"


def tranche_data(round_: Round, **changes: object) -> dict[str, object]:
    return {
        "programme_year": round_.year.pk,
        "amount": "300.000",
        "value_date": "01.10.2016",
        "origin": "carry_over",
        "reference": "Kap. 0919",
    } | changes


def test_a_tranche_is_proposed_by_one_and_confirmed_by_another() -> None:
    round_ = Round(money=None)
    first, second = client_of(round_.budget_officer), client_of(round_.second_budget_officer)
    pdf = SimpleUploadedFile("Beleg.pdf", b"%PDF-1.7 Beleg", "application/pdf")
    data = tranche_data(round_, document=pdf)
    response = first.post(reverse("admin:funding_tranche_add"), data, follow=True)
    assert "Tranche 2016-1 über 300.000\u00a0€ ist vorgeschlagen." in text(response)
    tranche = Tranche.objects.get()
    confirm = reverse("admin:funding_tranche_confirm", args=[tranche.pk])
    assert "Bestätigen muss sie eine andere Person" in text(first.get(confirm))
    assert "Bestätigen muss sie eine andere Person" in text(first.post(confirm))
    assert [item.count for item in first.get(reverse("admin:index")).context["waiting"]] == []
    (waiting,) = second.get(reverse("admin:index")).context["waiting"]
    assert list(second.get(waiting.url).context["cl"].result_list) == [tranche]
    response = second.post(confirm, follow=True)
    assert "300.000\u00a0€ stehen zur Verfügung." in text(response)
    tranche.refresh_from_db()
    assert tranche.confirmed_by == round_.second_budget_officer
    assert "Das hat schon Haushalt 2 bestätigt, am " in text(second.post(confirm))
    document = second.get(reverse("admin:funding_tranche_document", args=[tranche.pk]))
    assert b"".join(document.streaming_content) == b"%PDF-1.7 Beleg"
    assert document.headers["Content-Disposition"] == 'attachment; filename="beleg-2016-1.pdf"'
    assert document.headers["X-Content-Type-Options"] == "nosniff"


def test_money_of_a_later_day_is_said_to_come_then() -> None:
    round_ = Round(year=2098, money=None)
    later = round_.propose_money(Decimal("1000.00"), value_date=date(2099, 12, 1))
    confirm = reverse("admin:funding_tranche_confirm", args=[later.pk])
    page = client_of(round_.second_budget_officer).post(confirm, follow=True)
    assert "1.000\u00a0€ stehen ab dem 1. Dezember 2099 zur Verfügung." in text(page)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": "viel"}, "Bitte geben Sie einen Betrag in Euro ein"),
        ({"amount": "0"}, "Bitte geben Sie mindestens 0,01\u00a0€ ein."),
        ({"value_date": "31.02.2016"}, "Bitte geben Sie einen Tag ein, den es gibt"),
        ({"origin": ""}, "Bitte wählen Sie, woher das Geld kommt."),
        ({"reference": ""}, "Bitte geben Sie die Haushaltsreferenz an."),
        (
            {"document": SimpleUploadedFile("x.pdf", b"<html>", "application/pdf")},
            "Bitte wählen Sie eine PDF-Datei.",
        ),
    ],
)
def test_wrong_input_is_named_and_kept(changes: dict[str, object], sentence: str) -> None:
    round_ = Round(money=None)
    data = tranche_data(round_, **changes)
    page = client_of(round_.budget_officer).post(reverse("admin:funding_tranche_add"), data)
    assert sentence in text(page)
    for name in ("amount", "value_date", "reference"):
        assert page.context["form"][name].value() == data[name]
    assert not Tranche.objects.exists()


def test_a_proposed_tranche_is_declined_with_a_reason() -> None:
    round_ = Round(money=None)
    tranche = round_.propose_money(Decimal("1000.00"))
    client = client_of(round_.second_budget_officer)
    decline = reverse("admin:funding_tranche_decline", args=[tranche.pk])
    assert "warum das verworfen wird" in text(client.post(decline))
    client.post(decline, {"reason": "Doppelt."})
    tranche.refresh_from_db()
    assert tranche.decline_reason == "Doppelt."
    change = reverse("admin:funding_tranche_change", args=[tranche.pk])
    assert client.get(change).context["steps"] == []


@pytest.mark.parametrize(
    ("state", "numbers"),
    [("offen", [2]), ("von-mir", [2]), ("bestaetigt", [1]), ("verworfen", []), ("", [1, 2])],
)
def test_tranches_by_state(state: str, numbers: list[int]) -> None:
    round_ = Round()
    round_.propose_money(Decimal("1000.00"))
    client = client_of(round_.second_budget_officer)
    page = client.get(f"{reverse('admin:funding_tranche_changelist')}?stand={state}")
    assert [tranche.number for tranche in page.context["cl"].result_list] == numbers


@pytest.mark.parametrize("number", [1, 3])
def test_tranche_list_has_a_constant_number_of_queries(
    number: int, django_assert_num_queries: object
) -> None:
    round_ = Round(money=None)
    for _ in range(number):
        round_.add_money(Decimal("1000.00"))
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(8):  # type: ignore[operator]
        client.get(reverse("admin:funding_tranche_changelist"))


@pytest.mark.parametrize("number", [1, 3])
def test_award_list_has_a_constant_number_of_queries(
    number: int, django_assert_num_queries: object
) -> None:
    AwardFactory.create_batch(number)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(9):  # type: ignore[operator]
        client.get(reverse(AWARDS))


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ("", ["GIV-2016-0001", "GIV-2016-0002", "GIV-2016-0003", "GIV-2015-0001"]),
        ("?bekannt=ja", ["GIV-2016-0001", "GIV-2015-0001"]),
        ("?bekannt=nein&o=-0", ["GIV-2016-0003", "GIV-2016-0002"]),
        ("?q=Heidelberg", ["GIV-2016-0003"]),
        ("?district__region__exact=082", ["GIV-2016-0003"]),
        ("?territory_kind__exact=stadtkreis", ["GIV-2016-0003"]),
        ("?p=1&bekannt=ja", ["GIV-2016-0001", "GIV-2015-0001"]),
        ("?q=nirgends", []),
    ],
)
def test_export_is_what_the_filter_shows(query: str, references: list[str]) -> None:
    heidelberg = StadtkreisFactory()
    AnnouncedAwardFactory(reference="GIV-2015-0001", programme_year__year=2015)
    AnnouncedAwardFactory(reference="GIV-2016-0001")
    AwardFactory(reference="GIV-2016-0002")
    AwardFactory(
        reference="GIV-2016-0003",
        district=heidelberg.district,
        territory_kind="stadtkreis",
        territory_name="Stadtkreis Heidelberg",
    )
    client = client_of(UserFactory(roles=[Role.CASE_OFFICER]))
    page = client.get(reverse(AWARDS) + query.replace("p=1&", ""))
    assert [award.reference for award in page.context["cl"].result_list] == references
    for form in ListFormat:
        address = reverse("admin:funding_award_export", args=["zuwendungen", form.value])
        response = client.get(address + query)
        assert response.streaming
        file = b"".join(response.streaming_content)
        rows = award_rows(page.context["cl"].queryset)
        assert file == b"".join(file_pieces(COLUMNS, rows, form, sheet=SHEET))
        assert response.headers["Content-Disposition"].endswith(
            ('.xlsx"', '-excel.csv"', '-machine.csv"')
        )
        assert response.headers["Content-Type"] == media_type(form)
        record = ExportRecord.objects.latest("pk")
        assert (record.list_name, record.form, record.query) == ("Zuwendungen", form, query[1:])
        assert (record.rows, record.is_whole) == (len(references), True)


def test_export_links_carry_the_filter() -> None:
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    page = text(client.get(reverse(AWARDS) + "?bekannt=ja&q=Caf%C3%A9"))
    excel = reverse("admin:funding_award_export", args=["zuwendungen", "excel"])
    assert f'href="{excel}?bekannt=ja&amp;q=Caf%C3%A9"' in page


def test_unknown_forms_and_filters_export_nothing() -> None:
    # The filter is there once there are two years to choose from.
    AwardFactory(programme_year__year=2015)
    AwardFactory(programme_year__year=2016)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    assert client.get("/verwaltung/funding/award/export/zuwendungen/pdf/").status_code == 404
    export = reverse("admin:funding_award_export", args=["zuwendungen", "excel"])
    assert client.get(f"{export}?programme_year__id__exact=x").status_code == 400


def test_awards_taken_back_are_left_out_but_can_be_read() -> None:
    round_ = Round()
    application = round_.case(State.AWARDED)
    award = Award.objects.get()
    round_.withdraw(application)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    assert list(client.get(reverse(AWARDS)).context["cl"].result_list) == []
    change = reverse("admin:funding_award_change", args=[award.pk])
    assert client.get(change).status_code == 200
