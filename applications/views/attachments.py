"""The attachments of an application: the page on which files come and go, and giving them out.

The page works by one form. ``static/buendnisse/attachments.js`` sends each file by itself, and what
was typed about it, and is answered in JSON: 200 with what became of it, 401 not signed in, 422 with
the sentence why nothing of it is stored, 429 with the sentence when to send it again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.attachment_words import page_words, script_settings, waiting_note
from applications.forms.attachments import AttachmentForm
from applications.models import Application, Attachment
from applications.queries import find_gaps
from applications.sections import ATTACHMENTS
from applications.services.attachments import (
    AlreadyAttached,
    add_attachment,
    describe_attachments,
    remove_attachment,
)
from applications.services.conflicts import conflict_of
from applications.services.drafting import Outcome, open_fields
from applications.views.access import Case, find_case
from applications.views.overview import missing_items
from applications.views.steps import POSITIONS, next_url, position_of
from buendnisse.conflicts import Tie
from buendnisse.files import serving
from buendnisse.files.limit import TooManyUploads, count_upload
from buendnisse.files.names import readable
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.refusals import Refusal
from buendnisse.second_factor import lacks_second_factor
from buendnisse.views.requests import SignedInRequest

_OK: Final = 200
_NOT_SIGNED_IN: Final = 401
_REFUSED: Final = 422
_TOO_MANY: Final = 429
_LONGEST_SHOWN: Final = 80


@dataclass(frozen=True)
class Line:
    """A file of the list, with the form for its words where they may be changed."""

    attachment: Attachment
    form: AttachmentForm
    # What somebody else has written meanwhile, where both have.
    theirs: Attachment | None = None


@dataclass
class Answer:
    """What became of a POST. ``forms`` are those that the person has to look at once more."""

    added: list[Attachment] = field(default_factory=list)
    removed: list[Attachment] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    # Each with the name of its file, or without one.
    refused: list[tuple[str, str]] = field(default_factory=list)
    forms: dict[int, AttachmentForm] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)
    # The account has sent too many files in this hour.
    is_limited: bool = False

    @property
    def status(self) -> int:
        return _TOO_MANY if self.is_limited else _OK


# What a way back in the browser would show from its own memory may be older than what is stored.
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_attachments(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Show the files; add, describe and take out what was sent, and go on where that was asked."""
    case = find_case(request.user, public_id)
    if request.method != "POST":
        return _page(request, case, Answer())
    if refusal := _why_closed(request, case):
        messages.error(request, str(refusal.sentence))
        return redirect("applications:overview", public_id)
    answer = _take(request, case)
    _tell(request, answer)
    if answer.forms or answer.is_limited:
        return _page(request, find_case(request.user, public_id), answer)
    if "continue" in request.POST and not answer.refused:
        return redirect(next_url(case.application, ATTACHMENTS, open_fields(case.application)))
    return redirect("applications:attachments", public_id)


@never_cache
@require_POST
def attach(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same for the script: one file, or the words about those that are there."""
    user = request.user
    if not isinstance(user, User):
        return JsonResponse({"said": _("Ihre Anmeldung ist abgelaufen.")}, status=_NOT_SIGNED_IN)
    case = find_case(user, public_id)
    if refusal := _why_closed(request, case):  # type: ignore[arg-type]
        return JsonResponse({"said": str(refusal.sentence)}, status=_REFUSED)
    answer = _take(request, case)  # type: ignore[arg-type]
    # The script stands beside the name.
    said = [sentence for _name, sentence in (*answer.notes, *answer.refused)]
    if answer.forms and not said:
        said = [_("Eine Beschreibung ist noch nicht gespeichert. Bitte klicken Sie auf Speichern.")]
    time = f"{localtime(timezone.now()):%H:%M:%S}"
    lines = [Line(each, AttachmentForm(attachment=each)) for each in answer.added]
    return JsonResponse(
        {
            "said": " ".join(said) or _("Gespeichert um %(time)s Uhr.") % {"time": time},
            "lines": [
                render_to_string("applications/includes/attachment_line.html", {"line": line})
                for line in lines
            ],
            "names": [each.name for each in answer.added],
            # By the name of its hidden field: what this page has seen now.
            "seen": _seen_now(case, request, answer),
        },
        status=_REFUSED if said and not answer.is_limited else answer.status,
    )


@require_safe
@login_required
def download(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """A file, to be saved, for whoever may see its application; nothing (404) for others."""
    attachment = _find_readable(request, public_id)
    return serving.download(attachment.file, name=attachment.name, media_type=attachment.media_type)


@require_safe
@login_required
def preview(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The small picture that we have made of a picture."""
    attachment = _find_readable(request, public_id)
    if not attachment.preview:
        raise Http404
    return serving.picture(attachment.preview)


def _find_readable(request: SignedInRequest, public_id: UUID) -> Attachment:
    attachments = Attachment.objects.readable_by(
        request.user, as_staff=not lacks_second_factor(request)
    )
    found = (
        attachments.downloadable().select_related("application").filter(public_id=public_id).first()
    )
    if found is None or _is_out_of_reach(found.application, request.user):
        raise Http404
    return found


def _is_out_of_reach(application: Application, user: User) -> bool:
    """Whether a conflict of interest keeps this person away; whoever is in the alliance has it."""
    conflict = conflict_of(application, user)
    return conflict is not None and conflict.tie is not Tie.MEMBER


def _why_closed(request: SignedInRequest, case: Case) -> Refusal | None:
    """Why this person cannot change the attachments now, in the service's own words."""
    try:
        describe_attachments(
            application_id=case.application.pk,
            typed={},
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return refusal
    return None


def _take(request: SignedInRequest, case: Case) -> Answer:
    """Words first: nothing that happens to a file takes them along."""
    answer = Answer()
    _describe(request, case, answer)
    key = read_key(request.POST.get("remove", ""))
    removed = case.application.attachments.filter(pk=key).first() if key else None
    try:
        if removed:
            remove_attachment(
                attachment_id=removed.pk, acting_user=request.user, now=timezone.now()
            )
            answer.removed.append(removed)
    except Refusal as refusal:
        answer.refused.append(("", str(refusal.sentence)))
    for upload in request.FILES.getlist("files"):
        _add(request, case, upload, answer)
    return answer


def _describe(request: SignedInRequest, case: Case, answer: Answer) -> None:
    forms = {
        attachment.pk: form
        for attachment in case.application.attachments.current()
        if (form := AttachmentForm(request.POST, attachment=attachment)).was_sent
    }
    answer.forms = {key: form for key, form in forms.items() if not form.is_valid()}
    typed = {key: form.typed() for key, form in forms.items() if form.is_valid()}
    if not typed:
        return
    try:
        outcomes = describe_attachments(
            application_id=case.application.pk,
            typed=typed,
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        answer.refused.append(("", str(refusal.sentence)))
        return
    answer.conflicts = {key for key, found in outcomes.items() if found == Outcome.CONFLICT}
    answer.forms |= {key: forms[key] for key in answer.conflicts}


def _add(request: SignedInRequest, case: Case, upload: UploadedFile, answer: Answer) -> None:
    name = readable(upload.name or "")[:_LONGEST_SHOWN] or _("Datei")
    now = timezone.now()
    try:
        count_upload(user_id=request.user.pk, now=now)
        attachment = add_attachment(
            application_id=case.application.pk, upload=upload, acting_user=request.user, now=now
        )
    except TooManyUploads as refusal:
        answer.is_limited = True
        answer.refused.append((name, str(refusal.sentence)))
    except AlreadyAttached as refusal:
        answer.notes.append((name, str(refusal.sentence)))
    except Refusal as refusal:
        answer.refused.append((name, str(refusal.sentence)))
    else:
        answer.added.append(attachment)


def _tell(request: HttpRequest, answer: Answer) -> None:
    """What happened, in the messages of the next page."""
    for name, sentence in answer.refused:
        messages.error(request, _about(name, sentence) if name else sentence)
    for name, sentence in answer.notes:
        messages.info(request, _about(name, sentence))
    for attachment in answer.removed:
        if not attachment.is_locked:
            messages.success(request, _("„%(name)s“ ist entfernt.") % {"name": attachment})
    if len(answer.added) == 1:
        messages.success(request, _("„%(name)s“ ist hochgeladen.") % {"name": answer.added[0]})
    elif answer.added:
        count = len(answer.added)
        messages.success(
            request,
            ngettext(
                "%(count)d Datei ist hochgeladen.", "%(count)d Dateien sind hochgeladen.", count
            )
            % {"count": count},
        )
    if any(attachment.is_waiting for attachment in answer.added):
        messages.warning(request, waiting_note())
    if answer.forms:
        messages.warning(request, _("Gespeichert, bis auf die markierten Angaben."))
    elif not (answer.added or answer.removed or answer.notes or answer.refused):
        messages.success(request, _("Gespeichert."))


def _about(name: str, sentence: str) -> str:
    return _("„%(name)s“: %(sentence)s") % {"name": name, "sentence": sentence}


def _page(request: SignedInRequest, case: Case, answer: Answer) -> HttpResponse:
    application = case.application
    is_open = case.may_edit and ATTACHMENTS in open_fields(application)
    attachments = list(application.attachments.all())
    current = [each for each in attachments if each.removed_at is None]
    gaps = [gap for gap in find_gaps(application) if gap.section == ATTACHMENTS]
    return render(
        request,
        "applications/attachments.html",
        {
            "application": application,
            "case": case,
            "position": position_of(ATTACHMENTS),
            "positions": POSITIONS,
            "is_open": is_open,
            "correction": case.open_correction,
            "attachments": current,
            "lines": list(_lines(current, answer)) if is_open else [],
            # Thrown away by the virus scanner, which the applicants should know of.
            "thrown_away": [
                each for each in attachments if each.is_locked and each.submission_id is None
            ],
            "missing": missing_items(application, gaps) if is_open else [],
            "words": page_words(application.programme_year),
            "script": script_settings(application),
        },
        status=answer.status,
    )


def _lines(current: Iterable[Attachment], answer: Answer) -> Iterator[Line]:
    for attachment in current:
        form = answer.forms.get(attachment.pk)
        if attachment.pk in answer.conflicts and form:
            yield Line(attachment, form.reopened(attachment), theirs=attachment)
        else:
            yield Line(attachment, form or AttachmentForm(attachment=attachment))


def _seen_now(case: Case, request: HttpRequest, answer: Answer) -> dict[str, str]:
    """Not of words in conflict: about these the page asks."""
    attachments = case.application.attachments.current().exclude(pk__in=answer.forms)
    forms = [AttachmentForm(attachment=each) for each in attachments]
    return {
        form["seen"].html_name: form["seen"].value()
        for form in forms
        if form["seen"].html_name in request.POST
    }
