"""What officers keep beside the cases of the story: text blocks, a note, a follow-up."""

from datetime import datetime
from typing import Final

from applications.models import Application, TextBlock
from applications.services.case_file import set_follow_up, write_note
from applications.services.text_blocks import save_text_block
from buendnisse.models import User

_BLOCKS: Final = (
    (
        "Beteiligung genauer",
        "participation",
        "Bitte beschreiben Sie, wer von den Geflüchteten mitplant und mitentscheidet, und wie oft "
        "Sie sich treffen. Bitte nennen Sie keine Namen.",
    ),
    (
        "Ziele messbar machen",
        "goals",
        "Bitte nennen Sie zu jedem Ziel, woran Sie am Ende erkennen, dass Sie es erreicht haben.",
    ),
    (
        "Ausgaben aufteilen",
        "budget_lines",
        "Bitte weisen Sie Honorare, Miete und Fahrten in eigenen Zeilen aus.",
    ),
    (
        "Anschreiben",
        "",
        "Vielen Dank für Ihren Antrag. Damit die Jury ihn gut beurteilen kann, fehlt noch etwas.",
    ),
)


def keep_text_blocks(officer: User, *, now: datetime) -> None:
    for title, field, words in _BLOCKS:
        save_text_block(
            block=TextBlock(title=title, field=field, words=words), acting_user=officer, now=now
        )


def keep_file(application: Application, officer: User, *, noted: datetime, due: datetime) -> None:
    """A note about a call, and the case put before the officer again on the day of ``due``."""
    write_note(
        application_id=application.pk,
        text=(
            "Anruf bei der Ansprechperson: Der Raum ist zugesagt, der Vertrag kommt per Post. "
            "Kosten bis dahin nicht abschließend prüfen."
        ),
        acting_user=officer,
        now=noted,
    )
    set_follow_up(
        application_id=application.pk,
        due_date=due.date(),
        words="Ist der Mietvertrag da?",
        person=officer,
        acting_user=officer,
        now=noted,
    )
