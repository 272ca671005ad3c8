"""What the check before registering answers, in words: the verdict, and each finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.rules.eligibility import Finding, FindingCode, Verdict
from buendnisse.templatetags.display import euro


@dataclass(frozen=True)
class Advice:
    """What it is about, and why it matters and what to do now."""

    title: str
    text: str


_VERDICTS: Final[Mapping[Verdict, tuple[str | Promise, str | Promise]]] = {
    Verdict.YES: (
        _("Ja, Ihr Bündnis kann einen Antrag stellen"),
        _("Nach Ihren Antworten fehlt nichts, was dafür nötig ist."),
    ),
    Verdict.NOT_YET: (
        _("Noch nicht – aber das können Sie ändern"),
        _("Erledigen Sie zuerst, was hier steht. Dann kann Ihr Bündnis einen Antrag stellen."),
    ),
    Verdict.NO: (
        _("Nein, für dieses Vorhaben geht es leider nicht"),
        _("Für ein anderes Vorhaben, das noch nicht begonnen hat, kann es möglich sein."),
    ),
}

_ADVICE: Final[Mapping[FindingCode, tuple[str | Promise, str | Promise]]] = {
    FindingCode.BEGUN: (
        _("Das Vorhaben hat schon begonnen"),
        _(
            "Gefördert wird nur, was noch nicht begonnen hat. Planen Sie danach etwas Neues, das "
            "für sich steht? Rufen Sie uns an, bevor Sie dafür etwas bestellen oder "
            "unterschreiben."
        ),
    ),
    FindingCode.BEGUN_UNSURE: (
        _("Klären Sie, ob das Vorhaben schon begonnen hat"),
        _(
            "Gefördert wird nur, was noch nicht begonnen hat. Haben Sie dafür schon etwas bestellt "
            "oder einen Vertrag unterschrieben? Rufen Sie uns an und bestellen Sie vorher nichts."
        ),
    ),
    FindingCode.NEEDS_LEAD: (
        _("Sie brauchen eine Organisation mit eigener Rechtsform"),
        _(
            "Ohne eigene Rechtsform kann Ihre Gruppe den Antrag nicht selbst stellen. Fragen Sie "
            "zum Beispiel einen eingetragenen Verein, eine Kirchengemeinde oder Ihre Gemeinde, ob "
            "sie mitmacht und den Antrag für alle stellt."
        ),
    ),
    FindingCode.NEEDS_LEAD_AMONG_PARTNERS: (
        _("Eine andere Organisation muss den Antrag stellen"),
        _(
            "Ohne eigene Rechtsform kann Ihre Gruppe den Antrag nicht selbst stellen. Fragen Sie "
            "die, die bei Ihnen mitmachen: Eine Organisation mit eigener Rechtsform stellt den "
            "Antrag für alle. Ihre Gruppe bleibt Partnerin im Bündnis."
        ),
    ),
    FindingCode.PERSON_ALONE: (
        _("Eine Person allein kann keinen Antrag stellen"),
        _(
            "Gefördert werden Bündnisse aus mindestens zwei Organisationen. Suchen Sie vor Ort "
            "eine Organisation mit eigener Rechtsform, die den Antrag stellt, zum Beispiel einen "
            "Verein oder Ihre Gemeinde. Sie selbst können das Vorhaben mit ihr planen."
        ),
    ),
    FindingCode.FORM_NOT_LISTED: (
        _("Klären Sie, wer den Antrag stellen kann"),
        _(
            "Antragsteller sind Gemeinden, Städte, Landkreise, eingetragene Vereine, gemeinnützige "
            "GmbHs, Kirchen, Wohlfahrtsverbände und Stiftungen. Andere können im Bündnis "
            "mitmachen. Rufen Sie uns an, wenn Sie unsicher sind."
        ),
    ),
    FindingCode.FORM_UNKNOWN: (
        _("Klären Sie, welche Rechtsform die Organisation hat"),
        _(
            "Fragen Sie den Vorstand oder die Leitung. Bei einem eingetragenen Verein steht "
            "„e. V.“ im Namen. Ohne eigene Rechtsform muss eine andere Organisation den Antrag "
            "stellen."
        ),
    ),
    FindingCode.TOO_FEW_PARTNERS: (
        _("Sie brauchen mindestens zwei Organisationen"),
        _(
            "Ein Bündnis besteht aus mindestens zwei Organisationen. Fragen Sie zum Beispiel Ihre "
            "Gemeinde, eine Kirchengemeinde, einen Verein oder eine Initiative von Geflüchteten."
        ),
    ),
    FindingCode.NO_PARTICIPATION: (
        _("Geflüchtete müssen mitwirken"),
        _(
            "Das ist das erste Kriterium der Jury, und der Antrag fragt danach. Planen Sie das "
            "Vorhaben gemeinsam mit Geflüchteten: Sie entscheiden und gestalten mit."
        ),
    ),
    FindingCode.PARTICIPATION_UNSURE: (
        _("Holen Sie Geflüchtete früh dazu"),
        _(
            "Das ist das erste Kriterium der Jury. Im Antrag beschreiben Sie, wie Geflüchtete "
            "mitplanen und mitentscheiden. Am besten füllen Sie ihn gemeinsam aus."
        ),
    ),
    FindingCode.ABOVE_CAP: (
        _("Sie können höchstens %(cap)s beantragen"),
        _(
            "Sie brauchen %(requested)s, das ist mehr als der Höchstbetrag für Ihr Gebiet. Den "
            "Rest müssen Sie anders bezahlen, zum Beispiel mit eigenem Geld, Spenden oder einer "
            "anderen Förderung. Oder Sie planen kleiner."
        ),
    ),
    FindingCode.NEEDS_CONSENT: (
        _("Fragen Sie Ihre Gemeinde oder Stadt"),
        _(
            "Sie muss mit dem Antrag einverstanden sein, weil sie ihn nicht selbst stellt. "
            "Sprechen Sie früh mit dem Rathaus."
        ),
    ),
    FindingCode.NEEDS_CONSENT_OF_PARTNER: (
        _("Ihre Gemeinde oder Stadt muss einverstanden sein"),
        _(
            "Das gilt auch, wenn sie im Bündnis mitmacht und nicht selbst den Antrag stellt. "
            "Bitten Sie sie früh um ihr Einverständnis."
        ),
    ),
    FindingCode.WHOLE_DISTRICT: (
        _("Sie haben einen ganzen Landkreis gewählt"),
        _(
            "Das ist richtig, wenn Ihr Bündnis im ganzen Landkreis tätig ist. Arbeiten Sie nur in "
            "einer Stadt oder Gemeinde, wählen Sie diese: Dann gilt deren Höchstbetrag. Das "
            "Ministerium prüft das."
        ),
    ),
}


def verdict_in_words(verdict: Verdict) -> Advice:
    """The answer to "can we apply?", in the reader's language."""
    title, text = _VERDICTS[verdict]
    return Advice(str(title), str(text))


def advice_on(finding: Finding) -> Advice:
    """What a finding means and what to do about it, in the reader's language."""
    title, text = _ADVICE[finding.code]
    params = {name: euro(amount) for name, amount in finding.params.items()}
    return Advice(str(title) % params, str(text) % params)
