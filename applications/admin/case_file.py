"""The case file on the page of a case: notes, follow-ups, and the ways to add to them."""

from collections.abc import Set as AbstractSet
from typing import Any

from django.urls import reverse

from applications.admin import steps
from applications.admin.list_place import with_list
from applications.admin.steps import Step
from applications.forms.admin_case_file import NoteForm
from applications.models import Application
from applications.transitions import Actor
from buendnisse.models import User

_TOOLS = (steps.WRITE_NOTE, steps.FOLLOW_UP, steps.MESSAGE)


def file_context(
    application: Application, user: User, actors: AbstractSet[Actor], list_query: str = ""
) -> dict[str, Any]:
    """What the file holds, and what this person may add; the ways to it remember the list.

    No query: ``find_case`` has it all.
    """
    notes = list(application.notes.all())
    tools = {
        step.code: with_list(reverse(step.url_name, args=[application.pk]), list_query)
        for step in _TOOLS
        if _may(step, application, user, actors)
    }
    return {
        "notes": notes,
        "last_note": notes[-1].pk if notes else 0,
        "note_form": NoteForm(auto_id="note_%s") if "note" in tools else None,
        "follow_ups": list(application.follow_ups.all()),
        "tools": tools,
    }


def _may(step: Step, application: Application, user: User, actors: AbstractSet[Actor]) -> bool:
    return not steps.why_not(step, application, None, user, actors)
