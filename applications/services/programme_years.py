"""Programme years: the call and the rules of money, kept by the administration."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Criterion, Decision
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.seen import refuse_unseen, sign_of
from funding.models import ProgrammeYear

# What amounts are worked out from. Old years stay as decided.
FIXED_BY_DECISIONS: Final = (
    "standard_cap",
    "large_city_cap",
    "district_cap",
    "large_city_population",
)
# What the administration sets; all else of a year comes about by steps of its own.
KEPT_BY_HAND: Final = (
    *("year", "call_opens_at", "call_closes_at"),
    *FIXED_BY_DECISIONS,
    *("min_own_share_percent", "max_grant_share_percent"),
    *("correction_days", "correction_reminder_days", "required_attachments"),
)


# The programme began in 2015; the rest is what nobody means when they type it.
_YEARS: Final = range(2015, 2101)
_CORRECTION_DAYS: Final = range(1, 91)


class YearRefused(Refusal):
    """A number, a call or a deadline that no programme year has."""

    code = "year_refused"


class RulesFixed(Refusal):
    """Something was proposed or decided by these rules; they stay."""

    code = "rules_fixed"


def rules_are_fixed(programme_year: ProgrammeYear) -> bool:
    """Whether anything was proposed or decided in the year. One query."""
    return Decision.objects.filter(application__programme_year=programme_year).exists()


def _refuse_out_of_bounds(year: ProgrammeYear) -> None:
    if year.year not in _YEARS:
        raise YearRefused(
            _("Bitte geben Sie als Programmjahr eine Zahl von 2015 bis 2100 ein."),
            code="year_out_of_range",
        )
    for moment in (year.call_opens_at, year.call_closes_at):
        if abs(timezone.localtime(moment).year - year.year) > 1:
            raise YearRefused(
                _(
                    "Der Förderaufruf liegt im Programmjahr, im Jahr davor oder im Jahr danach. "
                    "Bitte prüfen Sie, wann er öffnet und schließt."
                ),
                code="call_out_of_range",
            )
    if year.correction_days not in _CORRECTION_DAYS:
        raise YearRefused(
            _("Die Frist für Nachforderungen dauert 1 bis 90 Tage."),
            code="correction_days_out_of_range",
        )
    if year.correction_reminder_days >= year.correction_days:
        raise YearRefused(
            _("Die Erinnerung liegt innerhalb der Frist: Sie hat weniger Tage als diese."),
            code="reminder_days_out_of_range",
        )


def year_sign(programme_year: ProgrammeYear) -> str:
    """Sign of all that its form sets, as it is stored."""
    return sign_of(getattr(programme_year, name) for name in KEPT_BY_HAND)


@recorded
def save_programme_year(
    *,
    programme_year: ProgrammeYear,
    acting_user: User,
    now: datetime,  # noqa: ARG001 - part of every service
    seen: str = "",
) -> ProgrammeYear:
    """Add a year or change it. A new one takes over the jury's criteria of the year before it.

    Refuses with ``NotAllowed`` whoever is no administrator, with ``YearRefused`` a number outside
    2015 to 2100, a call more than a calendar year away from it, a deadline for corrections outside
    1 to 90 days and a reminder before it begins, with ``RulesFixed`` other caps once anything was
    proposed in the year, with ``ChangedMeanwhile`` when ``seen`` is not the ``year_sign`` of what
    is stored, and with a constraint's own sentence a year that exists, a call that closes before
    it opens, and caps that are not positive.
    """
    if not acting_user.may(Right.KEEP_YEARS):
        raise NotAllowed(_("Programmjahre verwaltet die Administration."))
    _refuse_out_of_bounds(programme_year)
    with constraints_as_refusals():
        is_new = programme_year.pk is None
        if not is_new:
            stored = ProgrammeYear.objects.select_for_update().get(pk=programme_year.pk)
            refuse_unseen(seen, year_sign(stored))
            changed = any(
                getattr(stored, name) != getattr(programme_year, name)
                for name in FIXED_BY_DECISIONS
            )
            if changed and rules_are_fixed(programme_year):
                raise RulesFixed(
                    _(
                        "In diesem Programmjahr ist schon vorgeschlagen oder entschieden worden. "
                        "Die Höchstbeträge bleiben, wie sie dabei galten."
                    )
                )
            # Closing the waiting list belongs to the approvers, whenever this form was opened.
            programme_year.waiting_list_closed_at = stored.waiting_list_closed_at
        programme_year.save()
        if is_new:
            _copy_criteria(programme_year)
    return programme_year


def _copy_criteria(programme_year: ProgrammeYear) -> None:
    model = (
        ProgrammeYear.objects.filter(year__lt=programme_year.year, criteria__isnull=False)
        .order_by("-year")
        .first()
    )
    if model is None:
        return
    Criterion.objects.bulk_create(
        Criterion(
            programme_year=programme_year,
            position=criterion.position,
            name=criterion.name,
            description=criterion.description,
            weight=criterion.weight,
            is_participation=criterion.is_participation,
        )
        for criterion in model.criteria.all()
    )
