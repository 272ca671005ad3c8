"""Where the money ends among equals: who they are, and that the lot decides, in a sentence."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from applications.rules.ranking import Standing
from applications.rules.ties import DecisiveTie
from buendnisse.templatetags.display import score_words


def tie_sentences(ties: Iterable[DecisiveTie], standings: Mapping[str, Standing]) -> list[str]:
    """One text for each tie; ``standings`` are by file number."""
    return [_sentence(tie, standings) for tie in ties]


def merits_of(standings: Mapping[str, Standing]) -> dict[str, tuple[Decimal | None, ...]]:
    """What ranks each before its lot does."""
    return {reference: standing[:2] for reference, standing in standings.items()}


def _sentence(tie: DecisiveTie, standings: Mapping[str, Standing]) -> str:
    score, participation, _lot = standings[tie.references[0]]
    equals = _(
        "Das Geld endet unter Gleichen: %(names)s haben dieselbe Jurybewertung (%(score)s) und "
        "dieselbe Bewertung der Beteiligung (%(participation)s), und das Geld reicht nicht für "
        "alle."
    ) % {
        "names": _listed([_with_lot(each, standings[each][2]) for each in tie.references]),
        "score": score_words(score),
        "participation": score_words(participation),
    }
    return f"{equals} {_who_gets_it(tie, standings)}"


def _who_gets_it(tie: DecisiveTie, standings: Mapping[str, Standing]) -> str:
    drawn = [standings[each][2] is not None for each in tie.references]
    if not any(drawn):
        return _(
            "Wer von ihnen eine Bewilligung bekommt, entscheidet das Los. Die Auswahl zieht und "
            "speichert es."
        )
    if not all(drawn):
        return _(
            "Wer von ihnen eine Bewilligung bekommt, entscheidet das Los: Wer schon eines hat, "
            "geht vor; die übrigen Lose zieht und speichert die Auswahl."
        )
    if not tie.funded:
        return _(
            "Es entscheidet das gespeicherte Los, das kleinste zuerst. Für %(first)s reicht das "
            "Geld nicht ganz; deshalb bekommt von ihnen niemand eine Bewilligung."
        ) % {"first": tie.references[0]}
    return _(
        "Es entscheidet das gespeicherte Los, das kleinste zuerst. Danach ist eine Bewilligung "
        "vorgesehen für %(funded)s, nicht für %(others)s."
    ) % {
        "funded": _listed(tie.funded),
        "others": _listed([each for each in tie.references if each not in tie.funded]),
    }


def _with_lot(reference: str, lot: int | None) -> str:
    return (
        reference if lot is None else _("%(name)s (Los %(lot)d)") % {"name": reference, "lot": lot}
    )


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    if not before:
        return last
    return _("%(before)s und %(last)s") % {"before": ", ".join(before), "last": last}
