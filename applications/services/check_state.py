"""Two officers in one case: a check is bound to what its page showed, like an approval."""

from django.utils.translation import gettext_lazy as _

from applications.enums import Action
from applications.models import Application
from applications.services.snapshot import digest_of
from buendnisse.refusals import Refusal
from buendnisse.templatetags.display import moment


class CheckChanged(Refusal):
    """Somebody else has changed the check since this page was opened; nothing was written."""

    code = "check_changed"


def check_digest(application: Application) -> str:
    """Digest of the check as it stands: the answers of the checklist and what was found.

    The officer's pages carry it, and what is saved there is bound to it. One query, unless
    ``check_results`` are prefetched with the current ones alone.
    """
    results = {
        result.item: [result.answer, result.note]
        for result in application.check_results.all()
        if result.replaced_at is None
    }
    return digest_of(
        {
            "application": application.pk,
            "results": results,
            "confirmed_territory": application.confirmed_territory_id,
            "confirmed_place": application.confirmed_place,
            "eligible_amount": application.eligible_amount,
            "reduction_reason": application.reduction_reason,
            "checked_by": application.checked_by_id,
        }
    )


def refuse_changed(application: Application, seen: str | None) -> None:
    """Refuse with ``CheckChanged`` when ``seen`` is not the present digest; None asks nothing."""
    if seen is None or seen == check_digest(application):
        return
    raise CheckChanged(
        _(
            "%(who)s hat diese Prüfung geändert (%(when)s), seit Sie die Seite geöffnet haben. "
            "Ihre Eingaben stehen noch hier, sind aber nicht gespeichert. Bitte vergleichen Sie "
            "sie mit dem, was jetzt gespeichert ist, und speichern Sie dann noch einmal."
        )
        % _last_change(application)
    )


def _last_change(application: Application) -> dict[str, str]:
    """Who changed the check last, and when. Two queries."""
    result = application.check_results.select_related("answered_by").order_by("answered_at").last()
    found = (
        application.status_changes.filter(action=Action.DECLARE_ELIGIBLE)
        .select_related("actor")
        .last()
    )
    if found and (result is None or found.at >= result.answered_at):
        return {"who": str(found.actor), "when": moment(found.at)}
    taken_back = application.check_results.exclude(replaced_at=None).order_by("replaced_at").last()
    at = taken_back.replaced_at if taken_back else None
    if result and (at is None or at <= result.answered_at):
        return {"who": str(result.answered_by), "when": moment(result.answered_at)}
    # Who took an answer back is told by the history, not by the answers.
    at = at or application.updated_at
    return {"who": str(_("Jemand anderes")), "when": moment(at)}
