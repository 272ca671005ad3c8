"""What a page says about the fields it was opened with, beside what was typed into them.

For each field the page carries ``seen-<field>``, the fingerprint of what it showed. After a
conflict it carries ``theirs-<field>`` too, the fingerprint of the other version that was shown, and
``choice-<field>`` once somebody has chosen. ``tried-<field>`` is what a browser sent without
hearing an answer.
"""

from typing import Final

from django.core.exceptions import TooManyFieldsSent, ValidationError
from django.http import QueryDict

from applications.forms.plan import PlanForm
from applications.forms.sections import SectionForm
from applications.services.drafting import PLAN, Seen, fingerprint

MINE: Final = "mine"
THEIRS: Final = "theirs"
# Longer than any fingerprint: what is longer is none.
_LONGEST: Final = 64
_MOST_TRIED: Final = 3


def open_names(form: SectionForm, plan: PlanForm | None) -> list[str]:
    """The fields of the section that can be changed now, in the order of the page."""
    names = [name for name in form.fields if name in form.open_fields]
    return [*names, PLAN] if plan and plan.is_open else names


def chosen_theirs(data: QueryDict, names: list[str]) -> frozenset[str]:
    """The fields for which the other version was chosen: what is stored stays."""
    return frozenset(name for name in names if data.get(f"choice-{name}") == THEIRS)


def seen_in(data: QueryDict, form: SectionForm, plan: PlanForm | None) -> dict[str, Seen]:
    """What the page knew of each open field; whoever chose the own version has seen the other."""
    found = {}
    for name in open_names(form, plan):
        opened = data.get(f"seen-{name}", "")
        if data.get(f"choice-{name}") == MINE:
            opened = data.get(f"theirs-{name}", opened)
        if opened:
            found[name] = Seen(opened[:_LONGEST], _tried(data, name, form))
    return found


def _tried(data: QueryDict, name: str, form: SectionForm) -> frozenset[str]:
    texts = data.getlist(f"tried-{name}")[-_MOST_TRIED:]
    return frozenset(
        found
        for text in texts
        if (found := _plan_sign(text, form) if name == PLAN else _sign(text, name, form))
    )


def _plan_sign(text: str, form: SectionForm) -> str:
    try:
        plan = PlanForm(QueryDict(text), application=form.application, is_open=True)
    except TooManyFieldsSent:
        return ""
    lines = plan.lines()
    return "" if lines is None else fingerprint(lines)


def _sign(text: str, name: str, form: SectionForm) -> str:
    form_field = form.fields[name]
    try:
        return fingerprint(
            form_field.clean(form_field.widget.value_from_datadict({name: text}, {}, name))
        )
    except ValidationError:
        return ""
