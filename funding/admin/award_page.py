"""What the page of an award shows: its money, what has changed it, and the way to a change."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _t

from buendnisse.admin_pages import change_url
from buendnisse.admin_two_persons import PEOPLE, person_facts
from buendnisse.conflicts import alliances_touching
from buendnisse.history import history_of
from buendnisse.models import User
from buendnisse.roles import Right
from funding.models import Award
from funding.queries import parts_of, sum_of_parts

# An address and the words of the link, or nothing for a person who may not follow it.
LinkSource = Callable[[Award, User], tuple[str, str] | None]
_link_sources: list[LinkSource] = []


def linked_from_award(source: LinkSource) -> LinkSource:
    """Decorator: this function knows a page that belongs to an award.

    Imports run one way, and the money knows nothing of applications: they hand their page in.
    """
    _link_sources.append(source)
    return source


def why_not_change(award: Award, user: User) -> str:
    """Why no change of this award can be proposed now, as safe HTML; empty where it can be."""
    if award.cancelled_at:
        return _t("Diese Zuwendung ist zurückgenommen; ihr Geld ist frei.")
    if award.announced_at is None:
        return _t(
            "Diese Zuwendung ist noch nicht bekannt gegeben. Soll sie nicht bleiben, nimmt eine "
            "andere zeichnungsberechtigte Person die Entscheidung zurück (auf der Seite des "
            "Antrags); dann wird das Geld frei."
        )
    if waiting := award.changes.awaiting_confirmation().first():
        return format_html(
            '{} <a href="{}">{}</a>',
            _t("Für diese Zuwendung wartet schon eine Änderung auf die Bestätigung."),
            change_url(waiting),
            _t("Zur wartenden Änderung"),
        )
    total = sum_of_parts(parts_of(award))
    if total.left == total.paid:
        return _t(
            "Hier ist nichts mehr zurückzugeben: Alles ist ausgezahlt oder schon zurückgegeben."
        )
    if award.alliance_id in alliances_touching(user):
        return _t(
            "Sie oder Ihre Organisation gehören diesem Bündnis an. Eine Änderung schlägt jemand "
            "anderes vor."
        )
    return ""


def award_context(award: Award, user: User) -> dict[str, Any]:
    """What the page of an award shows besides its fields. Writes nothing."""
    parts = parts_of(award)
    changes = award.changes.select_related(*PEOPLE)
    officer = user.may(Right.CHANGE_AWARD)
    why_not = why_not_change(award, user) if officer else ""
    label = _t("Verzicht, Kürzung oder Widerruf vorschlagen")
    propose = reverse("admin:funding_awardchange_propose", args=[award.pk])
    return {
        "title": _t("Zuwendung %(reference)s") % {"reference": award.reference},
        "subtitle": "",
        "award": award,
        "parts": parts,
        "history": history_of(award),
        "total": sum_of_parts(parts),
        "changes": [(each, person_facts(each)) for each in changes],
        "entries": award.entries.select_related("tranche__programme_year", "booked_by").order_by(
            "booked_at", "pk"
        ),
        "steps": [(propose, label)] if officer and not why_not else [],
        "links": [link for source in _link_sources if (link := source(award, user))],
        "closed_steps": [(label, why_not)] if why_not else [],
    }
