"""The record of a selection (Auswahlvermerk) as a PDF."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from applications.enums import DecisionKind, DecisionOutcome, State
from applications.models import Application, Decision, SelectionRun
from applications.services.selection_proof import (
    RunLine,
    TrancheLine,
    earlier_runs,
    has_its_lots,
    is_reproduced,
    kept_lots,
    run_lines,
    run_summary,
    run_ties,
    run_tranches,
)
from applications.services.selection_reasons import usual_reason, usual_words
from buendnisse.documents import EmbeddedFile, render_pdf
from buendnisse.templatetags.display import DASH, moment, score_words
from funding.rules.allocation import Policy, Reason
from funding.rules.money import ZERO, format_euro
from funding.services.verification import chain_heads

_DATA_FILE: Final = "auswahl.json"

POLICY_MEANINGS: Final = {
    Policy.STRICT: gettext_lazy(
        "Streng heißt: Beim ersten Antrag, dessen Betrag nicht mehr ganz da ist, endet die "
        "Auswahl. Wer dahinter steht, bekommt nichts, auch wenn ein kleinerer Betrag noch passen "
        "würde."
    ),
    Policy.FILL: gettext_lazy(
        "Auffüllend heißt: Ein Antrag, dessen Betrag nicht mehr ganz da ist, wird übersprungen. "
        "Der nächste, dessen Betrag noch ganz da ist, kommt zum Zug."
    ),
}
_SOURCES: Final = {
    State.ELIGIBLE: gettext_lazy("den förderfähigen Anträgen"),
    State.WAITLISTED: gettext_lazy("der Nachrückliste"),
}


def selection_record(run: SelectionRun, *, now: datetime) -> bytes:
    """The record of a run as an accessible PDF, with what became of its proposals until ``now``.

    Holds what was stored with the run, whether running it again gives the stored result, and the
    heads of the ledger's chains; the stored inputs and the result are embedded as JSON. Changes
    nothing. Five queries, and two more where the run comes without its year and its person. The
    same run and the same ``now`` give the same bytes while nothing has happened in between.
    """
    with override("de"):
        return render_pdf(
            "selection_record",
            _contents(run),
            title=_("Auswahlvermerk %(year)s") % {"year": run.programme_year},
            subject=_("Auswahl aus %(source)s vom %(moment)s")
            % {"source": _SOURCES[State(run.source_state)], "moment": moment(run.started_at)},
            now=now,
            files=[_stored_data(run)],
        )


def record_name(run: SelectionRun) -> str:
    return f"auswahlvermerk-{run.programme_year}-{localdate(run.started_at):%Y-%m-%d}.pdf"


def _contents(run: SelectionRun) -> dict[str, object]:
    earlier = earlier_runs(run)
    tranches = run_tranches(run)
    decisions = _decisions_of(run)
    lines = run_lines(run)
    usual = usual_reason(line.reason for line in lines)
    return {
        "facts": _facts(run),
        "policy_meaning": POLICY_MEANINGS[Policy(run.policy)],
        "tranches": [_tranche_row(each.name, [each]) for each in tranches],
        "tranches_total": _tranche_row(_("Zusammen"), tranches),
        "lots": _lot_sentences(run, earlier),
        "earlier_draws": [[moment(each.started_at), each.seed] for each in earlier],
        "draw_command": _draw_command(run, earlier),
        "is_reproduced": is_reproduced(run),
        "file_name": _DATA_FILE,
        "chain_heads": [[head.tranche, str(head.length), head.mac] for head in chain_heads()],
        "summary": run_summary(run),
        "ties": run_ties(run),
        "ranking": _ranking(run, lines, usual),
        "usual": usual_words(usual),
        "decisions": [_decision_row(each) for each in decisions],
        "has_unannounced": any(each.announced_at is None for each in decisions),
    }


def _facts(run: SelectionRun) -> list[list[str]]:
    return [
        [_("Programmjahr"), str(run.programme_year)],
        [_("Ausgewählt aus"), str(_SOURCES[State(run.source_state)])],
        [_("Gestartet von"), str(run.started_by)],
        [_("Gestartet am"), moment(run.started_at)],
        [_("Verfahren"), run.get_policy_display()],
        [_("Anträge"), str(len(run.inputs["candidates"]))],
        [_("Ergebnis"), run_summary(run)],
    ]


def _tranche_row(name: str, tranches: Sequence[TrancheLine]) -> list[str]:
    return [
        name,
        format_euro(sum((each.before for each in tranches), ZERO)),
        format_euro(sum((each.drawn for each in tranches), ZERO)),
        format_euro(sum((each.after for each in tranches), ZERO)),
    ]


def _lot_sentences(run: SelectionRun, earlier: Sequence[SelectionRun]) -> list[str]:
    kept = len(kept_lots(run, earlier))
    drawn = len(run.inputs["candidates"]) - kept
    sentences = [_("Der Startwert dieser Auswahl ist %(seed)s.") % {"seed": run.seed}]
    if drawn:
        sentences[0] += " " + ngettext(
            "Aus ihm folgt das Los des einen Antrags, der zum ersten Mal teilnahm.",
            "Aus ihm folgen die Lose der %(number)d Anträge, die zum ersten Mal teilnahmen.",
            drawn,
        ) % {"number": drawn}
    if kept:
        sentences.append(
            ngettext(
                "%(number)d Antrag hat sein Los aus einer früheren Auswahl behalten. Neue Lose "
                "stehen hinter den früheren.",
                "%(number)d Anträge haben ihr Los aus einer früheren Auswahl behalten. Neue Lose "
                "stehen hinter den früheren.",
                kept,
            )
            % {"number": kept}
        )
    sentences.append(
        _("Die Lose wurden für diesen Vermerk nachgezogen und stimmen.")
        if has_its_lots(run, earlier)
        else _("Achtung: Die gespeicherten Lose folgen nicht aus dem gespeicherten Startwert.")
    )
    return sentences


def _draw_command(run: SelectionRun, earlier: Sequence[SelectionRun]) -> str:
    """The example of a draw: the first file number, with the seed that its lot came from."""
    reference = min((each["reference"] for each in run.inputs["candidates"]), default="")
    drawn_in = next(
        each for each in [*earlier, run] if each is run or reference in each.result["ranking"]
    )
    return f"printf '%s' '{drawn_in.seed}:{reference}' | sha256sum"


def _ranking(run: SelectionRun, lines: Sequence[RunLine], usual: Reason | None) -> list[list[str]]:
    applicants = _applicants(run)
    return [
        [
            str(line.rank),
            line.reference,
            applicants.get(line.reference, DASH),
            score_words(line.score),
            score_words(line.participation_score),
            str(line.lot),
            format_euro(line.eligible_amount),
            format_euro(line.cap),
            outcome_words(line, usual),
            "\n".join(f"{name}: {format_euro(part)}" for name, part in line.parts.items()),
        ]
        for line in lines
    ]


def _applicants(run: SelectionRun) -> dict[str, str]:
    """Lead organisation, alliance and place by file number. Two queries."""
    found = (
        Application.objects.filter(reference__in=[*run.result["outcomes"]])
        .select_related("alliance", "confirmed_territory__district")
        .prefetch_related("alliance__organisations")
    )
    applicants = {}
    for application in found:
        organisations = application.alliance.organisations.all()
        lead = next((each.name for each in organisations if each.is_lead), DASH)
        territory = application.confirmed_territory
        place = territory.label(application.confirmed_place) if territory else DASH
        applicants[application.reference] = f"{lead}\n{application.alliance}, {place}"
    return applicants


def outcome_words(line: RunLine, usual: Reason | None = None) -> str:
    """What the run found for an application, in a few words; a dash for the ``usual`` reason."""
    if line.reason == usual:
        return DASH
    if line.reason == Reason.FUNDED and line.amount is not None:
        return _("Bewilligung über %(amount)s") % {"amount": format_euro(line.amount)}
    if line.reason == Reason.DOES_NOT_FIT and line.missing is not None:
        return _("Passt nicht mehr ganz: es fehlen %(missing)s") % {
            "missing": format_euro(line.missing)
        }
    words = {
        Reason.FUNDED: _("Bewilligung"),
        Reason.DOES_NOT_FIT: _("Passt nicht mehr ganz"),
        Reason.AFTER_STOP: _("Hinter dem Ende des Geldes"),
        Reason.NOTHING_FREE: _("Kein Geld mehr frei"),
        Reason.NOTHING_TO_AWARD: _("Kein Betrag zu bewilligen"),
    }
    return words[line.reason]


def _decisions_of(run: SelectionRun) -> list[Decision]:
    """All that grew out of the run, also what was taken back and proposed again. One query."""
    return list(
        run.decisions.select_related(
            "application", "decided_by", "taken_back_by", "announced_by"
        ).order_by("application__reference", "pk")
    )


def _decision_row(decision: Decision) -> list[str]:
    outcome = str(decision.get_outcome_display())
    if decision.outcome == DecisionOutcome.TAKEN_BACK:
        outcome += "\n" + _by_whom(decision.taken_back_by, decision.taken_back_at)
    return [
        decision.application.reference,
        str(DecisionKind(decision.kind).label),
        format_euro(decision.amount) if decision.amount is not None else DASH,
        outcome,
        _by_whom(decision.decided_by, decision.decided_at),
        _by_whom(decision.announced_by, decision.announced_at),
    ]


def _by_whom(person: object, at: datetime | None) -> str:
    return f"{person}\n{moment(at)}" if at else DASH


def _stored_data(run: SelectionRun) -> EmbeddedFile:
    stored = {
        "programme_year": run.programme_year.year,
        "source_state": run.source_state,
        "policy": run.policy,
        "seed": run.seed,
        "started_at": run.started_at.isoformat(),
        "inputs": run.inputs,
        "result": run.result,
    }
    return EmbeddedFile(
        name=_DATA_FILE,
        media_type="application/json",
        description=_("Gespeicherte Eingaben und Ergebnis der Auswahl"),
        # Sorted, since PostgreSQL's JSON keeps no order of keys.
        text=json.dumps(stored, indent=1, sort_keys=True),
    )
