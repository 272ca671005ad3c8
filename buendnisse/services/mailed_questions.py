"""What all questions share that are answered by a link: the words are kept, and so is the answer.

Whoever calls holds the lock of what the question belongs to, in a transaction.
"""

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from buendnisse.models import ConfirmationAnswer, MailedQuestion
from buendnisse.refusals import Refusal
from buendnisse.tokens import new_token, token_digest


class AnswerClosed(Refusal):
    """The question was answered or withdrawn meanwhile; ``code`` says which."""


class NameMissing(Refusal):
    """Whoever answers for an organisation says who they are."""

    code = "name_missing"


def store_question(question: MailedQuestion, *, words: str) -> str:
    """Store a new question with its words; returns the token for the link in its mail."""
    token = new_token()
    question.words = words
    question.words_digest = hashlib.sha256(words.encode()).hexdigest()
    question.token_digest = token_digest(token)
    question.save(force_insert=True)
    return token


def renew_link(question: MailedQuestion, *, now: datetime) -> str:
    """Note a reminder; returns the token of its link. The earlier link no longer works."""
    token = new_token()
    question.reminded_at = now
    question.token_digest = token_digest(token)
    question.save(update_fields=["reminded_at", "token_digest"])
    return token


def store_answer(
    question: MailedQuestion,
    *,
    answer: ConfirmationAnswer,
    person_name: str,
    person_function: str,
    remark: str,
    now: datetime,
) -> None:
    """Store the answer, once and for good.

    Refuses an answer without name and function (`NameMissing`), and a question that was answered
    or withdrawn meanwhile (`AnswerClosed`).
    """
    person_name, person_function = person_name.strip(), person_function.strip()
    if not person_name or not person_function:
        raise NameMissing(_("Bitte geben Sie Ihren Namen und Ihre Funktion an."))
    if refusal := why_not_answer(question):
        raise refusal
    question.answer = answer
    question.answered_at = now
    question.person_name = person_name
    question.person_function = person_function
    question.remark = remark.strip()
    question.save(
        update_fields=["answer", "answered_at", "person_name", "person_function", "remark"]
    )


def why_not_answer(question: MailedQuestion) -> AnswerClosed | None:
    """Why this question can no longer be answered, with what to do; or nothing."""
    if question.answered_at:
        return AnswerClosed(
            _("Diese Frage ist schon beantwortet. Eine Antwort lässt sich nicht mehr ändern."),
            code="answered",
        )
    return outdated() if question.withdrawn_at else None


def outdated() -> AnswerClosed:
    """What the question was about has changed since it was asked."""
    return AnswerClosed(
        _(
            "Die Angaben haben sich geändert, seit diese Frage gestellt wurde. Bitte antworten "
            "Sie über den Link in der neuesten E-Mail. Haben Sie keine, fragen Sie die Person, "
            "die Ihnen geschrieben hat."
        ),
        code="withdrawn",
    )
