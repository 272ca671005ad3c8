"""What a simulation found, in the sentences that stand above its tables."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.services.simulation import Simulation, sum_of_amounts
from buendnisse.templatetags.display import euro
from funding.rules.money import ZERO


def headline(found: Simulation) -> str:
    """What there is without the additional money, what that changes, and what would be left."""
    anyway = found.funded_anyway
    words = [without_words(len(anyway), sum_of_amounts(anyway))]
    if found.additional:
        words += [_difference_words(found), *_displaced_words(found)]
    words.append(_left_words(found))
    if found.still_reserved:
        words.append(_reserved_words(found))
    return " ".join(words)


def without_words(number: int, amount: Decimal) -> str:
    """How many would be funded without additional money; ``amount`` is their sum in euros."""
    if not number:
        return _("Ohne zusätzliches Geld würde kein weiteres Bündnis gefördert.")
    return ngettext(
        "Ohne zusätzliches Geld würde %(number)d weiteres Bündnis gefördert (%(amount)s).",
        "Ohne zusätzliches Geld würden %(number)d weitere Bündnisse gefördert (%(amount)s).",
        number,
    ) % {"number": number, "amount": euro(amount)}


def _is_unneeded(found: Simulation) -> bool:
    """Whether nobody could be brought in, and open proposals do not need the money either."""
    return found.left_anyway >= found.still_reserved and _are_all_funded(found)


def _are_all_funded(found: Simulation) -> bool:
    return all(case.is_funded_anyway or not case.outcome.amount for case in found.cases)


def _difference_words(found: Simulation) -> str:
    more = {"additional": euro(found.additional)}
    number = len(found.added)
    if number:
        return ngettext(
            "Mit %(additional)s zusätzlich käme %(number)d dazu (%(amount)s).",
            "Mit %(additional)s zusätzlich kämen %(number)d dazu (%(amount)s).",
            number,
        ) % {**more, "number": number, "amount": euro(sum_of_amounts(found.added))}
    if _is_unneeded(found):
        return (
            _("Mit %(additional)s zusätzlich käme keines dazu; das Geld wird nicht gebraucht.")
            % more
        )
    if _are_all_funded(found):
        return _("Mit %(additional)s zusätzlich käme keines dazu.") % more
    return (
        _(
            "Mit %(additional)s zusätzlich käme keines dazu; für den nächsten Antrag reicht das "
            "noch nicht."
        )
        % more
    )


def _displaced_words(found: Simulation) -> list[str]:
    number = len(found.displaced)
    if not number:
        return []
    return [
        ngettext(
            "Dafür fiele %(number)d heraus, das ohne das zusätzliche Geld gefördert würde.",
            "Dafür fielen %(number)d heraus, die ohne das zusätzliche Geld gefördert würden.",
            number,
        )
        % {"number": number}
    ]


def _left_words(found: Simulation) -> str:
    if not found.additional:
        return _("Übrig blieben %(left)s.") % {"left": euro(found.left)}
    if _is_unneeded(found):
        return _("Übrig blieben auch ohne dieses Geld %(left)s.") % {
            "left": euro(found.left_anyway)
        }
    return _("Übrig blieben dann %(left)s.") % {"left": euro(found.left)}


def _reserved_words(found: Simulation) -> str:
    left = (found.left_anyway if _is_unneeded(found) else found.left) - found.still_reserved
    words = _("Achtung: Für offene Vorschläge sind noch %(reserved)s vorgesehen;") % {
        "reserved": euro(found.still_reserved)
    }
    rest = (
        _("es bleiben %(left)s.") % {"left": euro(left)}
        if left >= ZERO
        else _("es fehlen %(missing)s.") % {"missing": euro(-left)}
    )
    return f"{words} {rest}"
