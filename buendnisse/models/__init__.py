"""Who takes part: people, places, alliances, and the mail that goes out to them."""

from buendnisse.models.alliance import (
    Alliance,
    LegalForm,
    MemberOrganisation,
    Membership,
    MembershipRole,
    OrganisationKind,
)
from buendnisse.models.change_record import ChangeKind, ChangeRecord
from buendnisse.models.confirmation import ConfirmationRequest
from buendnisse.models.export_record import ExportRecord
from buendnisse.models.former_member import FormerMember
from buendnisse.models.invitation import Invitation
from buendnisse.models.mail import LETTER_STATES, LetterPosting, MailState, OutgoingMail
from buendnisse.models.mailed_question import ConfirmationAnswer, MailedQuestion
from buendnisse.models.person_erasure import PersonErasure
from buendnisse.models.recorded import Recorded, RecordedQuerySet, RecordedRows
from buendnisse.models.role_grant import RoleGrant
from buendnisse.models.saved_view import SavedView
from buendnisse.models.searchable import Searchable
from buendnisse.models.searched_word import SearchedWord
from buendnisse.models.territory import (
    District,
    DistrictType,
    Region,
    Territory,
    TerritoryKind,
)
from buendnisse.models.two_persons import (
    TwoPersonQuerySet,
    TwoPersonStep,
    two_person_constraints,
)
from buendnisse.models.user import User

__all__ = [
    "LETTER_STATES",
    "Alliance",
    "ChangeKind",
    "ChangeRecord",
    "ConfirmationAnswer",
    "ConfirmationRequest",
    "District",
    "DistrictType",
    "ExportRecord",
    "FormerMember",
    "Invitation",
    "LegalForm",
    "LetterPosting",
    "MailState",
    "MailedQuestion",
    "MemberOrganisation",
    "Membership",
    "MembershipRole",
    "OrganisationKind",
    "OutgoingMail",
    "PersonErasure",
    "Recorded",
    "RecordedQuerySet",
    "RecordedRows",
    "Region",
    "RoleGrant",
    "SavedView",
    "Searchable",
    "SearchedWord",
    "Territory",
    "TerritoryKind",
    "TwoPersonQuerySet",
    "TwoPersonStep",
    "User",
    "two_person_constraints",
]
