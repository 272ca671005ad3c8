"""What officers keep beside a case: notes on file, follow-ups, messages to the applicants."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.models import ApplicantMessage, Application, FollowUp, InternalNote
from applications.services.conflicts import refuse_conflicted
from applications.services.lifecycle import WrongState, actors_of, refuse_own_alliance
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import RIGHTS, Right

# Who sends the same note or message again within this time has gone back in the browser, or
# clicked twice.
SAME_WORDS_WITHIN: Final = timedelta(minutes=10)


class NotKept(Refusal):
    """Nothing was written into the case file."""

    code = "not_kept"


def people_for_follow_ups() -> list[User]:
    """Who a case can be put before again: everybody at the ministry who keeps case files."""
    roles = [role.value for role in RIGHTS[Right.KEEP_FILE]]
    people = User.objects.filter(is_active=True, groups__name__in=roles).distinct()
    return list(people.order_by("name", "email"))


@recorded
@transaction.atomic
def write_note(*, application_id: int, text: str, acting_user: User, now: datetime) -> InternalNote:
    """Add a note to the case file. It stays: what was wrong is put right by a further note.

    Refuses with ``NotAllowed`` who keeps no case files or belongs to the alliance, with
    ``NotKept`` a note without words and one that this person wrote word for word just now.
    """
    application = _case(application_id, Right.KEEP_FILE, acting_user)
    words = _words(text, _("Bitte schreiben Sie den Vermerk."))
    # One after the other, so that of two clicks the second finds the first.
    User.objects.select_for_update(no_key=True).get(pk=acting_user.pk)
    if application.notes.filter(
        author=acting_user, text=words, written_at__gt=now - SAME_WORDS_WITHIN
    ).exists():
        raise NotKept(
            _("Diesen Vermerk haben Sie gerade schon gespeichert. Er steht einmal in der Akte."),
            code="twice",
        )
    return InternalNote.objects.create(
        application=application, text=words, author=acting_user, written_at=now
    )


@recorded
@transaction.atomic
def set_follow_up(
    *,
    application_id: int,
    due_date: date,
    words: str,
    person: User,
    acting_user: User,
    now: datetime,
) -> FollowUp:
    """Have the case put before a person again on a day, with what it is about.

    Refuses with ``NotAllowed`` who keeps no case files or belongs to the alliance, with
    ``NotKept`` a day in the past, missing words, and a person who keeps no case files.
    """
    application = _case(application_id, Right.KEEP_FILE, acting_user)
    if due_date < localdate(now):
        raise NotKept(
            _(
                "Der Tag der Wiedervorlage liegt in der Vergangenheit. Bitte wählen Sie den "
                "heutigen oder einen späteren Tag."
            ),
            code="past",
        )
    if not (person.is_active and person.may(Right.KEEP_FILE)):
        raise NotKept(_("Diese Person bearbeitet keine Anträge."), code="wrong_person")
    return FollowUp.objects.create(
        application=application,
        due_date=due_date,
        words=_words(words, _("Bitte schreiben Sie, wozu Sie den Antrag wieder sehen möchten.")),
        person=person,
        created_by=acting_user,
        created_at=now,
    )


@recorded
@transaction.atomic
def finish_follow_up(*, follow_up_id: int, acting_user: User, now: datetime) -> FollowUp:
    """Note that a follow-up is done; whoever keeps case files may, in place of a colleague too.

    Refuses with ``NotAllowed`` as ``set_follow_up`` does, with ``WrongState`` what is done already.
    """
    follow_up = FollowUp.objects.select_for_update().get(pk=follow_up_id)
    _case(follow_up.application_id, Right.KEEP_FILE, acting_user)
    if follow_up.done_at:
        raise WrongState(_("Diese Wiedervorlage ist schon erledigt."), code="done")
    follow_up.done_at = now
    follow_up.done_by = acting_user
    follow_up.save(update_fields=["done_at", "done_by"])
    return follow_up


@recorded
@transaction.atomic
def write_message(
    *, application_id: int, subject: str, text: str, acting_user: User, now: datetime
) -> ApplicantMessage:
    """Write to the alliance in words of one's own; everybody who works on the application gets it.

    Refuses with ``NotAllowed`` who is no case officer or belongs to the alliance, with ``NotKept``
    a message without subject or words, and one that this person sent word for word just now.
    """
    application = _case(application_id, Right.CHECK, acting_user)
    # One after the other, so that of two clicks the second finds the first.
    User.objects.select_for_update(no_key=True).get(pk=acting_user.pk)
    message = ApplicantMessage(
        application=application,
        subject=_words(subject, _("Bitte geben Sie einen Betreff an.")),
        text=_words(text, _("Bitte schreiben Sie die Nachricht.")),
        author=acting_user,
        written_at=now,
    )
    if application.messages.filter(
        author=acting_user,
        subject=message.subject,
        text=message.text,
        written_at__gt=now - SAME_WORDS_WITHIN,
    ).exists():
        raise NotKept(
            _("Diese Nachricht haben Sie gerade schon geschickt. Sie geht einmal hinaus."),
            code="twice",
        )
    message.save(force_insert=True)
    emails.message_to_applicant(message, now=now)
    return message


def _case(application_id: int, right: Right, user: User) -> Application:
    """The application, if this person may write into its file."""
    application = Application.objects.select_related("alliance", "programme_year").get(
        pk=application_id
    )
    if not user.may(right):
        raise NotAllowed(_("In diese Akte dürfen Sie nicht schreiben."))
    refuse_own_alliance(actors_of(user, application))
    refuse_conflicted(application, user)
    if not application.is_open_to_ministry:
        # A draft that nobody has shown to the ministry has no file there.
        raise NotAllowed(_("In diese Akte dürfen Sie nicht schreiben."))
    return application


def _words(text: str, sentence: object) -> str:
    if not (text := text.strip()):
        raise NotKept(str(sentence), code="no_words")
    return text
