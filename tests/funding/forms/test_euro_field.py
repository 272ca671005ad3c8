from decimal import Decimal

import pytest
from django import forms
from django.db import models
from django.utils import translation

from funding.forms.fields import EuroField

EXAMPLE = "Bitte geben Sie einen Betrag in Euro ein, zum Beispiel 1.234,50."


class GrantForm(forms.Form):
    requested = EuroField(min_value=Decimal("0.01"), max_value=Decimal("50000.00"))


class IncomeForm(forms.Form):
    income = EuroField(required=False)


@pytest.mark.parametrize(
    "typed, amount",
    [
        ("1.234,50", Decimal("1234.50")),
        ("1234.50", Decimal("1234.50")),
        ("1 234,50 €", Decimal("1234.50")),
        (" 15000 ", Decimal("15000.00")),
        ("50.000", Decimal("50000.00")),
        ("0,01", Decimal("0.01")),
    ],
)
def test_euro_field_reads_amounts_as_people_write_them(typed, amount):
    form = GrantForm({"requested": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"requested": amount}
    assert form.cleaned_data["requested"].as_tuple().exponent == -2


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", EXAMPLE),
        (" € ", EXAMPLE),
        ("viel", EXAMPLE),
        ("1.23.4", EXAMPLE),
        ("1\x00", EXAMPLE),
        ("9" * 1_000_000, EXAMPLE),
        (
            "12,345",
            "Dieser Betrag lässt sich auf zwei Arten lesen. Bitte schreiben Sie die Cent mit einem "
            "Komma und die Tausender mit einem Punkt oder ohne, zum Beispiel 1.234,50 oder 1234.",
        ),
        (
            "1.234,567",
            "Bitte geben Sie höchstens zwei Stellen für die Cent ein, zum Beispiel 1.234,50.",
        ),
        (
            "١٢٣",
            "Bitte schreiben Sie den Betrag mit den Ziffern 0 bis 9, zum Beispiel 1.234,50.",
        ),
        ("-5", "Bitte geben Sie den Betrag ohne Minuszeichen ein, zum Beispiel 1.234,50."),
        ("0", "Bitte geben Sie mindestens 0,01\u00a0€ ein."),
        ("50.000,01", "Bitte geben Sie höchstens 50.000\u00a0€ ein."),
        ("99999999999999", "Bitte geben Sie höchstens 50.000\u00a0€ ein."),
    ],
)
def test_euro_field_refuses_with_a_sentence_and_keeps_what_was_typed(typed, sentence):
    form = GrantForm({"requested": typed})
    assert {name: list(errors) for name, errors in form.errors.items()} == {"requested": [sentence]}
    assert form["requested"].value() == typed


@pytest.mark.parametrize("typed", ["", "  ", "€"])
def test_euro_field_that_is_not_required_can_be_empty(typed):
    form = IncomeForm({"income": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"income": None}


def test_euro_field_that_is_not_required_takes_zero_as_an_amount():
    form = IncomeForm({"income": "0"})
    assert form.is_valid()
    assert form.cleaned_data == {"income": Decimal("0.00")}


def test_euro_field_writes_the_stored_amount_and_asks_for_a_decimal_keyboard():
    form = GrantForm(initial={"requested": Decimal("1234.5")})
    html = str(form["requested"])
    assert 'type="text"' in html
    assert 'value="1.234,50"' in html
    assert 'inputmode="decimal"' in html


def test_euro_field_knows_that_nothing_changed():
    unchanged = GrantForm({"requested": "1.234,5"}, initial={"requested": Decimal("1234.50")})
    changed = GrantForm({"requested": "1.234,51"}, initial={"requested": Decimal("1234.50")})
    assert unchanged.has_changed() is False
    assert changed.has_changed() is True


def test_euro_field_that_is_disabled_keeps_the_stored_amount():
    field = EuroField(disabled=True)
    assert field.clean(Decimal(15000)) == Decimal("15000.00")


def test_euro_field_serves_a_model_field_and_its_limit():
    column = models.DecimalField(max_digits=6, decimal_places=2)
    field = column.formfield(form_class=EuroField)
    assert isinstance(field, EuroField)
    assert field.clean("9.999,99") == Decimal("9999.99")
    with pytest.raises(forms.ValidationError):
        field.clean("10.000")


def test_euro_field_refuses_a_column_with_other_places():
    with pytest.raises(ValueError, match="two decimal places"):
        EuroField(decimal_places=3)


@pytest.mark.parametrize("stored", ["0.01", "999.00", "15000.00", "1234.50", "9999999999.99"])
@pytest.mark.parametrize("written_in", ["de", "en"])
@pytest.mark.parametrize("read_in", ["de", "en"])
def test_euro_field_reads_what_it_wrote_in_either_language(stored, written_in, read_in):
    field = EuroField()
    with translation.override(written_in):
        shown = field.prepare_value(Decimal(stored))
    with translation.override(read_in):
        assert field.clean(shown) == Decimal(stored)


def test_euro_field_in_english_writes_and_explains_as_its_readers_do():
    with translation.override("en"):
        assert EuroField().prepare_value(Decimal(15000)) == "15,000.00"
        form = GrantForm({"requested": "15,000"})
        assert form.errors["requested"] == [
            "This amount can be read in two ways. Please write it without a comma, or with the "
            "cents as well, for example 1234 or 1,234.50."
        ]
        for example in ("1234", "1,234.50"):
            assert GrantForm({"requested": example}).is_valid()
