"""What has changed since a proposal was made or its page was opened, for who decides on it."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from applications.admin.wording import decision_words
from applications.differences import Change, basis_changes
from applications.models import Application, Decision, DecisionBasis
from applications.services.basis import basis_content


def changes_since_proposals(decisions: Collection[Decision]) -> dict[int, list[Change]]:
    """What differs from what each was proposed on, by the decision's key. One query for all.

    ``decisions`` come with their applications. Empty where retention has erased the words.
    """
    kept = dict(
        DecisionBasis.objects.filter(decision__in=decisions).values_list("decision", "content")
    )
    return {
        decision.pk: basis_changes(kept[decision.pk], basis_content(decision.application))
        for decision in decisions
        if decision.pk in kept
    }


def changes_between_proposals(
    seen: Decision, now: Decision | None, application: Application
) -> list[Change]:
    """What differs between a proposal that somebody saw and what there is instead now."""
    seen.application = application
    found = [Change(_("Vorschlag"), decision_words(seen), _proposal(now))]
    if now and seen.reason != now.reason:
        found.append(Change(_("Begründung"), seen.reason, now.reason))
    return [
        *(change for change in found if change.before != change.after),
        *changes_since_proposals([seen]).get(seen.pk, []),
    ]


def _proposal(decision: Decision | None) -> str:
    if decision is None:
        return _("keiner")
    words: Any = decision_words(decision)
    return f"{words} ({decision.get_outcome_display()})" if decision.decided_at else str(words)
