

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
