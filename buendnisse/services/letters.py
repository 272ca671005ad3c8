"""Letters: what goes by post to whoever has no e-mail address, and that it has gone."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import LetterPosting, MailState, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import day


class LetterRefused(Refusal):
    """``code`` says why: no_letter, already_posted, not_posted, in_the_future, too_early,
    reason_missing.
    """

    code = "letter_refused"


@recorded
@transaction.atomic
def mark_posted(
    *, mail_id: int, posted_date: date, acting_user: User, now: datetime
) -> LetterPosting:
    """Note that a letter was sent by post on a day, and by whom that was noted.

    Refuses with ``NotAllowed`` whoever may not check, with ``LetterRefused`` what is no letter, a
    letter that is noted as sent already (also by somebody else a moment ago), and a day after today
    or before the letter was written.
    """
    mail = _lock(mail_id, acting_user)
    if mail.state == MailState.POSTED:
        standing = mail.postings.select_related("noted_by").get(taken_back_at=None)
        raise LetterRefused(
            _("Diesen Brief hat schon %(who)s als versandt eingetragen, mit dem %(day)s.")
            % {"who": standing.noted_by, "day": day(standing.posted_date)},
            code="already_posted",
        )
    if posted_date > localdate(now):
        raise LetterRefused(
            _("Der Tag des Versands liegt in der Zukunft. Bitte prüfen Sie ihn."),
            code="in_the_future",
        )
    written = localdate(mail.created_at)
    if posted_date < written:
        raise LetterRefused(
            _("Der Brief ist erst am %(day)s geschrieben und kann nicht früher versandt sein.")
            % {"day": day(written)},
            code="too_early",
        )
    posting = LetterPosting.objects.create(
        mail=mail, posted_date=posted_date, noted_by=acting_user, noted_at=now
    )
    mail.state, mail.posted_date = MailState.POSTED, posted_date
    mail.save(update_fields=["state", "posted_date"])
    return posting


@recorded
@transaction.atomic
def take_posting_back(
    *, mail_id: int, reason: str, acting_user: User, now: datetime
) -> LetterPosting:
    """Take back that a letter was sent, with a reason; it waits to be sent again.

    Refuses with ``NotAllowed`` whoever may not check, with ``LetterRefused`` what is no letter, a
    letter that is not noted as sent (any more), and a missing reason.
    """
    mail = _lock(mail_id, acting_user)
    if mail.state != MailState.POSTED:
        raise LetterRefused(
            _("Dieser Brief ist nicht als versandt eingetragen."), code="not_posted"
        )
    if not reason.strip():
        raise LetterRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    posting = mail.postings.get(taken_back_at=None)
    posting.taken_back_by, posting.taken_back_at = acting_user, now
    posting.take_back_reason = reason.strip()
    posting.save(update_fields=["taken_back_by", "taken_back_at", "take_back_reason"])
    mail.state, mail.posted_date = MailState.BY_POST, None
    mail.save(update_fields=["state", "posted_date"])
    return posting


def _lock(mail_id: int, user: User) -> OutgoingMail:
    if not user.may(Right.CHECK):
        raise NotAllowed(_("Den Versand von Briefen trägt nur die Sachbearbeitung ein."))
    mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
    if not mail.is_letter:
        raise LetterRefused(_("Das ist eine E-Mail und kein Brief."), code="no_letter")
    return mail
