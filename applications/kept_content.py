"""A version as it was submitted, in words: read from the kept content, never from present rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.functional import Promise

from applications.consents import words_of_consent
from applications.enums import AttachmentKind, LineKind
from applications.gap_sentences import field_label
from applications.models import Application
from applications.presentation import Row, shown
from applications.rules.consent import ConsentStanding
from applications.sections import ATTACHMENTS, SECTIONS
from buendnisse.models import LegalForm, OrganisationKind
from funding.rules.money import ZERO

Content = Mapping[str, Any]


@dataclass(frozen=True)
class KeptLine:
    """A line of the plan; ``amount`` in euros."""

    description: str
    amount: Decimal


@dataclass(frozen=True)
class KeptPart:
    """The lines of one kind with their total, in euros."""

    heading: str | Promise
    lines: list[KeptLine]
    total: Decimal


@dataclass(frozen=True)
class KeptOrganisation:
    name: str
    is_lead: bool
    kind: str | Promise
    legal_form: str | Promise
    address: str
    email: str


@dataclass(frozen=True)
class KeptFile:
    """An attachment by name, what its applicants said of it, and the digest of its content."""

    name: str
    words: str
    digest: str


def kept_rows(content: Content, section: str) -> list[Row]:
    """The fields of a section, the plan left out, with their values in words."""
    return [
        Row(field_label(field), shown(_value(content, field)))
        for field in SECTIONS[section]
        if field != "budget_lines"
    ]


def kept_plan(content: Content) -> list[KeptPart]:
    """The plan by kind, in the order of the form."""
    parts = []
    for kind in LineKind:
        lines = [
            KeptLine(line["description"], Decimal(line["amount"]))
            for line in content["budget_lines"]
            if line["kind"] == kind
        ]
        parts.append(KeptPart(kind.label, lines, sum((line.amount for line in lines), ZERO)))
    return parts


def kept_organisations(content: Content) -> list[KeptOrganisation]:
    """Who was in the alliance, the applicant first, as it stood then."""
    return [
        KeptOrganisation(
            name=kept["name"],
            is_lead=kept["is_lead"],
            kind=OrganisationKind(kept["kind"]).label,
            legal_form=LegalForm(kept["legal_form"]).label,
            address=", ".join(
                filter(None, (kept["street"], f"{kept['postal_code']} {kept['city']}".strip()))
            ),
            email=kept["email"],
        )
        for kept in content["alliance"]["organisations"]
    ]


def kept_files(content: Content) -> list[KeptFile]:
    """The attachments of this version; what was kept before there were any has none."""
    return [
        KeptFile(
            name=kept["name"],
            words=": ".join(
                filter(
                    None,
                    (
                        str(AttachmentKind(kept["kind"]).label) if kept["kind"] else "",
                        kept["description"],
                    ),
                )
            ),
            digest=kept["digest"],
        )
        for kept in content.get(ATTACHMENTS, ())
    ]


def requested_amount(content: Content) -> Decimal:
    """What was applied for, in euros."""
    return Decimal(content["fields"]["requested_amount"] or ZERO)


def _value(content: Content, field: str) -> object:
    """What JSON made text of is an amount or a day again."""
    if field == "territory":
        return content["territory"]
    if field == "consent_on_paper":
        return _consent(content["consent"])
    kept = content["fields"].get(field)
    column = Application._meta.get_field(field)
    if kept and isinstance(column, models.DecimalField):
        return Decimal(kept)
    if kept and isinstance(column, models.DateField):
        return date.fromisoformat(kept)
    return kept


def _consent(kept: Mapping[str, Any]) -> str:
    at = kept.get("answered_at")
    return words_of_consent(
        ConsentStanding(kept["standing"]),
        person=kept.get("person_name", ""),
        function=kept.get("person_function", ""),
        at=datetime.fromisoformat(at) if at else None,
    )
