"""A name as German dictionaries sort it, stored beside it so that every database agrees."""

import unicodedata
from typing import Any

from django.db import models

# Sorts before every letter in every collation; some skip spaces and hyphens, and some do not.
_GAP = "0"


def sort_name(name: str) -> str:
    """The name as it is looked up (DIN 5007-1): an umlaut as its vowel, "ß" as "ss", no capitals.

    "Böblingen" comes before "Breisgau-Hochschwarzwald", "Bad Urach" before "Baden-Baden".
    """
    folded = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(
        character if character.isalnum() else " "
        for character in folded
        if not unicodedata.combining(character)
    )
    return _GAP.join(kept.split())


class SortNameField(models.CharField):
    """Written with every save, from the field ``name`` of its row; nobody types it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 100, "editable": False, "blank": True, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001
        value = sort_name(model_instance.name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, value)
        return value
