"""What the database itself refuses about the people of an alliance and its confirmations."""

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

_ASKED = (
    "alliance_id",
    "alliance_name",
    "organisation_name",
    "organisation_kind",
    "organisation_legal_form",
    "as_lead",
    "words",
    "words_digest",
    "asked_by_id",
    "asked_at",
)
_ENDED = "(OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)"

CONFIRMATION_TRIGGERS = (
    Trigger(
        "buendnisse_confirmation_words_stay",
        "buendnisse_confirmationrequest",
        "UPDATE",
        "what an organisation was asked is never edited",
        f"NOT ({unchanged(*_ASKED)}) OR (NEW.organisation_id IS NOT NULL "
        "AND NEW.organisation_id IS DISTINCT FROM OLD.organisation_id)",
    ),
    Trigger(
        "buendnisse_confirmation_answered_stays",
        "buendnisse_confirmationrequest",
        "UPDATE",
        "an answer is never edited",
        f"{_ENDED} AND NOT ("
        + unchanged("answer", "answered_at", "withdrawn_at", "token_digest", "reminded_at")
        + ")",
    ),
    # Retention may erase who it was; nobody ever becomes somebody else.
    Trigger(
        "buendnisse_confirmation_person_stays",
        "buendnisse_confirmationrequest",
        "UPDATE",
        "who answered, and their remark, can only be erased",
        f"{_ENDED} AND NOT ("
        + " AND ".join(
            f"(NEW.{column} = OLD.{column} OR NEW.{column} = '')"
            for column in ("person_name", "person_function", "remark", "email")
        )
        + ")",
    ),
    Trigger(
        "buendnisse_confirmation_answer_has_a_person",
        "buendnisse_confirmationrequest",
        "UPDATE",
        "whoever answers says their name and function",
        "OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL "
        "AND (NEW.person_name = '' OR NEW.person_function = '')",
    ),
    Trigger(
        "buendnisse_confirmation_begins_unanswered",
        "buendnisse_confirmationrequest",
        "INSERT",
        "an organisation is asked before it answers",
        "NEW.answered_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
    ),
    *append_only("buendnisse_confirmationrequest", update=False),
)

NO_TRUNCATE = ("buendnisse_formermember", "buendnisse_confirmationrequest")
