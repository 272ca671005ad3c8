"""What the database itself refuses about a question that is answered by a link."""

from buendnisse.triggers import Trigger, append_only, unchanged

_ENDED = "(OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)"
_ASKED = ("words", "words_digest", "asked_by_id", "asked_at")


def mailed_question(
    table: str, prefix: str, *about: str, or_refused: str = ""
) -> tuple[Trigger, ...]:
    """The triggers of a table of such questions, their names beginning with ``prefix``.

    ``about`` are the columns that say what a question is about; they stay with its words.
    ``or_refused`` is one more condition under which a question may not be changed.
    """
    changed = f"NOT ({unchanged(*about, *_ASKED)})"
    return (
        Trigger(
            f"{prefix}_words_stay",
            table,
            "UPDATE",
            "what somebody was asked is never edited",
            f"{changed} OR ({or_refused})" if or_refused else changed,
        ),
        Trigger(
            f"{prefix}_answered_stays",
            table,
            "UPDATE",
            "an answer is never edited",
            f"{_ENDED} AND NOT ("
            + unchanged("answer", "answered_at", "withdrawn_at", "token_digest", "reminded_at")
            + ")",
        ),
        # Retention may erase who it was; nobody ever becomes somebody else.
        Trigger(
            f"{prefix}_person_stays",
            table,
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
            f"{prefix}_answer_has_a_person",
            table,
            "UPDATE",
            "whoever answers says their name and function",
            "OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL "
            "AND (NEW.person_name = '' OR NEW.person_function = '')",
        ),
        Trigger(
            f"{prefix}_begins_unanswered",
            table,
            "INSERT",
            "a question comes before its answer",
            "NEW.answered_at IS NOT NULL OR NEW.withdrawn_at IS NOT NULL",
        ),
        *append_only(table, update=False),
    )
