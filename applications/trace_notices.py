"""The friendly question about names and stories, in words. It never stops anybody."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.gap_sentences import field_label
from applications.models import Application
from applications.rules.personal_traces import Trace, TraceKind, find_traces
from applications.sections import FREE_TEXTS

_SENTENCES: Final[Mapping[TraceKind, str | Promise]] = {
    TraceKind.NAME: _("„%(words)s“ klingt nach dem Namen eines Menschen."),
    TraceKind.BIRTH: _("„%(words)s“ sieht nach einem Geburtsdatum aus."),
    TraceKind.CONTACT: _("„%(words)s“ sieht nach einer Telefonnummer oder E-Mail-Adresse aus."),
    TraceKind.STORY: _("„%(words)s“ klingt nach der Geschichte eines einzelnen Menschen."),
}


@dataclass(frozen=True)
class Notice:
    """What was noticed in one field, a sentence for each."""

    field: str
    label: str
    sentences: list[str]


def notices_in(application: Application, fields: Collection[str] = FREE_TEXTS) -> list[Notice]:
    """What is noticed in the stored texts of these fields, in the order of the form. No query."""
    found = {name: find_traces(getattr(application, name)) for name in FREE_TEXTS if name in fields}
    return [
        Notice(name, field_label(name), [sentence_for(trace) for trace in traces])
        for name, traces in found.items()
        if traces
    ]


def in_passing(notices: Sequence[Notice]) -> str:
    """The question in one sentence, for whoever has gone on to another page."""
    fields = ", ".join(gettext("„%(name)s“") % {"name": notice.label} for notice in notices)
    return gettext(
        "Bitte sehen Sie bei Gelegenheit noch einmal nach: In %(fields)s steht vielleicht etwas "
        "über einzelne Menschen."
    ) % {"fields": fields}


def sentence_for(trace: Trace) -> str:
    return str(_SENTENCES[trace.kind]) % {"words": trace.words}
