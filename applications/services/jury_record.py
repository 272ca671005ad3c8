"""The record of the jury's session (Juryprotokoll) as a PDF."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from applications.models import ConflictKind, ConflictRecord, JuryDraw, Review
from applications.rules.ranking import Place
from applications.services.jury_results import (
    JuryResult,
    judged_applications,
    places_in,
    results_of,
)
from buendnisse.documents import render_pdf
from buendnisse.templatetags.display import DASH, day, moment, score_words
from funding.models import ProgrammeYear


def jury_record(programme_year: ProgrammeYear, *, now: datetime) -> bytes:
    """The record of a year's jury as an accessible PDF, as it stands at ``now``.

    Holds the criteria, who scored what and how, conflicts of interest with who decided otherwise,
    how applications were spread, and the result in rank order. Changes nothing. Eight queries.
    """
    with override("de"):
        places = places_in(programme_year)
        results = results_of(list(judged_applications(programme_year)), places)
        return render_pdf(
            "jury_record",
            {
                "facts": _facts(programme_year, results),
                "criteria": [
                    [f"{each.position}. {each.name}", each.description or DASH, str(each.weight)]
                    for each in programme_year.criteria.all()
                ],
                "jurors": _jurors(results),
                "draws": [_draw(draw) for draw in _draws(programme_year)],
                "takeovers": [
                    _takeover(review) for review in _reviews(results) if review.taken_over_from
                ],
                "conflicts": [_conflict(record) for record in _records(programme_year)],
                "results": [_result(each) for each in results],
                "changed_since": [words for each in results for words in since_words(each)],
                "votes": [_vote(result, review) for result in results for review in result.reviews],
            },
            title=_("Juryprotokoll %(year)s") % {"year": programme_year},
            subject=_("Bewertungen der Jury, Stand %(moment)s") % {"moment": moment(now)},
            now=now,
        )


def jury_record_name(programme_year: ProgrammeYear, *, now: datetime) -> str:
    return f"juryprotokoll-{programme_year}-{localdate(now):%Y-%m-%d}.pdf"


def _reviews(results: Sequence[JuryResult]) -> list[Review]:
    # The result's application is the one with the file number at hand.
    reviews = []
    for result in results:
        for review in result.reviews:
            review.application = result.application
            reviews.append(review)
    return reviews


def _facts(year: ProgrammeYear, results: Sequence[JuryResult]) -> list[list[str]]:
    reviews = _reviews(results)
    scored = [review.scored_at for review in reviews if review.scored_at]
    return [
        [_("Programmjahr"), str(year)],
        [_("Anträge"), str(len(results))],
        [_("Bewertungen, die zählen"), str(sum(each.votes for each in results))],
        [_("Noch offen"), str(sum(each.open for each in results))],
        [_("Bewertet von"), moment(min(scored)) if scored else DASH],
        [_("Bewertet bis"), moment(max(scored)) if scored else DASH],
    ]


def _jurors(results: Sequence[JuryResult]) -> list[list[str]]:
    counted = {review.pk for result in results for review in result.counted}
    by_juror: dict[int, list[Review]] = {}
    for review in _reviews(results):
        by_juror.setdefault(review.juror_id, []).append(review)
    rows = []
    for reviews in by_juror.values():
        partial = [each for each in reviews if each.conflict_declared_at]
        numbers = [
            len(reviews),
            sum(each.pk in counted for each in reviews),
            len([each for each in partial if each.pk not in counted]),
            len([each for each in reviews if not each.scored_at and each not in partial]),
        ]
        rows.append([str(reviews[0].juror), *map(str, numbers)])
    return sorted(rows)


def _draws(year: ProgrammeYear) -> list[JuryDraw]:
    return list(year.jury_draws.select_related("drawn_by"))


def _draw(draw: JuryDraw) -> list[str]:
    number = len(draw.result["given"])
    return [
        str(draw.number),
        moment(draw.drawn_at),
        str(draw.drawn_by),
        ngettext(
            "%(number)d Bewertung, %(each)d je Antrag",
            "%(number)d Bewertungen, %(each)d je Antrag",
            number,
        )
        % {"number": number, "each": draw.per_application},
        draw.seed,
    ]


def place_words(place: Place) -> str:
    """The rank, and that it is shared until the lot is drawn."""
    if not place.is_tied:
        return str(place.rank)
    return _("%(rank)d (gleich, Los noch offen)") % {"rank": place.rank}


def since_words(result: JuryResult) -> list[str]:
    """What the decision was based on, and what has been said of conflicts since: sentences."""
    words = {
        "name": result.application.reference,
        "day": day(result.application.state_changed_at),
    }
    return [
        _(
            "%(name)s: Maßgeblich ist der Stand vom %(day)s. Damals zählte die Bewertung von "
            "%(juror)s (%(score)s). Seit dem %(since)s ist die Person befangen; in einer neuen "
            "Entscheidung würde ihre Bewertung nicht mehr zählen."
        )
        % {
            **words,
            "juror": review.juror,
            "score": score_words(review.score),
            "since": day(review.conflict_declared_at),
        }
        for review in result.dropped
    ] + [
        _(
            "%(name)s: Maßgeblich ist der Stand vom %(day)s. Damals galt %(juror)s als befangen, "
            "und die Bewertung (%(score)s) zählte nicht. Erst später wurde die Mitwirkung "
            "zugelassen."
        )
        % {**words, "juror": review.juror, "score": score_words(review.score)}
        for review in result.admitted
    ]


def _takeover(review: Review) -> list[str]:
    return [
        review.application.reference,
        str(review.taken_over_from),
        str(review.juror),
        day(review.assigned_at),
        review.takeover_reason,
    ]


def _records(year: ProgrammeYear) -> list[ConflictRecord]:
    return list(
        ConflictRecord.objects.filter(application__programme_year=year)
        .select_related("application", "person", "recorded_by")
        .order_by("application__reference", "pk")
    )


def _conflict(record: ConflictRecord) -> list[str]:
    return [
        record.application.reference,
        str(record.person),
        str(ConflictKind(record.kind).label),
        record.reason or DASH,
        f"{record.recorded_by}, {moment(record.recorded_at)}",
    ]


def _result(result: JuryResult) -> list[str]:
    application = result.application
    has_rank = application.score is not None
    return [
        place_words(result.place) if has_rank else DASH,
        application.reference,
        f"{application.title}\n{application.alliance}",
        score_words(application.score),
        score_words(application.participation_score),
        f"{score_words(result.lowest)} – {score_words(result.highest)}" if result.votes else DASH,
        str(result.votes),
    ]


def _vote(result: JuryResult, review: Review) -> list[str]:
    counts = review in result.counted
    if review.conflict_declared_at and not counts:
        words = _("befangen, zählt nicht")
    elif review in result.dropped:
        words = _("%(score)s, später befangen") % {"score": score_words(review.score)}
    elif review in result.admitted:
        words = _("%(score)s, zählte nicht") % {"score": score_words(review.score)}
    elif review.scored_at:
        words = score_words(review.score)
    else:
        words = _("offen")
    return [
        result.application.reference,
        str(review.juror),
        words,
        score_words(review.participation_score) if counts else DASH,
        day(review.scored_at) if review.scored_at else DASH,
        review.comment or DASH,
    ]
