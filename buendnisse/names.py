"""Comparing names of organisations the way people do: "Caritas e. V." is "caritas e.V."."""

import unicodedata

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LEGAL_FORMS = ("eingetragener verein", "e v", "ev", "ggmbh", "gmbh")


def name_key(name: str) -> str:
    """The part of a name that tells one organisation from another.

    Umlauts are folded, punctuation and a legal form at the end are dropped. Two spellings of one
    organisation give the same key; a key is never shown to anybody.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_FOLDED)
    folded = unicodedata.normalize("NFKD", folded)
    kept = "".join(
        character if character.isalnum() else " " if character.isspace() or character == "-" else ""
        for character in folded
    )
    key = " ".join(kept.split())
    for form in _LEGAL_FORMS:
        if key.endswith(f" {form}"):
            return key.removesuffix(f" {form}")
    return key
