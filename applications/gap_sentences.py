"""What is missing, in words: one sentence for each gap that the rules of completeness find."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, cast

from django.db.models import Field
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind, LineKind
from applications.models import Application
from applications.rules.completeness import Gap, GapCode
from applications.rules.finance_plan import PlanProblemCode
from buendnisse.templatetags.display import day, euro

_SENTENCES: Final[Mapping[str, str | Promise]] = {
    GapCode.MISSING: _("Bitte füllen Sie „%(label)s“ aus."),
    GapCode.NOT_DECLARED: _("Bitte bestätigen Sie: „%(label)s“"),
    GapCode.PERIOD_REVERSED: _(
        "Das Ende des Vorhabens liegt vor seinem Beginn. Bitte ändern Sie einen der beiden Tage."
    ),
    GapCode.LINE_INCOMPLETE: _(
        "Kosten- und Finanzierungsplan, %(table)s, Zeile %(line)s: Es fehlt noch „%(part)s“. "
        "Bitte ergänzen oder leeren Sie diese Zeile."
    ),
    GapCode.PERIOD_BEFORE_CALL: _(
        "Das Vorhaben kann frühestens am %(opens_on)s beginnen, wenn der Förderaufruf öffnet. "
        "Bitte ändern Sie den Beginn."
    ),
    GapCode.NO_LEAD: _(
        "Ihr Bündnis hat noch keinen Antragsteller. Bitte tragen Sie ein, welche Organisation den "
        "Antrag stellt."
    ),
    GapCode.POSTAL_ADDRESS_MISSING: _(
        "Ohne E-Mail-Adresse geht alles per Post. Bitte tragen Sie Straße, Postleitzahl und Ort "
        "des Antragstellers ein."
    ),
    GapCode.TOO_FEW_PARTNERS: _(
        "Zu einem Bündnis gehören mindestens zwei Organisationen. Bitte tragen Sie alle ein, die "
        "mitwirken."
    ),
    GapCode.CONSENT_NOT_ASKED: _(
        "Die Zustimmung der Gemeinde fehlt. Bitten Sie um sie mit einer E-Mail von hier, oder "
        "geben Sie im Abschnitt „Erklärungen“ an, dass sie schriftlich vorliegt."
    ),
    GapCode.CONSENT_ASKED: _(
        "Die Gemeinde ist gefragt und hat noch nicht geantwortet, ob sie zustimmt. Sie können sie "
        "erinnern."
    ),
    GapCode.CONSENT_DECLINED: _(
        "Die Gemeinde hat dem Antrag nicht zugestimmt. Bitte sprechen Sie mit ihr, und bitten Sie "
        "dann noch einmal um die Zustimmung."
    ),
    GapCode.CONSENT_OUTDATED: _(
        "Seit Sie die Gemeinde gefragt haben, haben sich Antragsteller, Bündnis oder Gebiet "
        "geändert. Bitten Sie noch einmal um die Zustimmung."
    ),
    GapCode.ABOVE_CAP: _(
        "Sie beantragen %(requested)s, für Ihr Gebiet gilt aber ein Höchstbetrag von %(cap)s. "
        "Bitte beantragen Sie höchstens diesen Betrag."
    ),
    GapCode.ATTACHMENT_MISSING: _(
        "Bitte laden Sie eine Anlage dieser Art hoch: %(kind)s. Geben Sie bei der Datei die Art an."
    ),
    PlanProblemCode.NEGATIVE: _("Im Plan steht ein negativer Betrag. Bitte ändern Sie ihn."),
    PlanProblemCode.COSTS_MISSING: _("Bitte tragen Sie die Ausgaben Ihres Vorhabens ein."),
    PlanProblemCode.GRANT_MISSING: _("Bitte geben Sie an, welche Zuwendung Sie beantragen."),
    PlanProblemCode.FUNDING_TOO_LOW: _(
        "Die Finanzierung ist %(gap)s niedriger als die Ausgaben. Bitte gleichen Sie beides an: "
        "Die Ausgaben betragen %(costs)s, die Finanzierung mit der Zuwendung %(funding)s."
    ),
    PlanProblemCode.FUNDING_TOO_HIGH: _(
        "Die Finanzierung ist %(gap)s höher als die Ausgaben. Bitte gleichen Sie beides an: Die "
        "Ausgaben betragen %(costs)s, die Finanzierung mit der Zuwendung %(funding)s."
    ),
    PlanProblemCode.OWN_SHARE_TOO_LOW: _(
        "Die Eigenmittel müssen mindestens %(percent)s Prozent der Ausgaben sein, das sind "
        "%(minimum)s. Eingetragen sind %(own_funds)s."
    ),
    PlanProblemCode.GRANT_SHARE_TOO_HIGH: _(
        "Die Zuwendung darf höchstens %(percent)s Prozent der Ausgaben sein, das sind %(maximum)s. "
        "Beantragt sind %(grant)s."
    ),
}
_OWN_SENTENCES: Final[Mapping[str, str | Promise]] = {
    "territory": _("Bitte wählen Sie aus, wo Ihr Bündnis tätig ist."),
    "place": _("Bitte geben Sie an, wie Ihre Gemeinde heißt."),
}


def sentence_for(gap: Gap, *, instead: Mapping[str, str | Promise] | None = None) -> str:
    """What is missing at this gap and what to do about it, in the reader's language.

    It speaks to the applicants. Who speaks to others brings other sentences (``instead``), by the
    code of the gap, or by the field that is empty.
    """
    sentences = {**_SENTENCES, **_OWN_SENTENCES, **(instead or {})}
    is_own = gap.code == GapCode.MISSING and gap.field in sentences
    params = {name: _shown(name, value) for name, value in gap.params.items()}
    sentence = sentences[gap.field if is_own else gap.code]
    return str(sentence) % {"label": field_label(gap.field), **params}


def sentence_templates() -> dict[str, str]:
    """What may be wrong with a plan, by code, with the places for its amounts still open."""
    codes = (*PlanProblemCode, GapCode.ABOVE_CAP)
    return {code.value: str(_SENTENCES[code]) for code in codes}


def field_label(field: str) -> str:
    """What the form calls a field; also for the plan and the parts of the alliance."""
    match field:
        case "territory":
            return gettext("Gebiet")
        case "budget_lines":
            return gettext("Kosten- und Finanzierungsplan")
        case "attachments":
            return gettext("Anlagen")
        case "lead":
            return gettext("Antragsteller")
        case "organisations":
            return gettext("Bündnispartner")
        case "consent" | "consent_on_paper":
            return gettext("Zustimmung der Gemeinde")
        case "period_start":
            return gettext("Beginn des Vorhabens")
        case "period_end":
            return gettext("Ende des Vorhabens")
        case _:
            return str(cast("Field", Application._meta.get_field(field)).verbose_name)


def _shown(name: str, value: Decimal | date | str) -> str:
    if isinstance(value, date):
        return day(value)
    if name == "kind" and isinstance(value, str):
        return str(AttachmentKind(value).label)
    if name == "table" and isinstance(value, str):
        return str(LineKind(value).label)
    if name == "part":
        return gettext("Bezeichnung") if value == "description" else gettext("Betrag in Euro")
    if not isinstance(value, Decimal):
        return value
    if name == "percent":
        return localize(Decimal(f"{value.normalize():f}"))
    return euro(value)
