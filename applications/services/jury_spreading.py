"""Spreading a year's applications evenly over the jury, and handing an open review on."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, JuryDraw, Review
from applications.rules.spreading import Spread, spread
from applications.services.conflicts import (
    Conflict,
    conflicts_between,
    conflicts_of,
    refuse_any_conflict,
)
from applications.services.jury import (
    JuryRefused,
    find_jurors,
    lock_review,
    refuse_who_arranges_no_jury,
)
from applications.services.lifecycle import WrongState, lock_applications
from applications.services.snapshot import digest_of
from buendnisse.acts import recorded
from buendnisse.models import User
from funding.models import ProgrammeYear

MOST_JURORS_EACH: Final = 20
SCORABLE: Final = (State.IN_REVIEW, State.ELIGIBLE)


@dataclass(frozen=True)
class JurorShare:
    """What one juror has now, gets by this spread, and is kept from by conflicts of interest."""

    juror: User
    before: int
    new: int
    conflicts: int

    @property
    def after(self) -> int:
        return self.before + self.new


@dataclass(frozen=True)
class SpreadPlan:
    """What a spread would do at this moment; ``digest`` stands for all that a page shows of it.

    ``left_out`` are the applications that whoever spreads is kept from, and why.
    """

    number: int
    seed: str
    per_application: int
    applications: list[Application]
    left_out: list[tuple[Application, Conflict]]
    shares: list[JurorShare]
    spread: Spread
    inputs: dict[str, object]

    @property
    def digest(self) -> str:
        return digest_of({"inputs": self.inputs, "given": self.spread.given})

    @property
    def lacking(self) -> list[tuple[Application, int]]:
        """The applications for which there are too few impartial jurors, and how many lack."""
        return [
            (application, self.spread.missing[application.reference])
            for application in self.applications
            if application.reference in self.spread.missing
        ]


def plan_spread(
    *,
    programme_year: ProgrammeYear,
    jurors: Collection[User],
    per_application: int,
    organiser: User,
) -> SpreadPlan:
    """What ``spread_evenly`` would do now for ``organiser``; writes nothing. 11 queries at most.

    An application in which they are not impartial is left out: somebody else assigns it. The seed
    is the year and the number of the spread: nobody can look for one that suits them.
    """
    scorable = list(
        programme_year.applications.filter(state__in=SCORABLE)
        .select_related("alliance")
        .order_by("reference")
    )
    partial_in = conflicts_of(scorable, organiser)
    left_out = [(each, partial_in[each.pk]) for each in scorable if each.pk in partial_in]
    applications = [each for each in scorable if each.pk not in partial_in]
    reviews = Review.objects.filter(application__programme_year=programme_year)
    existing = list(
        reviews.select_related("application")
        .order_by("pk")
        .only("juror", "taken_over_from", "conflict_declared_at", "application__reference")
    )
    references = {application.pk: application.reference for application in applications}
    kept_away = {
        (references[application], str(juror))
        for application, juror in conflicts_between(applications, jurors)
    }
    # Whoever was not impartial, or handed a review on, does not get it by this way.
    kept_away |= {
        (review.application.reference, str(review.juror_id))
        for review in existing
        if review.conflict_declared_at and review.application_id in references
    }
    kept_away |= {
        (review.application.reference, str(review.taken_over_from_id))
        for review in existing
        if review.taken_over_from_id and review.application_id in references
    }
    counting = [review for review in existing if not review.conflict_declared_at]
    before = [(review.application.reference, str(review.juror_id)) for review in counting]
    load = Counter(juror for _application, juror in before)
    names = [str(juror.pk) for juror in jurors]
    number = programme_year.jury_draws.count() + 1
    inputs: dict[str, object] = {
        "applications": [application.reference for application in applications],
        "jurors": sorted(names),
        "given_before": sorted(before),
        "conflicts": sorted(kept_away),
        "load_before": {name: load[name] for name in sorted(names)},
        "left_out": [application.reference for application, _conflict in left_out],
    }
    seed = f"{programme_year.year}-{number}"
    found = spread(
        list(references.values()),
        names,
        per_application=per_application,
        seed=seed,
        given_before=[pair for pair in before if pair[0] in references.values()],
        conflicts=kept_away,
        load_before=load,
    )
    new = Counter(juror for _application, juror in found.given)
    away = Counter(juror for _application, juror in kept_away)
    shares = [
        JurorShare(juror, load[str(juror.pk)], new[str(juror.pk)], away[str(juror.pk)])
        for juror in jurors
    ]
    return SpreadPlan(
        number=number,
        seed=seed,
        per_application=per_application,
        applications=applications,
        left_out=left_out,
        shares=shares,
        spread=found,
        inputs=inputs,
    )


@recorded
@transaction.atomic
def spread_evenly(
    *,
    programme_year_id: int,
    juror_ids: Collection[int],
    per_application: int,
    seen_digest: str,
    acting_user: User,
    now: datetime,
) -> JuryDraw:
    """Assign as ``plan_spread`` has shown it, and keep the record of it.

    Leaves out the cases in which this person is not impartial. Refuses with ``NotAllowed`` whoever
    is no case officer, with ``JuryRefused`` people who are no jurors, a number outside 1 to 20,
    nothing to assign, and a plan that is not the one with ``seen_digest``: something has changed
    since it was shown.
    """
    refuse_who_arranges_no_jury(acting_user)
    if not 1 <= per_application <= MOST_JURORS_EACH:
        raise JuryRefused(_("Jeder Antrag bekommt 1 bis 20 Bewertungen."), code="per_application")
    # The year's row is the lock: two spreads do not overlap.
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    jurors = find_jurors(juror_ids)
    lock_applications(year.applications.filter(state__in=SCORABLE).values_list("pk", flat=True))
    plan = plan_spread(
        programme_year=year,
        jurors=jurors,
        per_application=per_application,
        organiser=acting_user,
    )
    if not plan.spread.given:
        raise JuryRefused(
            _("Es gibt nichts zu verteilen: Alle Anträge haben schon so viele Bewertungen."),
            code="nothing_to_spread",
        )
    if plan.digest != seen_digest:
        raise JuryRefused(
            _(
                "Seit Sie die Seite geöffnet haben, hat sich etwas geändert. Es wurde nichts "
                "zugewiesen. Sehen Sie die Verteilung noch einmal an."
            ),
            code="plan_changed",
        )
    keys = {application.reference: application.pk for application in plan.applications}
    Review.objects.bulk_create(
        Review(
            application_id=keys[reference],
            juror_id=int(juror),
            assigned_by=acting_user,
            assigned_at=now,
        )
        for reference, juror in plan.spread.given
    )
    return JuryDraw.objects.create(
        programme_year=year,
        number=plan.number,
        seed=plan.seed,
        per_application=per_application,
        inputs=plan.inputs,
        result={
            "given": plan.spread.given,
            "load": plan.spread.load,
            "missing": plan.spread.missing,
        },
        drawn_by=acting_user,
        drawn_at=now,
    )


@recorded
@transaction.atomic
def reassign_review(
    *, review_id: int, juror_id: int, reason: str, acting_user: User, now: datetime
) -> Review:
    """Give an open review to another juror; from whom it was taken over, and why, stays with it.

    Refuses with ``NotAllowed`` whoever is no case officer or not impartial, with ``JuryRefused`` a
    review that is scored or closed by a conflict of interest, somebody who is no juror, has the
    application already or is not impartial, and no reason; with ``WrongState`` what is not checked
    any more.
    """
    refuse_who_arranges_no_jury(acting_user)
    review, application = lock_review(review_id)
    refuse_any_conflict([application], acting_user)
    if application.state not in SCORABLE:
        raise WrongState(
            _("%(name)s wird gerade nicht geprüft; die Jury kann ihn nicht bewerten.")
            % {"name": application}
        )
    if review.scored_at or review.conflict_declared_at:
        raise JuryRefused(
            _("Übergeben lässt sich nur eine Bewertung, die noch offen ist."), code="not_open"
        )
    if not reason.strip():
        raise JuryRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    (juror,) = find_jurors([juror_id])
    if application.reviews.filter(juror=juror).exists():
        raise JuryRefused(
            _("%(juror)s hat diesen Antrag schon.") % {"juror": juror}, code="has_it_already"
        )
    if conflicts_between([application], [juror]):
        raise JuryRefused(
            _("%(juror)s ist bei diesem Antrag befangen.") % {"juror": juror}, code="conflict"
        )
    giver = review.juror
    review.delete()
    return Review.objects.create(
        application=application,
        juror=juror,
        assigned_by=acting_user,
        assigned_at=now,
        taken_over_from=giver,
        takeover_reason=reason.strip(),
    )
