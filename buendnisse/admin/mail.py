"""The outbox, to read: what was written to whom, and whether it went out, by mail or by post."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from buendnisse.admin.letters import (
    PostedManyPage,
    PostedPage,
    TakePostingBackPage,
    letter_file,
    letter_steps,
    letters_file,
    posting_words,
)
from buendnisse.admin_bulk import MOST_AT_ONCE, bulk_redirect
from buendnisse.admin_pages import ActionPage
from buendnisse.admin_site import FilteredList, ReadOnlyAdmin
from buendnisse.keys import read_key
from buendnisse.letter_addresses import address_of, addresses_of
from buendnisse.mail_kinds import MAIL_KINDS
from buendnisse.mail_pages import page_about
from buendnisse.models import OutgoingMail
from buendnisse.roles import Right
from buendnisse.services.outbox import without_secrets

_LETTER_FIELDS = ("subject", "body_text", "state", "created_at", "posted_date")


class MailKindFilter(admin.SimpleListFilter):
    """By what the mail is, in words; which kinds are there is known without reading the mails."""

    title = _("Art")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(MAIL_KINDS.items())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> QuerySet[OutgoingMail]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class MailList(FilteredList):
    """Mails and letters; for the letters of the page it is known where they go."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        letters = [mail for mail in self.result_list if mail.is_letter]
        addresses = addresses_of(letters)
        for letter in letters:
            letter.postal_address = addresses[letter.pk]


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    change_form_template = "admin/buendnisse/outgoingmail/change_form.html"
    actions = ("print_letters", "note_posted")
    list_display = (
        *("subject", "addressee", "state", "created_at", "sent_at", "posted_date", "attempts"),
    )
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("created_at",)
    list_filter = ("state", MailKindFilter)
    search_fields = ("search_text",)
    search_help_text = _("Betreff oder E-Mail-Adresse")
    fields = (
        "subject",
        "recipient",
        "body_text",
        "state",
        "created_at",
        "not_before",
        "sent_at",
        "attempts",
        "last_error",
    )

    @admin.display(description=_("An"))
    def addressee(self, mail: OutgoingMail) -> str:
        """The e-mail address, or where the letter goes."""
        return mail.recipient or ", ".join(getattr(mail, "postal_address", []))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FilteredList]:
        return MailList

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Those that somebody at the ministry may read."""
        return without_secrets(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a letter, nothing about attempts to deliver it."""
        return _LETTER_FIELDS if obj and obj.is_letter else self.fields

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "buendnisse_outgoingmail"
        letter = self.admin_site.admin_view(partial(letter_file, model_admin=self))
        return [
            path("versandt/", page(PostedManyPage), name=f"{name}_posted_many"),
            path("<int:pk>/versandt/", page(PostedPage), name=f"{name}_posted"),
            path("<int:pk>/zuruecknehmen/", page(TakePostingBackPage), name=f"{name}_posting_back"),
            path("<int:pk>/brief.pdf", letter, name=f"{name}_letter"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        key = read_key(object_id)
        mail = self.get_queryset(request).filter(pk=key).first() if key else None
        context: dict[str, Any] = {"about_page": page_about(mail) if mail else None}
        if mail is not None and mail.is_letter:
            postings = mail.postings.select_related("noted_by", "taken_back_by")
            context |= {
                "steps": letter_steps(mail, request.user),  # type: ignore[arg-type]
                "is_letter": True,
                "address": address_of(mail),
                "postings": [posting_words(posting) for posting in postings],
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    def has_check_permission(self, request: HttpRequest) -> bool:
        return request.user.may(Right.CHECK)  # type: ignore[union-attr]

    @admin.action(description=_("Briefe drucken (eine PDF-Datei)"), permissions=["view"])
    def print_letters(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> HttpResponse | None:
        """What is ticked and is a letter; mails among it are left out."""
        chosen = queryset.order_by("created_at", "pk")[:MOST_AT_ONCE]
        letters = [mail for mail in chosen if mail.is_letter]
        if letters:
            return letters_file(letters, now=timezone.now())
        messages.warning(
            request, _t("Das sind E-Mails und keine Briefe: Zu drucken ist davon nichts.")
        )
        return None

    @admin.action(description=_("Briefe als versandt eintragen"), permissions=["check"])
    def note_posted(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> HttpResponseRedirect:
        return bulk_redirect(request, queryset, "admin:buendnisse_outgoingmail_posted_many")
