"""What the database itself refuses about the people of an alliance and its confirmations."""

from buendnisse.mailed_question_triggers import mailed_question
from buendnisse.triggers import Trigger, append_only, unchanged

_ANOTHER_OWNER = (
    "EXISTS (SELECT 1 FROM buendnisse_membership o WHERE o.alliance_id = OLD.alliance_id "
    "AND o.role = 'owner' AND o.id <> OLD.id)"
)

# Two owners who go at the same moment do not see each other here: the services lock the alliance.
MEMBERSHIP_TRIGGERS = (
    Trigger(
        "buendnisse_membership_owner_stays",
        "buendnisse_membership",
        "DELETE",
        "the last owner of an alliance does not go",
        f"OLD.role = 'owner' AND NOT {_ANOTHER_OWNER}",
    ),
    Trigger(
        "buendnisse_membership_owner_remains",
        "buendnisse_membership",
        "UPDATE",
        "the last owner of an alliance stays its owner",
        "OLD.role = 'owner' AND (NEW.role <> 'owner' OR NEW.alliance_id <> OLD.alliance_id) "
        f"AND NOT {_ANOTHER_OWNER}",
    ),
    *append_only("buendnisse_formermember"),
)

INVITATION_TRIGGERS = (
    Trigger(
        "buendnisse_invitation_settled_stays",
        "buendnisse_invitation",
        "UPDATE",
        "an invitation that was accepted or withdrawn stays so",
        "(OLD.accepted_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL) AND NOT ("
        + unchanged(
            "alliance_id",
            "role",
            "token_digest",
            "invited_by_id",
            "invited_at",
            "expires_at",
            "accepted_by_id",
            "accepted_at",
            "withdrawn_by_id",
            "withdrawn_at",
        )
        + ")",
    ),
)

CONFIRMATION_TRIGGERS = mailed_question(
    "buendnisse_confirmationrequest",
    "buendnisse_confirmation",
    "alliance_id",
    "alliance_name",
    "organisation_name",
    "organisation_kind",
    "organisation_legal_form",
    "as_lead",
    or_refused="NEW.organisation_id IS NOT NULL "
    "AND NEW.organisation_id IS DISTINCT FROM OLD.organisation_id",
)

NO_TRUNCATE = ("buendnisse_formermember", "buendnisse_confirmationrequest")
