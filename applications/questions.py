"""Every question of the application, read from the forms themselves, to prepare it on paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from applications.attachment_words import useful_documents
from applications.forms.fields import TerritoryField
from applications.forms.plan import HEADINGS, HINTS
from applications.forms.sections import OPTIONAL_FIELDS, SECTION_FORMS
from applications.gap_sentences import field_label
from applications.sections import ATTACHMENTS, ORDER, SECTIONS
from buendnisse.documents import render_pdf
from buendnisse.forms.alliance import AllianceForm, OrganisationForm

_SHORT: Final = 1
_LONG: Final = 6
_PLAN: Final = 4
# What holds for all questions of a part.
_NOTES: Final[Mapping[str, str | Promise]] = {
    "organisation": gettext_lazy(
        "Diese Fragen beantworten Sie für jede Organisation, mindestens für zwei."
    ),
    "project": gettext_lazy(
        "Bitte keine Namen und keine Geschichten von Geflüchteten. Schreiben Sie, wie viele "
        "Menschen mitwirken oder erreicht werden."
    ),
    "finances": gettext_lazy(
        "Die Ausgaben müssen so hoch sein wie Eigenmittel, Drittmittel, Einnahmen und Zuwendung "
        "zusammen."
    ),
    "declarations": gettext_lazy(
        "Ist der Antragsteller nicht selbst Gemeinde, Stadt oder Landkreis, bitten Sie die "
        "Gemeinde hier um ihre Zustimmung: Sie bekommt eine E-Mail und antwortet über einen Link, "
        "ohne Konto. Fragen Sie früh."
    ),
}


@dataclass(frozen=True)
class Question:
    """One question; ``lines`` is the space it takes to note an answer, 0 for a box to tick.

    ``hint`` may hold a link, as the help text of its field does.
    """

    label: str
    hint: str = ""
    options: list[str] = field(default_factory=list)
    lines: int = _SHORT
    is_optional: bool = False

    @property
    def is_tick(self) -> bool:
        return self.lines == 0

    @property
    def is_long(self) -> bool:
        return self.lines > _SHORT


@dataclass(frozen=True)
class Part:
    """One part of the application with its questions, numbered on from ``first``."""

    heading: str
    questions: list[Question]
    note: str
    first: int


def application_questions() -> list[Part]:
    """All that is asked between registering and submitting, in the order of the form. No query."""
    asked = [
        ("alliance", _("Bündnis"), _questions("alliance", AllianceForm)),
        (
            "organisation",
            _("Organisationen im Bündnis"),
            _questions("organisation", OrganisationForm),
        ),
        *(_section(key) for key in ORDER),
    ]
    parts: list[Part] = []
    first = 1
    for key, heading, found in asked:
        parts.append(Part(heading, found, str(_NOTES.get(key, "")), first))
        first += len(found)
    return parts


def _section(key: str) -> tuple[str, str, list[Question]]:
    if key == ATTACHMENTS:
        question = Question(
            label=_("Welche Unterlagen laden Sie hoch?"),
            hint=_("Zum Beispiel: %(documents)s.") % {"documents": ", ".join(useful_documents())},
            lines=_PLAN,
            is_optional=True,
        )
        return key, field_label(key), [question]
    form = SECTION_FORMS[key]
    return key, str(form.heading), _questions(key, form)


def questions_pdf(*, now: datetime) -> bytes:
    """The questions as an accessible PDF with space to note, in German like the application."""
    with override("de"):
        parts = [
            {
                "heading": part.heading,
                "note": part.note,
                "questions": [
                    {
                        "number": number,
                        "label": question.label,
                        "hint": strip_tags(question.hint),
                        "options": question.options,
                        "lines": question.lines,
                        "optional": _("(freiwillig)") if question.is_optional else "",
                    }
                    for number, question in enumerate(part.questions, start=part.first)
                ],
            }
            for part in application_questions()
        ]
        return render_pdf("questions", {"parts": parts}, title=_("Fragen des Antrags"), now=now)


def _questions(key: str, form: type[forms.Form | forms.ModelForm]) -> list[Question]:
    found = [
        _question(name, form_field, in_draft=key in SECTION_FORMS)
        for name, form_field in form.base_fields.items()
        if not isinstance(form_field.widget, forms.HiddenInput)
    ]
    if "budget_lines" in SECTIONS.get(key, ()):
        found += _plan_questions()
    return found


def _question(name: str, form_field: forms.Field, *, in_draft: bool) -> Question:
    if isinstance(form_field, forms.BooleanField):
        lines = 0
    elif isinstance(form_field.widget, forms.Textarea):
        lines = _LONG
    else:
        lines = _SHORT
    return Question(
        label=str(form_field.label),
        hint=_hint(form_field),
        options=_options(form_field),
        lines=lines,
        # A draft may lack anything, so its fields do not say what a submission may lack.
        is_optional=name in OPTIONAL_FIELDS if in_draft else not form_field.required and lines > 0,
    )


def _hint(form_field: forms.Field) -> str:
    said = str(form_field.help_text)
    longest = getattr(form_field, "max_length", None)
    if not longest or isinstance(form_field, forms.EmailField | forms.URLField):
        return said
    limit = _("Höchstens %(length)s Zeichen.") % {"length": intcomma(longest)}
    if not said or limit in said:
        return said or limit
    end = "" if said.endswith((".", "?", "!")) else "."
    return format_html("{}{} {}", said, end, limit)


def _options(form_field: forms.Field) -> list[str]:
    # All places of the state would fill pages; the question itself says how to find one's own.
    if isinstance(form_field, TerritoryField) or not isinstance(form_field, forms.ChoiceField):
        return []
    return [str(label) for value, label in form_field.widget.choices if value]


def _plan_questions() -> Iterator[Question]:
    for kind, heading in HEADINGS.items():
        hint = _("%(hint)s Je Zeile eine Bezeichnung und ein Betrag in Euro.") % {
            "hint": HINTS[kind]
        }
        yield Question(label=str(heading), hint=hint, lines=_PLAN)
