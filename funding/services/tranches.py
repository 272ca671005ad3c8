"""Tranches: proposed by one budget officer, confirmed by another, then in the ledger."""

from datetime import date, datetime
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services import two_persons
from funding.models import Origin, ProgrammeYear, Tranche
from funding.rules.ledger import EntryKind
from funding.rules.money import LARGEST_AMOUNT, MoneyError, check_positive, format_euro
from funding.services.ledger import Ledger


class TrancheRefused(Refusal):
    code = "tranche_refused"


def require_budget_officer(user: User) -> None:
    """Refuse with ``NotAllowed`` whoever has not that role."""
    if not user.may(Right.KEEP_BUDGET):
        raise NotAllowed(
            _("Tranchen bearbeitet der Haushalt. Ihnen fehlt diese Rolle; wenden Sie sich an ihn.")
        )


def refused_as_too_large() -> TrancheRefused:
    """The refusal of more money than the column of a tranche has digits for."""
    return TrancheRefused(
        _("Eine Tranche hat höchstens %(limit)s. Schlagen Sie eine weitere Tranche vor.")
        % {"limit": format_euro(LARGEST_AMOUNT)},
        code="too_large",
    )


@recorded
@transaction.atomic
def propose_tranche(
    *,
    programme_year_id: int,
    amount: Decimal,
    value_date: date,
    origin: Origin,
    reference: str,
    acting_user: User,
    now: datetime,
    document: "File[bytes] | None" = None,
) -> Tranche:
    """Write down a tranche of ``amount`` euros, to be confirmed by a second budget officer.

    No money is there before the confirmation. Refuses with ``NotAllowed`` whoever is no budget
    officer, and with ``TrancheRefused`` an amount that is not positive, not in whole cents or more
    than a tranche can hold, no reference, a ``value_date`` outside the programme year and the
    calendar years before and after it, and a tranche that is proposed already, exactly like this.
    """
    require_budget_officer(acting_user)
    try:
        amount = check_positive(amount, name="amount")
    except MoneyError as error:
        raise TrancheRefused(
            _(
                "Der Betrag einer Tranche ist größer als 0 € und hat höchstens zwei "
                "Nachkommastellen."
            )
        ) from error
    if amount > LARGEST_AMOUNT:
        raise refused_as_too_large()
    reference = reference.strip()
    if not reference:
        raise TrancheRefused(
            _("Bitte geben Sie die Haushaltsreferenz an."), code="reference_missing"
        )
    # The year's row is locked so that two proposals never get one number.
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    if abs(value_date.year - year.year) > 1:
        raise TrancheRefused(
            _(
                "Das Geld einer Tranche wird im Programmjahr %(year)s verfügbar, im Jahr davor "
                "oder im Jahr danach. Bitte prüfen Sie den Tag."
            )
            % {"year": year},
            code="value_date_out_of_range",
        )
    same = year.tranches.awaiting_confirmation().filter(
        amount=amount, value_date=value_date, origin=origin, reference=reference
    )
    if waiting := same.first():
        raise TrancheRefused(
            _(
                "Genau diese Tranche ist schon vorgeschlagen (%(tranche)s) und wartet auf die "
                "Bestätigung. Kommt dieselbe Summe ein zweites Mal, geben Sie ihr eine eigene "
                "Haushaltsreferenz."
            )
            % {"tranche": waiting},
            code="already_proposed",
        )
    last = year.tranches.aggregate(last=Max("number"))["last"] or 0
    return Tranche.objects.create(
        programme_year=year,
        number=last + 1,
        amount=amount,
        value_date=value_date,
        origin=origin,
        reference=reference,
        document=document or "",
        proposed_by=acting_user,
        proposed_at=now,
    )


@recorded
@transaction.atomic
def confirm_tranche(*, tranche_id: int, acting_user: User, now: datetime) -> Tranche:
    """Make the tranche's money available: its amount becomes the first entry of its ledger.

    Refuses with ``NotAllowed`` whoever is no budget officer or has proposed it (four eyes), and
    with ``AlreadySettled`` a tranche that is confirmed or declined already.
    """
    require_budget_officer(acting_user)
    year = ProgrammeYear.objects.get(tranches=tranche_id)
    ledger = Ledger(year, acting_user=acting_user, now=now)
    tranche = ledger.tranches[tranche_id]
    two_persons.refuse_settled(tranche)
    two_persons.refuse_proposer(
        tranche,
        acting_user,
        _(
            "Sie haben diese Tranche vorgeschlagen. Bestätigen muss sie eine andere Person aus "
            "dem Haushalt (Vier-Augen-Prinzip)."
        ),
    )
    tranche.save(
        update_fields=two_persons.mark_confirmed(tranche, acting_user=acting_user, now=now)
    )
    amount = tranche.amount
    # The amount proposed is replaced by what the ledger says: from here on it alone counts.
    tranche.amount = Decimal("0.00")
    ledger.append(
        tranche,
        EntryKind.APPROPRIATION,
        amount,
        reason=f"{tranche.get_origin_display()}: {tranche.reference}",
    )
    ledger.write()
    return tranche


@recorded
@transaction.atomic
def decline_tranche(*, tranche_id: int, reason: str, acting_user: User, now: datetime) -> Tranche:
    """Discard a proposed tranche, with a reason; its proposer may do so too.

    Refuses with ``NotAllowed`` whoever is no budget officer, with ``AlreadySettled`` a tranche that
    is confirmed or declined already, and with ``DeclineReasonMissing`` an empty reason.
    """
    require_budget_officer(acting_user)
    year = ProgrammeYear.objects.get(tranches=tranche_id)
    tranche = Ledger(year, acting_user=acting_user, now=now).tranches[tranche_id]
    two_persons.decline(tranche, reason=reason, acting_user=acting_user, now=now)
    return tranche
