"""Renouncing, reducing and revoking announced awards: their money returns to its own tranches.

The award stays as it was granted; each change is a record of its own with two persons, and each
euro that it sets free is an entry of the ledger. What has been paid out is not set free here: it
has to be paid back first.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import because, recorded
from buendnisse.conflicts import alliances_touching
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right
from buendnisse.services import two_persons
from funding.models import Award, AwardChange, AwardChangeKind, ProgrammeYear, Tranche
from funding.rules.ledger import EntryKind
from funding.rules.money import ZERO, MoneyError, check_positive, format_euro
from funding.rules.release import ReleaseError, release_parts
from funding.services.awards import AwardRefused, unpaid_parts
from funding.services.ledger import Ledger


def _refuse_unchangeable(award: Award) -> None:
    if award.announced_at is None or award.cancelled_at is not None:
        raise AwardRefused(
            _(
                "Diese Zuwendung ist nicht bekannt gegeben. Lassen Sie die Entscheidung "
                "zurücknehmen, statt die Zuwendung zu ändern."
            ),
            code="not_announced",
        )


def _more_than_unpaid(unpaid: Decimal, award: Award) -> AwardRefused:
    return AwardRefused(
        _(
            "Von %(reference)s lassen sich höchstens %(unpaid)s zurückgeben; der Rest ist "
            "ausgezahlt oder schon zurückgegeben."
        )
        % {"reference": award.reference, "unpaid": format_euro(unpaid)},
        code="more_than_unpaid",
    )


def _release(
    award: Award, change: AwardChange, tranches: Mapping[int, Tranche]
) -> dict[int, Decimal]:
    """What goes back to which tranche (by key); refuses with ``AwardRefused`` more than unpaid."""
    held = unpaid_parts(award)
    drawn_on = sorted(held, key=lambda pk: (tranches[pk].value_date, tranches[pk].number))
    try:
        return release_parts(change.amount, {pk: held[pk] for pk in drawn_on})
    except ReleaseError as error:
        raise _more_than_unpaid(error.held, award) from error


def planned_release(change: AwardChange) -> list[tuple[Tranche, Decimal]]:
    """What confirming this change now would set free in which tranche, in euros. Writes nothing.

    Refuses with ``AwardRefused`` more than is still unpaid. Two queries.
    """
    tranches = {
        tranche.pk: tranche
        for tranche in Tranche.objects.filter(
            programme_year=change.award.programme_year_id
        ).select_related("programme_year")
    }
    parts = _release(change.award, change, tranches)
    return [(tranches[pk], part) for pk, part in parts.items()]


@recorded
def propose_award_change(
    *,
    award_id: int,
    kind: AwardChangeKind,
    amount: Decimal,
    reason: str,
    acting_user: User,
    now: datetime,
) -> AwardChange:
    """Write down that ``amount`` euros of an announced award are to be set free.

    Nothing changes before an approver has confirmed it. Refuses with ``NotAllowed`` whoever is no
    case officer or belongs to the alliance, with ``AwardRefused`` an award that is not announced,
    more than is unpaid, an amount that is not positive or not in whole cents, and no reason; with
    ``Refusal`` a second change while one is waiting.
    """
    if not acting_user.may(Right.CHANGE_AWARD):
        raise NotAllowed(_("Änderungen einer Zuwendung schlägt die Sachbearbeitung vor."))
    try:
        amount = check_positive(amount, name="amount")
    except MoneyError as error:
        raise AwardRefused(
            _("Der Betrag ist größer als 0 € und hat höchstens zwei Nachkommastellen.")
        ) from error
    if not reason.strip():
        raise AwardRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    with constraints_as_refusals():
        award = Award.objects.get(pk=award_id)
        _refuse_own_alliance(award, acting_user)
        _refuse_unchangeable(award)
        unpaid = sum(unpaid_parts(award).values(), ZERO)
        if amount > unpaid:
            raise _more_than_unpaid(unpaid, award)
        return AwardChange.objects.create(
            award=award,
            kind=kind,
            amount=amount,
            reason=reason.strip(),
            proposed_by=acting_user,
            proposed_at=now,
        )


@recorded
@transaction.atomic
def confirm_award_change(*, change_id: int, acting_user: User, now: datetime) -> AwardChange:
    """Set the money free: a release in each tranche, the one drawn on last first.

    So what is left of the award lies in the earliest money. Whether this person was involved in
    the case before is for the caller to say (the database knows, too). Refuses with ``NotAllowed``
    whoever is no approver, has proposed the change, or belongs to the alliance, with
    ``AlreadySettled``, and with ``AwardRefused`` more than is still unpaid.
    """
    if not acting_user.may(Right.CONFIRM_AWARD_CHANGE):
        raise NotAllowed(_("Änderungen einer Zuwendung bestätigen nur Zeichnungsberechtigte."))
    ledger, award, change = _lock(change_id, acting_user=acting_user, now=now)
    two_persons.refuse_settled(change)
    two_persons.refuse_proposer(
        change,
        acting_user,
        _(
            "Sie haben diese Änderung vorgeschlagen. Bestätigen muss sie eine andere "
            "zeichnungsberechtigte Person (Vier-Augen-Prinzip)."
        ),
    )
    _refuse_own_alliance(award, acting_user)
    for tranche_id, part in _release(award, change, ledger.tranches).items():
        ledger.append(
            ledger.tranches[tranche_id],
            EntryKind.RELEASE,
            part,
            award=award,
            reason=f"{change.get_kind_display()}: {change.reason}",
        )
    ledger.write()
    because(change.reason)
    award.released += change.amount
    award.save(update_fields=["released"])
    change.save(update_fields=two_persons.mark_confirmed(change, acting_user=acting_user, now=now))
    return change


@recorded
@transaction.atomic
def decline_award_change(
    *, change_id: int, reason: str, acting_user: User, now: datetime
) -> AwardChange:
    """Discard a proposed change, with a reason: an approver does, or whoever proposed it.

    Refuses with ``NotAllowed``, ``AlreadySettled`` and ``DeclineReasonMissing``.
    """
    _ledger, award, change = _lock(change_id, acting_user=acting_user, now=now)
    if not acting_user.may(Right.CONFIRM_AWARD_CHANGE) and change.proposed_by_id != acting_user.pk:
        raise NotAllowed(
            _("Verwerfen dürfen Zeichnungsberechtigte, oder wer die Änderung vorgeschlagen hat.")
        )
    _refuse_own_alliance(award, acting_user)
    two_persons.decline(change, reason=reason, acting_user=acting_user, now=now)
    return change


def _refuse_own_alliance(award: Award, user: User) -> None:
    if award.alliance_id in alliances_touching(user):
        raise NotAllowed(
            _(
                "Sie oder Ihre Organisation gehören diesem Bündnis an. Darum muss sich jemand "
                "anderes kümmern."
            ),
            code="own_alliance",
        )


def _lock(change_id: int, *, acting_user: User, now: datetime) -> tuple[Ledger, Award, AwardChange]:
    """The tranches of the year, the award, the change: the order of every step that moves money."""
    year = ProgrammeYear.objects.get(awards__changes=change_id)
    ledger = Ledger(year, acting_user=acting_user, now=now)
    award = Award.objects.select_for_update().get(changes=change_id)
    change = AwardChange.objects.select_for_update().get(pk=change_id)
    change.award = award
    return ledger, award, change
