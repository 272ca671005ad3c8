"""Who may open an application's pages: members of its alliance. Others find nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Prefetch
from django.http import Http404

from applications.enums import Action, LateOutcome, State
from applications.models import Application, ConsentRequest, CorrectionRequest, LateRequest
from applications.public_state import PublicState, public_state
from applications.sections import SECTIONS
from applications.services.late_admission import missed_the_call
from applications.transitions import APPLICANTS, TRANSITIONS
from buendnisse.models import Membership, MembershipRole, User
from funding.rules.deadlines import within

_FINAL = frozenset({PublicState.AWARDED, PublicState.REJECTED, PublicState.WITHDRAWN})


@dataclass(frozen=True)
class Case:
    """An application as one member of its alliance sees it."""

    application: Application
    part: MembershipRole

    @property
    def may_edit(self) -> bool:
        """Whether this person may change the application in its present state."""
        return self.part in APPLICANTS and self.application.is_editable_by_applicant

    @property
    def may_withdraw(self) -> bool:
        """Asks the public state, so that a missing link gives no unannounced decision away."""
        return (
            self.part in TRANSITIONS[Action.WITHDRAW].actors
            and public_state(self.application) not in _FINAL
        )

    @property
    def may_share(self) -> bool:
        """Whether this person decides if the ministry may look into the draft."""
        return self.part == MembershipRole.OWNER and self.application.state == State.DRAFT

    @property
    def is_correction(self) -> bool:
        return self.application.state == State.CHANGES_REQUESTED

    @property
    def open_correction(self) -> CorrectionRequest | None:
        """What the ministry asks for now. One query while there is anything."""
        if not self.is_correction:
            return None
        return self.application.correction_requests.filter(closed_at=None).first()

    def late_request(self, now: datetime) -> LateRequest | None:
        """The newest request of a draft that missed the call.

        One query for such a draft, unless the requests are prefetched.
        """
        if self.application.state != State.DRAFT or not missed_the_call(self.application, now):
            return None
        return next(reversed(self.application.late_requests.all()), None)

    def may_ask_late(self, now: datetime) -> bool:
        """Whether asking to be admitted late makes sense for this person now."""
        if not self.may_edit or self.is_correction or not missed_the_call(self.application, now):
            return False
        late = self.late_request(now)
        return late is None or late.outcome != LateOutcome.OPEN

    def is_in_time(self, now: datetime) -> bool:
        """Whether a draft may be handed in now: within the call, or admitted late."""
        admitted_until = self.application.admitted_late_until
        return self.application.programme_year.call_is_open(now) or bool(
            admitted_until and within(admitted_until, now)
        )


def find_case(user: User, public_id: UUID) -> Case:
    """The application with all that its pages show; ``Http404`` for whoever is not a member."""
    application = (
        Application.objects.of(user)
        .filter(public_id=public_id)
        .select_related("alliance", "programme_year", "territory__district")
        .prefetch_related(
            "alliance__organisations",
            "budget_lines",
            "decisions",
            Prefetch("consent_requests", ConsentRequest.objects.select_related("asked_by")),
        )
        .first()
    )
    if application is None:
        raise Http404
    part = Membership.objects.values_list("role", flat=True).get(
        user=user, alliance=application.alliance_id
    )
    return Case(application, MembershipRole(part))


def find_case_to_save(user: User, public_id: UUID, section: str) -> Case:
    """The same with the fields of one section alone, in one query.

    Saving by itself happens every few seconds, and half a hundred columns cost more than the rest.
    """
    columns = [name for name in SECTIONS[section] if name != "budget_lines"]
    application = (
        Application.objects.of(user)
        .filter(public_id=public_id)
        .annotate(part=F("alliance__memberships__role"))
        .only("public_id", "alliance", "programme_year", "state", "version", *columns)
        .order_by()
        .first()
    )
    if application is None:
        raise Http404
    return Case(application, MembershipRole(application.part))
