"""What a mail address says about where somebody works."""

from functools import cache
from pathlib import Path
from typing import Final

_LIST: Final = Path(__file__).resolve().parent / "data" / "public_mail_domains.txt"


@cache
def public_domains() -> frozenset[str]:
    """The domains of ``data/public_mail_domains.txt``: everybody can have an address there."""
    lines = (line.strip() for line in _LIST.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def telling_domain(email: str) -> str:
    """The domain of an address that belongs to an organisation; empty for a public provider's."""
    domain = email.rpartition("@")[2].strip().strip(".").lower()
    if "." not in domain or any(each in public_domains() for each in _with_those_above(domain)):
        return ""
    return domain


def is_same_house(domain: str, other: str) -> bool:
    """Whether one is the other or lies below it: "aalen.caritas.de" and "caritas.de"."""
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")


def _with_those_above(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]
