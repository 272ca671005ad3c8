"""Names of organisations, compared the way people do."""

import pytest

from buendnisse.names import name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Caritas e. V.", "caritas"),
        ("caritas e.V.", "caritas"),
        ("CARITAS eV", "caritas"),
        ("Caritas eingetragener Verein", "caritas"),
        ("Wabe gGmbH", "wabe"),
        ("Bürgerstiftung Überlingen", "buergerstiftung ueberlingen"),
        ("Buergerstiftung Ueberlingen", "buergerstiftung ueberlingen"),
        ("Straße der Freundschaft", "strasse der freundschaft"),
        ("Café Intégration", "cafe integration"),
        ("Asyl-Kreis  Aldingen", "asyl kreis aldingen"),
        ("„Willkommen!“", "willkommen"),
        ("Freundeskreis (Asyl) 2015", "freundeskreis asyl 2015"),
        ("e. V.", "e v"),
        ("Stiftung", "stiftung"),
        (" – ", ""),
        ("", ""),
    ],
)
def test_name_key_keeps_what_tells_organisations_apart(name: str, key: str) -> None:
    assert name_key(name) == key


def test_name_key_of_a_key_is_the_key() -> None:
    assert name_key(name_key("Bürgerverein Weingarten e. V.")) == "buergerverein weingarten"


def test_name_key_tells_different_organisations_apart() -> None:
    names = ["Caritas Ulm", "Caritas Biberach", "Diakonie Biberach", "Diakonie Biberach 2"]
    assert len({name_key(name) for name in names}) == 4
