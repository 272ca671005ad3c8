"""Entering a correction that came by letter: the fields that were asked for, and the day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.gap_words import officer_sentence
from applications.admin.list_place import list_query, with_list
from applications.admin.previewed_page import PreviewedPage
from applications.admin.wording import told_words
from applications.forms.admin_entry import CorrectionArrivedForm
from applications.forms.sections import SECTION_FORMS
from applications.gap_sentences import field_label
from applications.models import CorrectionRequest
from applications.queries import find_gaps
from applications.sections import ALLIANCE_FIELD, ATTACHMENTS, SECTIONS
from applications.services.entry import resubmit_entered
from applications.services.snapshot import changed_fields
from applications.services.submission import CorrectionLate
from buendnisse.keys import read_key
from buendnisse.models import MemberOrganisation
from buendnisse.templatetags.display import day, moment


class CorrectionEntryPage(PreviewedPage):
    """The parts that were asked for, and which differ by now; at the end it is handed in."""

    step = steps.ENTER_CORRECTION
    template_name = "admin/applications/application/entry_correction.html"
    form_class = CorrectionArrivedForm
    submit_label = gettext_lazy("Nachbesserung einreichen")
    refused_fields: ClassVar[Mapping[str, str]] = {
        "received_in_the_future": "received_date",
        "received_before_asked": "received_date",
        CorrectionLate.code: "received_date",
    }

    def context(self, form: Any) -> dict[str, Any]:
        application, request = self.application, self._request()
        if request is None:
            return super().context(form)
        changed = changed_fields(application, request.fields)
        missing = [officer_sentence(gap) for gap in find_gaps(application)]
        return {
            **super().context(form),
            "intro": [
                _(
                    "Übertragen Sie, was das Bündnis geschrieben hat, Feld für Feld. Ändern lassen "
                    "sich nur die genannten Felder. Es zählt der Tag, an dem der Brief einging, "
                    "und die Nachbesserung ist als von Ihnen erfasst gekennzeichnet: Wer sie "
                    "erfasst, hat geprüft und entscheidet nicht."
                )
            ],
            "facts": [
                *self.facts(),
                (_("Nachgefordert"), moment(request.requested_at)),
                (_("Frist"), moment(request.due_at)),
            ],
            "message": request.message,
            "parts": list(self._parts(request, changed)),
            "organisations": self._organisations(request),
            "add_organisation_url": self._url("enter_organisation_add"),
            "missing": missing,
            "submit_hidden": bool(missing) or not changed,
            "nothing_changed": not changed,
            "back_label": _("Zurück zum Fall"),
            "version": application.version,
        }

    def _parts(
        self, request: CorrectionRequest, changed: set[str]
    ) -> Iterator[tuple[str, str, list[tuple[str, str, bool]]]]:
        """Each part with its address and its fields: label, the words about it, whether changed."""
        for section, names in {**SECTIONS, ATTACHMENTS: (ATTACHMENTS,)}.items():
            fields = [
                (field_label(name), request.words.get(name, ""), name in changed)
                for name in names
                if name in request.fields
            ]
            if not fields:
                continue
            if section == ATTACHMENTS:
                yield _("Anlagen"), self._url("enter_attachments"), fields
            else:
                yield (
                    str(SECTION_FORMS[section].heading),
                    self._url("enter_section", section),
                    fields,
                )

    def _organisations(self, request: CorrectionRequest) -> list[tuple[MemberOrganisation, str]]:
        """With the address of each; none where they were not asked for."""
        if ALLIANCE_FIELD not in request.fields:
            return []
        return [
            (each, self._url("enter_organisation", each.pk))
            for each in self.application.alliance.organisations.all()
        ]

    def _request(self) -> CorrectionRequest | None:
        requests = self.application.correction_requests.all()
        return next((request for request in requests if not request.closed_at), None)

    def _url(self, code: str, *keys: object) -> str:
        name = f"admin:applications_application_{code}"
        return with_list(reverse(name, args=[self.application.pk, *keys]), list_query(self.request))

    def mails(self, form: CorrectionArrivedForm) -> Sequence[emails.Message]:
        return emails.preview_correction_received(
            self.application, form.cleaned_data["received_date"]
        )

    def perform(self, form: CorrectionArrivedForm) -> str:
        version = read_key(self.request.POST.get("version", ""))
        received_date = form.cleaned_data["received_date"]
        application = resubmit_entered(
            application_id=self.application.pk,
            received_date=received_date,
            acting_user=self.user,
            now=self.now,
            version=-1 if version is None else version,
        )
        said = _("Die Nachbesserung ist eingereicht, eingegangen am %(day)s.") % {
            "day": day(received_date)
        }
        return f"{said} {told_words(application)}"
