"""Letters: printed, noted as sent one by one or many at once, and that taken back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from buendnisse.admin_bulk import BulkPage
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.counting import capped_count
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.documents import render_pdf
from buendnisse.forms.admin_letters import PostedForm, TakePostingBackForm
from buendnisse.letter_addresses import address_of, addresses_of
from buendnisse.models import LetterPosting, MailState, OutgoingMail, User
from buendnisse.roles import Right
from buendnisse.services.letters import mark_posted, take_posting_back
from buendnisse.services.outbox import without_secrets
from buendnisse.templatetags.display import day, moment


@waits_on_desk
def letters_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if not user.may(Right.CHECK):
        return
    number = capped_count(without_secrets(OutgoingMail.objects.to_post()))
    url = reverse("admin:buendnisse_outgoingmail_changelist")
    yield Waiting(
        ngettext("Brief per Post zu senden", "Briefe per Post zu senden", number),
        number,
        f"{url}?state__exact={MailState.BY_POST.value}",
    )


def posting_words(posting: LetterPosting) -> list[str]:
    """What was noted about a letter, in sentences."""
    sentences = [
        _("Versandt am %(day)s, eingetragen von %(who)s, %(at)s.")
        % {
            "day": day(posting.posted_date),
            "who": posting.noted_by,
            "at": moment(posting.noted_at),
        }
    ]
    if posting.taken_back_at:
        sentences.append(
            _("Zurückgenommen von %(who)s, %(at)s: %(reason)s")
            % {
                "who": posting.taken_back_by,
                "at": moment(posting.taken_back_at),
                "reason": posting.take_back_reason,
            }
        )
    return sentences


def letter_steps(mail: OutgoingMail, user: User) -> list[tuple[str, str]]:
    """What this person can do with the letter now: pairs of address and label."""
    if not mail.is_letter:
        return []
    steps = [("letter", _("Brief drucken (PDF)"))]
    if user.may(Right.CHECK) and mail.is_by_post:
        steps.append(("posted", _("Als versandt eintragen")))
    elif user.may(Right.CHECK):
        steps.append(("posting_back", _("Versand zurücknehmen")))
    return [
        (reverse(f"admin:buendnisse_outgoingmail_{code}", args=[mail.pk]), label)
        for code, label in steps
    ]


@require_safe
def letter_file(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """The letter as PDF, to be printed, with the day on which it was sent, or else today's.

    404 for what is no letter, 403 for who may not read mail.
    """
    mail = _readable_letter(request, pk, model_admin)
    now = timezone.now()
    on = mail.posted_date or localdate(now)
    content = render_pdf(
        "letter",
        {"address": address_of(mail), "day": day(on), "text": mail.body_text},
        title=mail.subject,
        now=now,
    )
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="brief-{mail.pk}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def letters_file(mails: Sequence[OutgoingMail], *, now: datetime) -> HttpResponse:
    """Several letters as one PDF, each on pages of its own, with the days as in a single one."""
    addresses = addresses_of(mails)
    letters = [
        {
            "address": addresses[mail.pk],
            "day": day(mail.posted_date or localdate(now)),
            "subject": mail.subject,
            "text": mail.body_text,
        }
        for mail in mails
    ]
    title = ngettext("%(number)d Brief", "%(number)d Briefe", len(letters))
    content = render_pdf(
        "letter_batch", {"letters": letters}, title=title % {"number": len(letters)}, now=now
    )
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": 'inline; filename="briefe.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _readable_letter(request: HttpRequest, pk: int, model_admin: Any) -> OutgoingMail:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    mail: OutgoingMail | None = model_admin.get_queryset(request).filter(pk=pk).first()
    if mail is None or not mail.is_letter:
        raise Http404
    return mail


class _LetterPage(ActionPage, ABC):
    """A step of one letter: 403 for who may not check, to the letter where it is too late."""

    open_in: MailState

    def load(self) -> HttpResponse | None:
        self.mail = _readable_letter(self.request, self.kwargs["pk"], self.model_admin)
        if not self.user.may(Right.CHECK):
            raise PermissionDenied
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        if self.mail.state == self.open_in:
            return None
        messages.warning(self.request, self.why_not())
        return redirect(self.back_url())

    @abstractmethod
    def why_not(self) -> str:
        """Why the letter is not open to this step."""

    def page_title(self) -> str:
        return f"{self.title}: {self.mail.subject}"

    def crumbs(self) -> Sequence[tuple[str, str]]:
        return [(self.back_url(), self.mail.subject)]

    def back_url(self) -> str:
        return change_url(self.mail)

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "facts": [
                (_("Betreff"), self.mail.subject),
                (_("Anschrift"), ", ".join(address_of(self.mail)) or "–"),
                (_("Geschrieben"), moment(self.mail.created_at)),
                (_("Stand"), self.mail.get_state_display()),
            ]
        }


class PostedPage(_LetterPage):
    title = gettext_lazy("Brief als versandt eintragen")
    form_class = PostedForm
    submit_label = gettext_lazy("Als versandt eintragen")
    refused_fields: ClassVar[Mapping[str, str]] = {
        "in_the_future": "posted_date",
        "too_early": "posted_date",
    }
    open_in = MailState.BY_POST

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"posted_date": localdate(self.now)}}

    def why_not(self) -> str:
        standing = self.mail.postings.select_related("noted_by").get(taken_back_at=None)
        words = posting_words(standing)
        return " ".join([_("Dieser Brief ist schon als versandt eingetragen."), *words])

    def perform(self, form: PostedForm) -> str:
        posting = mark_posted(
            mail_id=self.mail.pk,
            posted_date=form.cleaned_data["posted_date"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Brief ist eingetragen als versandt am %(day)s.") % {
            "day": day(posting.posted_date)
        }


class TakePostingBackPage(_LetterPage):
    title = gettext_lazy("Versand zurücknehmen")
    form_class = TakePostingBackForm
    submit_label = gettext_lazy("Versand zurücknehmen")
    open_in = MailState.POSTED

    def why_not(self) -> str:
        return _("Dieser Brief ist nicht als versandt eingetragen.")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _(
                    "Der Brief steht danach wieder unter „Per Post zu senden“. Was eingetragen "
                    "war, bleibt mit Ihrem Grund auf seiner Seite stehen."
                )
            ],
        }

    def perform(self, form: TakePostingBackForm) -> str:
        take_posting_back(
            mail_id=self.mail.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Zurückgenommen: Der Brief ist wieder per Post zu senden.")


class PostedManyPage(BulkPage[OutgoingMail]):
    """Several letters that went on one day."""

    template_name = "admin/buendnisse/outgoingmail/posted_many.html"
    title = gettext_lazy("Briefe als versandt eintragen")
    form_class = PostedForm

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"posted_date": localdate(self.now)}}

    def find(self, keys: Sequence[int]) -> list[OutgoingMail]:
        readable = self.model_admin.get_queryset(self.request)
        return list(readable.filter(pk__in=keys).order_by("created_at", "pk"))

    def why_not(self, row: OutgoingMail) -> str:
        if row.is_by_post:
            return ""
        if row.is_letter:
            return _("Schon als versandt eingetragen.")
        return _("Das ist eine E-Mail und kein Brief.")

    def name_of(self, row: OutgoingMail) -> str:
        return f"„{row.subject}“"

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Brief wird als versandt eingetragen, mit Ihrem Namen und diesem Tag. "
            "Gedruckt oder verschickt wird dadurch nichts.",
            "%(number)d Briefe werden als versandt eingetragen, mit Ihrem Namen und diesem Tag. "
            "Gedruckt oder verschickt wird dadurch nichts.",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Brief als versandt eintragen",
            "%(number)d Briefe als versandt eintragen",
            number,
        ) % {"number": number}

    def done_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Brief ist als versandt eingetragen:",
            "%(number)d Briefe sind als versandt eingetragen:",
            number,
        ) % {"number": number}

    def left_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Eintrag bleibt, wie er war:",
            "%(number)d Einträge bleiben, wie sie waren:",
            number,
        ) % {"number": number}

    def step(self, form: PostedForm) -> Callable[[OutgoingMail], object]:
        return lambda mail: mark_posted(
            mail_id=mail.pk,
            posted_date=form.cleaned_data["posted_date"],
            acting_user=self.user,
            now=self.now,
        )
