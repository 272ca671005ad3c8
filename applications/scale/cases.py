"""The rows of the cases of a large year, each a plain tuple: nothing is asked of the database."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

from applications.demo.ideas import IDEAS
from applications.enums import Action, DecisionKind, DecisionOutcome, Intake, LineKind, State
from applications.scale.course import DECIDED, Course
from buendnisse.models import (
    ChangeKind,
    ChangeRecord,
    LegalForm,
    MailState,
    MembershipRole,
    OrganisationKind,
    Territory,
    TerritoryKind,
)
from buendnisse.models.recorded import digest_of
from buendnisse.names import name_key
from buendnisse.search import folded
from funding.models import ProgrammeYear
from funding.rules.caps import TerritoryKind as CapKind
from funding.rules.caps import cap_for

# Each case has so many seconds of the call to itself.
_APART: Final = timedelta(seconds=20)
_STEP: Final = timedelta(hours=7)
_ALLIANCE: Final = ("Runder Tisch", "Bündnis", "Freundeskreis", "Netzwerk", "Café International")
_LEAD: Final = (
    "Bürgerverein",
    "Caritasverband",
    "Diakonie",
    "Arbeiterwohlfahrt",
    "Kirche",
)
_OWN_FUNDS: Final = Decimal("2000.00")
_HUNDRED: Final = Decimal("100.00")
# Field, before and after, as the history has them.
_CHANGED: Final = (
    ("title", "Begegnung", "Begegnungscafé mit offenem Sprachtisch"),
    ("requested_amount", "15000.00", "12000.00"),
    ("eligible_amount", "", "12000.00"),
    ("reduction_reason", "", "Nicht alles."),
    ("summary", "Kurz.", "Kurz gesagt."),
)
_SALT: Final = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Staff:
    """The keys of the people at the ministry and on the jury."""

    officers: Sequence[int]
    approvers: Sequence[int]
    jurors: Sequence[int]


@dataclass(frozen=True)
class FirstKeys:
    """What the keys of the new rows begin with."""

    user: int
    alliance: int
    organisation: int
    application: int
    award: int


@dataclass(frozen=True)
class Case:
    """The application of this number (from 0), and all that follows from the number."""

    number: int
    course: Course
    year: ProgrammeYear
    territory: Territory
    staff: Staff
    first: FirstKeys
    prefix: str
    # Which of the awards it got, from 0.
    award_number: int | None = None

    @property
    def pk(self) -> int:
        return self.first.application + self.number

    @property
    def alliance(self) -> int:
        return self.first.alliance + self.number

    @property
    def applicant(self) -> int:
        return self.first.user + self.number

    @property
    def lead(self) -> int:
        return self.first.organisation + 2 * self.number

    @property
    def award(self) -> int | None:
        return None if self.award_number is None else self.first.award + self.award_number

    @property
    def officer(self) -> int:
        return self.staff.officers[self.number % len(self.staff.officers)]

    @property
    def approver(self) -> int:
        return self.staff.approvers[self.number % len(self.staff.approvers)]

    @property
    def is_submitted(self) -> bool:
        return self.course.state != State.DRAFT

    @property
    def is_taken_up(self) -> bool:
        return any(action == Action.TAKE_UP for action, _from, _to in self.course.steps)

    @property
    def reference(self) -> str:
        # Six digits, so that file numbers are in order as texts.
        return f"{self.prefix}-{self.year.year}-{self.number + 1:06}" if self.is_submitted else ""

    @property
    def submitted_at(self) -> datetime:
        return self.year.call_opens_at + timedelta(days=1) + self.number * _APART

    def at(self, step: int) -> datetime:
        """The moment of a step, counted from the submission."""
        return self.submitted_at + step * _STEP

    @property
    def place(self) -> str:
        if self.territory.kind == TerritoryKind.MUNICIPALITY:
            return f"Ort {self.number % 997}"
        return ""

    @property
    def seat(self) -> str:
        return self.place or self.territory.name

    @property
    def alliance_name(self) -> str:
        return f"{_ALLIANCE[self.number % len(_ALLIANCE)]} {self.seat} {self.number}"

    @property
    def lead_name(self) -> str:
        return f"{_LEAD[self.number % len(_LEAD)]} {self.seat} {self.number} e. V."

    @property
    def partner_name(self) -> str:
        return f"Initiative {self.number}"

    @property
    def title(self) -> str:
        return IDEAS[self.number % len(IDEAS)].title

    @property
    def cap(self) -> Decimal:
        kind = CapKind(self.territory.kind)
        return cap_for(kind, self.territory.population, self.year.cap_rules).amount

    @property
    def requested(self) -> Decimal:
        return min(self.cap, Decimal(8000 + self.number * 37 % 7000))

    @property
    def eligible(self) -> Decimal | None:
        if not self.course.is_checked:
            return None
        return self.requested - (_HUNDRED if self.number % 5 == 0 else Decimal(0))

    @property
    def score(self) -> Decimal | None:
        """Nobody has scored yet every third of those that are eligible and no more."""
        waits = self.course.state == State.ELIGIBLE and self.number % 3 == 0
        if not self.course.is_checked or waits:
            return None
        return Decimal(self.number * 7919 % 10001) / 1000

    @property
    def search_text(self) -> str:
        return folded(
            [
                self.reference,
                self.title,
                self.alliance_name,
                self.territory.name,
                str(self.territory.district),
                self.place,
                self.contact,
                CONTACT_EMAIL,
                self.lead_name,
                self.seat,
                self.partner_name,
            ]
        )

    @property
    def contact(self) -> str:
        return f"Ansprechperson {self.number}"

    def rank(self) -> str:
        return hashlib.sha256(str(self.number).encode()).hexdigest()


Row = tuple[Any, ...]
CONTACT_EMAIL: Final = "kontakt@scale.invalid"

USER = ("id", "email", "name", "password", "date_joined", "search_text")
ALLIANCE = ("id", "name", "created_at", "created_by_id", "search_text", "fixed_since")
ORGANISATION = (
    *("alliance_id", "name", "name_key", "kind", "legal_form", "is_lead"),
    *("city", "postal_code", "id"),
)
MEMBERSHIP = ("alliance_id", "user_id", "role", "joined_at")
APPLICATION = (
    *("id", "programme_year_id", "alliance_id", "state", "state_changed_at", "last_action"),
    *("intake", "version", "created_by_id", "created_at", "updated_at"),
    *("shared_with_ministry_at", "territory_id", "place", "title", "summary", "goals"),
    *("activities", "participation", "period_start", "period_end", "requested_amount"),
    *("contact_name", "contact_email", "signatory_name", "signatory_function"),
    *("declares_not_begun", "declares_data_protection"),
    *("declares_truthful", "sequence", "reference", "submitted_at", "officer_id"),
    *("confirmed_territory_id", "confirmed_place", "eligible_amount", "reduction_reason"),
    *("checked_by_id", "score", "participation_score", "lot", "award_id", "search_text"),
)
LINE = ("application_id", "kind", "description", "amount", "position")
STEP = ("application_id", "action", "from_state", "to_state", "actor_id", "at", "reason")
CORRECTION = (
    *("application_id", "fields", "message", "due_at"),
    *("requested_by_id", "requested_at", "closed_at"),
)
REVIEW = (
    *("application_id", "juror_id", "assigned_by_id", "assigned_at"),
    *("score", "participation_score", "comment", "scored_at"),
)
DECISION = (
    *("application_id", "kind", "amount", "reason", "source_state", "checked_by_id"),
    *("proposed_by_id", "proposed_at", "basis_digest", "outcome"),
    *("decided_by_id", "decided_at", "award_id"),
)
AWARD = (
    *("id", "programme_year_id", "alliance_id", "recipient_id", "recipient_name", "reference"),
    *("purpose", "district_id", "territory_kind", "territory_name", "requested_amount"),
    *("eligible_amount", "cap", "amount", "awarded_by_id", "awarded_at", "search_text"),
)
CHANGE = (
    *("at", "person_id", "subject_model", "subject_id", "subject_name", "row_model", "row_id"),
    *("kind", "field", "before", "after", "reason", "salt", "digest"),
)
MAIL = (
    *("kind", "dedupe_key", "recipient", "recipient_user_id", "about", "subject"),
    *("body_text", "state", "created_at", "not_before", "sent_at", "search_text"),
)


def user(case: Case, password: str) -> Row:
    email, name = f"antrag-{case.year.year}-{case.number}@scale.invalid", case.contact
    return (
        *(case.applicant, email, name, password, case.year.call_opens_at, folded([email, name])),
    )


def alliance(case: Case) -> Row:
    under_way = case.course.state not in (State.DRAFT, State.WITHDRAWN)
    names = [case.alliance_name, case.lead_name, case.seat, case.partner_name]
    return (
        *(case.alliance, case.alliance_name, case.year.call_opens_at, case.applicant),
        *(folded(names), case.submitted_at if under_way else None),
    )


def organisations(case: Case) -> Iterator[Row]:
    yield (
        *(case.alliance, case.lead_name, name_key(case.lead_name), OrganisationKind.ASSOCIATION),
        *(LegalForm.REGISTERED_ASSOCIATION, True, case.seat, "70173", case.lead),
    )
    yield (
        *(case.alliance, case.partner_name, name_key(case.partner_name)),
        *(OrganisationKind.INITIATIVE, LegalForm.NONE, False, "", "", case.lead + 1),
    )


def membership(case: Case) -> Row:
    return (case.alliance, case.applicant, MembershipRole.OWNER, case.year.call_opens_at)


def application(case: Case) -> Row:
    course, last = case.course, len(case.course.steps) - 1
    opened = case.year.call_opens_at
    moved = case.at(last) if course.steps else opened
    start = case.year.call_closes_at.date()
    confirmed = case.territory.pk if course.is_checked else None
    return (
        *(case.pk, case.year.pk, case.alliance, course.state, moved),
        *(course.steps[-1][0] if course.steps else "", Intake.ONLINE, 1, case.applicant),
        # Every second draft is shown to the ministry.
        *(opened, moved, opened if not course.steps and case.number % 2 else None),
        *(case.territory.pk, case.place, case.title, "Kurz gesagt.", "Nachbarschaft."),
        *("Ein Treff je Woche.", "Geflüchtete leiten mit.", start, start.replace(start.year + 1)),
        *(case.requested, case.contact, CONTACT_EMAIL, "Vorstand", "Vorsitz"),
        *(True, True, True, case.number + 1 if case.is_submitted else None),
        *(case.reference, case.submitted_at if case.is_submitted else None),
        *(case.officer if case.is_taken_up else None, confirmed, case.place if confirmed else ""),
        *(case.eligible, "" if case.eligible in (None, case.requested) else "Nicht alles."),
        *(case.officer if course.is_checked else None, case.score, case.score),
        *(case.number if case.score is not None else None, case.award, case.search_text),
    )


def lines(case: Case) -> Iterator[Row]:
    yield (case.pk, LineKind.COST, "Raummiete und Material", case.requested + _OWN_FUNDS, 0)
    yield (case.pk, LineKind.OWN_FUNDS, "Spenden", _OWN_FUNDS, 1)


def steps(case: Case) -> Iterator[Row]:
    by_applicant = {Action.SUBMIT, Action.RESUBMIT, Action.WITHDRAW}
    for number, (action, source, target) in enumerate(case.course.steps):
        if action == Action.APPROVE:
            actor = case.approver
        else:
            actor = case.applicant if action in by_applicant else case.officer
        reason = "" if action in by_applicant else "Nach Prüfung."
        yield (case.pk, action, source, target, actor, case.at(number), reason)


def changes(case: Case, number: int) -> Iterator[Row]:
    """So many entries of the history, field by field, of a case that was handed in."""
    reason = "Nach Prüfung."
    for place in range(number):
        field, before, after = _CHANGED[place % len(_CHANGED)]
        step = place % len(case.course.steps)
        yield (
            *(case.at(step) + timedelta(seconds=place), case.officer),
            *("applications.application", case.pk, case.reference),
            *("applications.application", case.pk, ChangeKind.CHANGED, field, before, after),
            *(reason, _SALT, _digest(before, after, reason)),
        )


@cache
def _digest(before: str, after: str, reason: str) -> str:
    return digest_of(ChangeRecord(salt=_SALT, before=before, after=after, reason=reason))


def corrections(case: Case, now: datetime) -> Iterator[Row]:
    """Each that came back is closed; those that are open end around now, every second before."""
    asked = None
    for number, (action, _source, _target) in enumerate(case.course.steps):
        if action == Action.REQUEST_CHANGES:
            asked = case.at(number)
        elif action == Action.RESUBMIT and asked:
            yield _correction(case, asked, asked + timedelta(days=14), case.at(number))
            asked = None
    if asked:
        due = now + timedelta(days=case.number % 14 - 7, hours=1)
        yield _correction(case, asked, max(due, asked + timedelta(days=1)), None)


def _correction(case: Case, asked: datetime, due: datetime, closed: datetime | None) -> Row:
    message = "Bitte ergänzen Sie den Titel."
    return (case.pk, '["title"]', message, due, case.officer, asked, closed)


def reviews(case: Case) -> Iterator[Row]:
    """Two jurors each; those that wait for a score have none, every ninth not even a juror."""
    if not case.course.is_checked or (case.score is None and case.number % 9 == 0):
        return
    jurors = case.staff.jurors
    assigned = case.at(len(case.course.steps) - 1)
    for place in range(2):
        juror = jurors[(case.number + place) % len(jurors)]
        scored = assigned + _STEP if case.score is not None else None
        comment = "" if case.score is None else "Überzeugend."
        yield (
            *(case.pk, juror, case.officer, assigned),
            *(case.score, case.score, comment, scored),
        )


def decision(case: Case) -> Iterator[Row]:
    kind = case.course.kind
    if kind is None:
        return
    last = len(case.course.steps) - 1
    is_decided = case.course.state in DECIDED
    outcome = DecisionOutcome.APPROVED if is_decided else DecisionOutcome.OPEN
    yield (
        *(case.pk, kind, case.eligible if kind == DecisionKind.AWARD else None),
        *("Nach Prüfung vorgeschlagen.", State.ELIGIBLE, case.officer, case.officer),
        *(case.at(last - is_decided), case.rank(), outcome),
        *(case.approver if is_decided else None, case.at(last) if is_decided else None),
        case.award,
    )


def award(case: Case) -> Row:
    name = case.territory.label(case.place)
    return (
        *(case.award, case.year.pk, case.alliance, case.lead, case.lead_name, case.reference),
        *(case.title, case.territory.district_id, case.territory.kind, name, case.requested),
        *(case.eligible, case.cap, case.eligible, case.approver),
        case.at(len(case.course.steps) - 1),
        folded([case.reference, case.lead_name, case.title, name]),
    )


def mail(case: Case) -> Row:
    recipient, subject = "kontakt@scale.invalid", f"Eingangsbestätigung {case.reference}"
    return (
        *("acknowledgement", f"acknowledgement:{case.pk}:1:scale", recipient, case.applicant),
        *(f"application:{case.pk}", subject, "Ihr Antrag ist da.", MailState.SENT),
        *(case.submitted_at, case.submitted_at, case.submitted_at, folded([recipient, subject])),
    )
