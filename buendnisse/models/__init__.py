"""Who takes part: people, places, alliances, and the mail that goes out to them."""

from buendnisse.models.alliance import (
    Alliance,
    LegalForm,
    MemberOrganisation,
    Membership,
    MembershipRole,
    OrganisationKind,
)
from buendnisse.models.mail import MailState, OutgoingMail
from buendnisse.models.territory import District, DistrictType, Territory, TerritoryKind
from buendnisse.models.user import User

__all__ = [
    "Alliance",
    "District",
    "DistrictType",
    "LegalForm",
    "MailState",
    "MemberOrganisation",
    "Membership",
    "MembershipRole",
    "OrganisationKind",
    "OutgoingMail",
    "Territory",
    "TerritoryKind",
    "User",
]
