"""Sections in addresses: German words outside, the code's names inside."""

from typing import Final

_SLUGS: Final = {
    "place": "gebiet",
    "project": "vorhaben",
    "finances": "finanzierung",
    "contact": "ansprechperson",
    "declarations": "erklaerungen",
}
_SECTIONS: Final = {slug: section for section, slug in _SLUGS.items()}


class SectionConverter:
    regex = "|".join(_SECTIONS)

    def to_python(self, value: str) -> str:
        return _SECTIONS[value]

    def to_url(self, value: str) -> str:
        """Refuses, with `ValueError`, what is no section: then no address matches."""
        if value not in _SLUGS:
            raise ValueError(f"no section: {value}")
        return _SLUGS[value]
