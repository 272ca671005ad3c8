"""Changing a confirmed tranche: never its row, always by a further entry of its ledger."""

from datetime import datetime
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import because, recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.services import two_persons
from funding.models import ProgrammeYear, Tranche, TrancheChange
from funding.rules.ledger import EntryKind, check_entry_amount
from funding.rules.money import LARGEST_AMOUNT, MoneyError, format_euro
from funding.services.ledger import Ledger
from funding.services.tranches import (
    TrancheRefused,
    refused_as_too_large,
    require_budget_officer,
)


def _refuse_out_of_bounds(tranche: Tranche, amount: Decimal) -> None:
    if tranche.amount + amount > LARGEST_AMOUNT:
        raise refused_as_too_large()
    if tranche.free + amount < 0:
        raise TrancheRefused(
            _(
                "Tranche %(tranche)s lässt sich höchstens um %(free)s kürzen; alles andere ist "
                "schon gebunden."
            )
            % {"tranche": tranche, "free": format_euro(tranche.free)},
            code="below_committed",
        )


@recorded
def propose_tranche_change(
    *,
    tranche_id: int,
    amount: Decimal,
    reason: str,
    reference: str,
    acting_user: User,
    now: datetime,
    document: "File[bytes] | None" = None,
) -> TrancheChange:
    """Write down that a tranche is to grow by ``amount`` euros, or shrink where it is negative.

    No money moves before a second budget officer has confirmed it. Refuses with ``NotAllowed``
    whoever is no budget officer, with ``TrancheRefused`` a tranche that is not confirmed (that one
    is declined and proposed anew), no reason, an amount of zero or with fractional cents, a
    reduction to less than is committed, and an increase beyond what a tranche can
    hold; with ``Refusal`` a second change while one is waiting.
    """
    require_budget_officer(acting_user)
    try:
        amount = check_entry_amount(EntryKind.APPROPRIATION, amount)
    except MoneyError as error:
        raise TrancheRefused(
            _(
                "Die Änderung ist ein Betrag über oder unter 0 € mit höchstens zwei "
                "Nachkommastellen."
            )
        ) from error
    if not (reason.strip() and reference.strip()):
        raise TrancheRefused(
            _("Bitte geben Sie den Grund der Änderung und die Haushaltsreferenz an."),
            code="reason_missing",
        )
    with constraints_as_refusals():
        tranche = Tranche.objects.select_related("programme_year").get(pk=tranche_id)
        if not tranche.is_confirmed:
            raise TrancheRefused(
                _(
                    "Diese Tranche ist nicht bestätigt. Verwerfen Sie sie, und schlagen Sie sie "
                    "mit dem richtigen Betrag neu vor."
                ),
                code="not_confirmed",
            )
        _refuse_out_of_bounds(tranche, amount)
        return TrancheChange.objects.create(
            tranche=tranche,
            amount=amount,
            reason=reason.strip(),
            reference=reference.strip(),
            document=document or "",
            proposed_by=acting_user,
            proposed_at=now,
        )


@recorded
@transaction.atomic
def confirm_tranche_change(*, change_id: int, acting_user: User, now: datetime) -> TrancheChange:
    """Let the tranche grow or shrink: one entry of its ledger, with the reason.

    Refuses with ``NotAllowed`` whoever is no budget officer or has proposed it (four eyes), with
    ``AlreadySettled``, and with ``TrancheRefused`` a reduction to less than is committed by now.
    """
    require_budget_officer(acting_user)
    ledger, change = _lock(change_id, acting_user=acting_user, now=now)
    two_persons.refuse_settled(change)
    two_persons.refuse_proposer(
        change,
        acting_user,
        _(
            "Sie haben diese Änderung vorgeschlagen. Bestätigen muss sie eine andere Person aus "
            "dem Haushalt (Vier-Augen-Prinzip)."
        ),
    )
    tranche = ledger.tranches[change.tranche_id]
    _refuse_out_of_bounds(tranche, change.amount)
    because(change.reason)
    ledger.append(
        tranche,
        EntryKind.APPROPRIATION,
        change.amount,
        reason=f"{change.reason} ({change.reference})",
    )
    [change.entry] = ledger.write()
    fields = two_persons.mark_confirmed(change, acting_user=acting_user, now=now)
    change.save(update_fields=["entry", *fields])
    change.tranche = tranche
    return change


@recorded
@transaction.atomic
def decline_tranche_change(
    *, change_id: int, reason: str, acting_user: User, now: datetime
) -> TrancheChange:
    """Discard a proposed change, with a reason; its proposer may do so too.

    Refuses with ``NotAllowed`` whoever is no budget officer, with ``AlreadySettled``, and with
    ``DeclineReasonMissing``.
    """
    require_budget_officer(acting_user)
    _ledger, change = _lock(change_id, acting_user=acting_user, now=now)
    two_persons.decline(change, reason=reason, acting_user=acting_user, now=now)
    return change


def _lock(change_id: int, *, acting_user: User, now: datetime) -> tuple[Ledger, TrancheChange]:
    """The tranches of the year first, like every other step that moves money; then the change."""
    year = ProgrammeYear.objects.get(tranches__changes=change_id)
    ledger = Ledger(year, acting_user=acting_user, now=now)
    return ledger, TrancheChange.objects.select_for_update().get(pk=change_id)
