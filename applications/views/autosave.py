"""Saving by itself: what the browser sends while somebody types, and what it is told.

The answers are for ``static/buendnisse/autosave.js``: 200 saved (what cannot be stored yet is
named), 401 not signed in, 403 may not change it, 409 somebody else changed the same field, 429 too
often. In all but the first, what was not stored is still in the browser.
"""

from typing import Any, Final
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from redis import RedisError

from applications.services.drafting import PLAN, Merged, Outcome, fingerprint, stored_value
from applications.trace_notices import notices_in
from applications.views.access import find_case_to_save
from applications.views.typed import Typed
from buendnisse.models import User
from buendnisse.refusals import Refusal

# A person at a keyboard saves every two seconds at most; several windows may.
MOST_A_MINUTE: Final = 120
_MINUTE: Final = 60
_OK, _MALFORMED, _NOT_SIGNED_IN, _NOT_ALLOWED, _CONFLICT, _TOO_MANY = 200, 400, 401, 403, 409, 429


@never_cache
@require_POST
def autosave(request: HttpRequest, public_id: UUID, section: str) -> HttpResponse:
    """Save a section as it stands in the browser; the same fields as its form sends."""
    user = request.user
    if not isinstance(user, User):
        return _said(_("Ihre Anmeldung ist abgelaufen."), _NOT_SIGNED_IN)
    if _too_often(user):
        answer = _said(_("Bitte warten Sie einen Augenblick."), _TOO_MANY)
        answer.headers["Retry-After"] = str(_MINUTE)
        return answer
    case = find_case_to_save(user, public_id, section)
    typed = Typed(case, section, request.POST)
    if "version" in typed.form.errors:
        return _said(_("Bitte laden Sie die Seite neu."), _MALFORMED)
    now = timezone.now()
    try:
        merged = typed.merge(acting_user=user, application=case.application, now=now)
    except Refusal as refusal:
        return _said(str(refusal.sentence), _NOT_ALLOWED)
    return JsonResponse(
        {
            "said": _("Gespeichert um %(time)s Uhr.") % {"time": f"{localtime(now):%H:%M:%S}"},
            "version": merged.application.version,
            "fields": _fields(typed, merged),
            "errors": _errors(typed),
            "notices": _notices(typed, merged),
            "conflicts": _conflicts(typed, merged),
            "inConflict": merged.conflicts,
        },
        status=_CONFLICT if merged.conflicts else _OK,
    )


def _said(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"said": sentence}, status=status)


def _too_often(user: User) -> bool:
    key = f"autosave:{user.pk}"
    try:
        cache.add(key, 0, _MINUTE)
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:
        # The minute ended between the two.
        return False
    except RedisError:
        # Words are not lost because a counter is away.
        return False


def _fields(typed: Typed, merged: Merged) -> dict[str, dict[str, Any]]:
    """By field what the page has seen now, and its value where the page is to take it over."""
    found: dict[str, dict[str, Any]] = {
        name: {"seen": seen}
        for name, seen in typed.seen_after(merged).items()
        if name not in merged.conflicts and (name in merged.outcomes or name in typed.left)
    }
    taken_over = {name for name, found in merged.outcomes.items() if found == Outcome.LEAVE}
    for name in sorted((taken_over | typed.left) - {PLAN}):
        value = stored_value(merged.application, name)
        found[name] = {
            "seen": fingerprint(value),
            "value": typed.form.input_value(name, value),
            "chosen": name in typed.left,
        }
    if PLAN in typed.left:
        found[PLAN]["reload"] = True
    return found


def _errors(typed: Typed) -> dict[str, list[str]]:
    """By the id of its control what cannot be stored as it stands; the browser keeps it."""
    errors = {
        f"id_{name}": [str(error) for error in found] for name, found in typed.form.errors.items()
    }
    for formset in typed.plan.formsets if typed.plan else []:
        for line in formset.forms:
            errors |= {
                f"id_{line.prefix}-{name}": [str(error) for error in found]
                for name, found in line.errors.items()
            }
        if formset.non_form_errors():
            errors["plan"] = [str(error) for error in formset.non_form_errors()]
    return errors


def _notices(typed: Typed, merged: Merged) -> str:
    found = notices_in(merged.application, typed.values.keys())
    return (
        render_to_string("applications/includes/notices.html", {"notices": found, "own_page": True})
        if found
        else ""
    )


def _conflicts(typed: Typed, merged: Merged) -> str:
    found = typed.conflicts(merged)
    return (
        render_to_string("applications/includes/conflicts.html", {"conflicts": found})
        if found
        else ""
    )
