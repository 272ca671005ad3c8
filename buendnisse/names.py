"""Comparing names of organisations the way people do: "Caritas e. V." is "caritas e.V."."""

import unicodedata

_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LEGAL_FORMS = ("eingetragener verein", "ev", "ggmbh", "gmbh", "mbh", "stiftung")


def name_key(name: str) -> str:
    """The part of a name that tells one organisation from another.

    Umlauts are folded, punctuation and a legal form at the end are dropped. Two spellings of one
    organisation give the same key; a key is never shown to anybody.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_FOLDED)
    folded = unicodedata.normalize("NFKD", folded)
    words = "".join(
        character if character.isalnum() else " " if character.isspace() or character == "-" else ""
        for character in folded
    ).split()
    # "e. V." reads as two words; put it together before looking for it.
    if len(words) > 2 and words[-2:] == ["e", "v"]:
        words[-2:] = ["ev"]
    if len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)
