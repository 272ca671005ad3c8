"""What the database itself refuses about letters: what was noted stays, also when taken back."""

from buendnisse.triggers import Trigger, append_only, unchanged

LETTER_TRIGGERS = (
    Trigger(
        "buendnisse_letterposting_stays",
        "buendnisse_letterposting",
        "UPDATE",
        "that a letter was sent is taken back once and never edited",
        "OLD.taken_back_at IS NOT NULL OR NOT ("
        + unchanged("id", "mail_id", "posted_date", "noted_by_id", "noted_at")
        + ")",
    ),
    *append_only("buendnisse_letterposting", update=False),
)
NO_TRUNCATE = ("buendnisse_letterposting",)
