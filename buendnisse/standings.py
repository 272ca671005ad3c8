"""Who in an alliance has confirmed, who not yet, and whom one can ask or remind now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from buendnisse.models import Alliance, ConfirmationRequest, MemberOrganisation

PAUSE: Final = timedelta(days=1)


class Standing(models.TextChoices):
    NO_ADDRESS = "no_address", _("E-Mail-Adresse fehlt")
    NOT_ASKED = "not_asked", _("Noch nicht gefragt")
    ASKED = "asked", _("Antwort steht aus")
    CONFIRMED = "confirmed", _("Bestätigt")
    DECLINED = "declined", _("Nicht bestätigt")
    OUTDATED = "outdated", _("Angaben geändert")


_KINDS: Final = {
    Standing.NO_ADDRESS: "warning",
    Standing.NOT_ASKED: "neutral",
    Standing.ASKED: "info",
    Standing.CONFIRMED: "success",
    Standing.DECLINED: "danger",
    Standing.OUTDATED: "warning",
}


@dataclass(frozen=True)
class OrganisationStanding:
    """One organisation; ``request`` is the one that counts, the newest that was not withdrawn."""

    organisation: MemberOrganisation
    request: ConfirmationRequest | None
    standing: Standing
    may_send: bool
    # Until when a mail has to wait that only the pause keeps back.
    waits_until: datetime | None

    @property
    def kind(self) -> str:
        """The colour of its badge."""
        return _KINDS[self.standing]

    @property
    def is_reminder(self) -> bool:
        return self.standing == Standing.ASKED


def standings_of(alliance: Alliance, *, now: datetime) -> list[OrganisationStanding]:
    """The standing of every organisation of the alliance, the applicant first. Two queries."""
    requests = (
        ConfirmationRequest.objects.filter(withdrawn_at=None)
        .select_related("asked_by")
        .order_by("-asked_at", "-pk")
    )
    organisations = alliance.organisations.prefetch_related(
        Prefetch("confirmation_requests", requests)
    )
    return [standing_of(organisation, alliance, now=now) for organisation in organisations]


def standing_of(
    organisation: MemberOrganisation, alliance: Alliance, *, now: datetime
) -> OrganisationStanding:
    """The standing of one organisation, from its prefetched ``confirmation_requests``.

    They have to be without the withdrawn ones, newest first.
    """
    request = next(iter(organisation.confirmation_requests.all()), None)
    standing = _standing(organisation, alliance, request)
    waits_until = None
    if request and standing in (Standing.ASKED, Standing.DECLINED):
        over = request.last_sent_at + PAUSE
        waits_until = over if over > now else None
    may_send = (
        standing not in (Standing.NO_ADDRESS, Standing.CONFIRMED)
        and bool(organisation.email)
        and waits_until is None
    )
    return OrganisationStanding(organisation, request, standing, may_send, waits_until)


def _standing(
    organisation: MemberOrganisation, alliance: Alliance, request: ConfirmationRequest | None
) -> Standing:
    if request and not request.is_open:
        if not request.is_about(organisation, alliance):
            return Standing.OUTDATED
        return Standing.CONFIRMED if request.is_confirmed else Standing.DECLINED
    if not organisation.email:
        return Standing.NO_ADDRESS
    return Standing.ASKED if request else Standing.NOT_ASKED


def confirmed_count(standings: Sequence[OrganisationStanding]) -> int:
    return sum(standing.standing == Standing.CONFIRMED for standing in standings)
