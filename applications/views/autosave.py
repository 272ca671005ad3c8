"""Saving by itself: what the browser sends while somebody types, and what it is told.

The answers are for ``static/buendnisse/autosave.js``: 200 saved (what cannot be stored yet is
named), 401 not signed in, 403 may not change it, 409 somebody else changed the same field, 429 too
often. In all but the first, what was not stored is still in the browser.
"""

from collections.abc import Iterable
from datetime import datetime
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

from applications.cap_sentences import cap_note
from applications.forms.plan import line_name
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
            "said": _saved(typed, now),
            "isWhole": typed.is_valid,
            "version": merged.application.version,
            "fields": _fields(typed, merged),
            "errors": _errors(typed),
            "notices": _notices(typed, merged),
            "cap": _cap(section, merged),
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


def _saved(typed: Typed, now: datetime) -> str:
    """When it was saved, and what was not; nobody is to trust what is not there."""
    time = f"{localtime(now):%H:%M:%S}"
    if typed.is_valid:
        return _("Gespeichert um %(time)s Uhr.") % {"time": time}
    return _("Gespeichert um %(time)s Uhr, außer: %(names)s.") % {
        "time": time,
        "names": "; ".join(typed.unstored()),
    }


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
    elif PLAN in found and typed.plan_is_partly_stored:
        # What was typed in place of an amount is nowhere but in the browser.
        found[PLAN]["partly"] = True
    return found


def _errors(typed: Typed) -> dict[str, str]:
    """By the id of its control what cannot be stored as it stands, and what the control is called.

    The browser keeps what was typed.
    """
    errors = {
        f"id_{name}": _named(str(typed.form.fields[name].label), found)
        for name, found in typed.form.errors.items()
    }
    for formset in typed.plan.formsets if typed.plan else []:
        for number, line in enumerate(formset.forms, start=1):
            errors |= {
                f"id_{line.prefix}-{name}": _named(
                    f"{line_name(formset.kind, number)}, {line.fields[name].label}", found
                )
                for name, found in line.errors.items()
            }
        if found := formset.non_form_errors():
            errors["plan"] = _named(str(formset.item_label), found)
    return errors


def _named(label: str, found: Iterable[object]) -> str:
    colon = "" if label.endswith("?") else ":"
    return " ".join([f"{label}{colon}", *(str(error) for error in found)])


def _notices(typed: Typed, merged: Merged) -> str:
    found = notices_in(merged.application, typed.values.keys())
    return (
        render_to_string("applications/includes/notices.html", {"notices": found, "own_page": True})
        if found
        else ""
    )


def _cap(section: str, merged: Merged) -> str:
    """The box with the cap, on the page where the territory is chosen."""
    if section != "place":
        return ""
    return render_to_string("applications/includes/cap.html", {"cap": cap_note(merged.application)})


def _conflicts(typed: Typed, merged: Merged) -> str:
    found = typed.conflicts(merged)
    return (
        render_to_string("applications/includes/conflicts.html", {"conflicts": found})
        if found
        else ""
    )
