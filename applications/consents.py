"""The municipality's consent to an application: where it stands, and whom one can ask now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ConsentRequest
from applications.rules.consent import SETTLED, ConsentStanding, Question, consent_standing
from buendnisse.models import MemberOrganisation
from buendnisse.standings import PAUSE
from buendnisse.templatetags.display import DASH, moment

_LABELS: Final[Mapping[ConsentStanding, tuple[str | Promise, str]]] = {
    ConsentStanding.NOT_NEEDED: (_("Nicht nötig"), "neutral"),
    ConsentStanding.GIVEN: (_("Zugestimmt"), "success"),
    ConsentStanding.ON_PAPER: (_("Schriftlich, laut Antrag"), "info"),
    ConsentStanding.NOT_ASKED: (_("Noch nicht gefragt"), "neutral"),
    ConsentStanding.ASKED: (_("Antwort steht aus"), "info"),
    ConsentStanding.DECLINED: (_("Nicht zugestimmt"), "danger"),
    ConsentStanding.OUTDATED: (_("Angaben geändert"), "warning"),
}


@dataclass(frozen=True)
class ConsentSubject:
    """What a municipality agrees to: who applies, for which alliance, and where."""

    municipality: str
    lead_name: str
    alliance_name: str


@dataclass(frozen=True)
class Consent:
    """``request`` is the one that counts, the newest that was not withdrawn."""

    standing: ConsentStanding
    request: ConsentRequest | None

    @property
    def label(self) -> str | Promise:
        return _LABELS[self.standing][0]

    @property
    def kind(self) -> str:
        """The colour of its badge."""
        return _LABELS[self.standing][1]

    @property
    def is_settled(self) -> bool:
        return self.standing in SETTLED

    @property
    def is_declined(self) -> bool:
        """Whether the answer by the link was no, also where there is a letter beside it."""
        return bool(self.request and self.request.answered_at and not self.request.is_confirmed)

    @property
    def may_ask(self) -> bool:
        return self.standing not in (ConsentStanding.NOT_NEEDED, ConsentStanding.GIVEN)

    @property
    def is_waiting(self) -> bool:
        """Whether a question is out that still fits and has no answer."""
        return self.standing == ConsentStanding.ASKED or bool(
            self.standing == ConsentStanding.ON_PAPER and self.request and self.request.is_open
        )

    def waits_until(self, now: datetime) -> datetime | None:
        """Until when the next mail to the same address has to wait; None where it need not."""
        if self.request is None or self.standing == ConsentStanding.OUTDATED:
            return None
        over = self.request.last_sent_at + PAUSE
        return over if over > now else None


def lead_in(application: Application) -> MemberOrganisation | None:
    """The applicant in law; no query where the organisations are prefetched."""
    organisations = application.alliance.organisations.all()
    return next((each for each in organisations if each.is_lead), None)


def municipality_of(application: Application) -> str:
    """The place that has to agree, as the applicants name it; empty as long as they do not."""
    territory = application.territory
    if territory is None or (territory.needs_place_name and not application.place):
        return ""
    return territory.label(application.place)


def subject_of(application: Application) -> ConsentSubject | None:
    """What there is to agree to; None as long as place, applicant or title is missing."""
    lead, municipality = lead_in(application), municipality_of(application)
    if lead is None or not municipality or not application.title:
        return None
    return ConsentSubject(municipality, lead.name, application.alliance.name)


def fits(request: ConsentRequest, application: Application) -> bool:
    """Whether the words that were sent are still about this application."""
    lead = lead_in(application)
    return request.is_about(
        municipality=municipality_of(application),
        lead_name=lead.name if lead else "",
        alliance_name=application.alliance.name,
    )


def consent_of(application: Application) -> Consent:
    """Where the consent stands. One query, unless ``consent_requests`` are prefetched."""
    # Chosen here and not in the database: pages have them prefetched.
    requests = [each for each in application.consent_requests.all() if not each.withdrawn_at]
    request = max(requests, key=lambda each: (each.asked_at, each.pk), default=None)
    lead = lead_in(application)
    question = None
    if request is not None:
        agrees = request.is_confirmed if request.answered_at else None
        question = Question(is_about_this=fits(request, application), agrees=agrees)
    standing = consent_standing(
        lead_is_municipal=bool(lead and lead.is_municipal),
        on_paper=application.consent_on_paper,
        question=question,
    )
    return Consent(standing, request)


def consent_in_words(consent: Consent) -> str:
    """The consent in one line: where it stands and, where somebody answered, who and when."""
    request = consent.request
    if request is None:
        return words_of_consent(consent.standing)
    return words_of_consent(
        consent.standing,
        person=request.person_name,
        function=request.person_function,
        at=request.answered_at,
    )


def words_of_consent(
    standing: ConsentStanding, *, person: str = "", function: str = "", at: datetime | None = None
) -> str:
    """The same from what was kept of it."""
    label, _kind = _LABELS[standing]
    if at is None:
        return str(label)
    return gettext("%(standing)s (Antwort von %(person)s, %(function)s, am %(at)s)") % {
        "standing": label,
        "person": person or DASH,
        "function": function or DASH,
        "at": moment(at),
    }
