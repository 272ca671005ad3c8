"""Entering an application for others: its sections, its organisations, and handing it in."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.attachments import attachment_context
from applications.admin.case_page import find_case
from applications.admin.gap_words import officer_sentence
from applications.admin.list_place import list_query, with_list
from applications.admin.previewed_page import PreviewedPage
from applications.admin.step_page import StepPage
from applications.admin.wording import case_name, told_words
from applications.attachment_words import required_in_words
from applications.enums import State
from applications.forms.admin_check import ReasonForm
from applications.forms.admin_entry import EntryAttachmentForm
from applications.forms.admin_entry_words import refusal_to_officer
from applications.forms.plan import PlanForm
from applications.forms.sections import SECTION_FORMS, SectionForm
from applications.gap_sentences import field_label
from applications.models import Application
from applications.presentation import shown
from applications.queries import find_gaps
from applications.rules.completeness import PERIOD_CODES
from applications.section_states import Progress, progress_of
from applications.sections import ATTACHMENTS, SECTIONS
from applications.services.attachments import (
    AlreadyAttached,
    TooManyAttachments,
    Typed,
    add_attachment,
    describe_attachments,
    remove_attachment,
    words_of,
)
from applications.services.drafting import PLAN, open_fields, save_section
from applications.services.entry import (
    alliance_goes_too,
    received_outside_call,
    remove_entered_organisation,
    save_entered_organisation,
    submit_entered,
    withdraw_entered,
)
from buendnisse.files.refusals import FileRefused
from buendnisse.forms.alliance import FIELD_OF_REFUSAL, OrganisationForm
from buendnisse.keys import read_key
from buendnisse.models import Alliance, MemberOrganisation
from buendnisse.refusals import Refusal
from buendnisse.services.alliances import is_kept_by_ministry


def entry_url(application: Application) -> str:
    """Where the parts are listed that an officer can enter now."""
    return reverse(_step_of(application).url_name, args=[application.pk])


def _step_of(application: Application) -> steps.Step:
    in_correction = application.state == State.CHANGES_REQUESTED
    return steps.ENTER_CORRECTION if in_correction else steps.ENTER


class EntryStepPage(StepPage):
    """A page of the entry, or of a correction: it belongs to the list of its parts."""

    step = steps.ENTER

    def load(self) -> HttpResponse | None:
        loaded = super().load()
        if loaded is None:
            self.step = _step_of(self.application)
        return loaded

    def crumbs(self) -> list[tuple[str, str]]:
        return [*super().crumbs(), (self.entry_url(), _("Erfassen"))]

    def entry_url(self) -> str:
        return with_list(entry_url(self.application), list_query(self.request))

    def success_url(self) -> str:
        return self.entry_url()


class EntryPage(PreviewedPage):
    """The parts of the application with what is missing; at the end it is handed in."""

    step = steps.ENTER
    template_name = "admin/applications/application/entry.html"
    submit_label = gettext_lazy("Antrag einreichen")

    def page_title(self) -> str:
        return _("Antrag auf Papier erfassen: %(alliance)s") % {
            "alliance": self.application.alliance
        }

    def context(self, form: Any) -> dict[str, Any]:
        application = self.application
        gaps = find_gaps(application)
        outside_call = received_outside_call(application, self.now)
        context = super().context(form)
        kept = is_kept_by_ministry(application.alliance, self.user)
        return {
            **context,
            "facts": [
                *self.facts(),
                (_("Eingegangen am"), shown(application.received_date)),
                (_("Warum erfasst"), application.intake_reason),
            ],
            "parts": [
                (
                    SECTION_FORMS[section].heading,
                    self._part_url(section),
                    progress_of(application, section, gaps) == Progress.COMPLETE,
                )
                for section in SECTIONS
            ],
            "attachments": attachment_context(application)["attachments"],
            "attachments_url": self._url("enter_attachments"),
            "attachments_missing": any(gap.section == ATTACHMENTS for gap in gaps),
            "discard_url": self._url("discard_entry"),
            "organisations": [
                (each, self._organisation_url(each) if kept else "")
                for each in application.alliance.organisations.all()
            ],
            "add_organisation_url": self._url("enter_organisation_add") if kept else "",
            "missing": [officer_sentence(gap) for gap in gaps],
            "outside_call": outside_call,
            "receipt_url": self._url("correct_receipt"),
            "admit_url": self._url("admit_late"),
            "submit_hidden": bool(gaps or outside_call),
            # By the time anybody leaves this page, its parts have been stored.
            "back_label": _("Zurück zum Fall"),
            "version": application.version,
        }

    def _url(self, code: str, *keys: object) -> str:
        name = f"admin:applications_application_{code}"
        url = reverse(name, args=[self.application.pk, *keys])
        return with_list(url, list_query(self.request))

    def _part_url(self, section: str) -> str:
        return self._url("enter_section", section)

    def _organisation_url(self, organisation: MemberOrganisation) -> str:
        return self._url("enter_organisation", organisation.pk)

    def mails(self, form: Any) -> Sequence[emails.Message]:
        return emails.preview_acknowledgement(self.application)

    def perform(self, form: Any) -> str:
        version = read_key(self.request.POST.get("version", ""))
        application = submit_entered(
            application_id=self.application.pk,
            acting_user=self.user,
            now=self.now,
            version=-1 if version is None else version,
        )
        said = _("Eingereicht mit dem Aktenzeichen %(reference)s.") % {
            "reference": application.reference
        }
        return f"{said} {told_words(application)}"


class EntrySectionPage(EntryStepPage):
    """The same form as the applicants', saved half-done or whole."""

    template_name = "admin/applications/application/entry_section.html"
    submit_label = gettext_lazy("Speichern")
    plan: PlanForm | None = None
    # As this press of the button has left it.
    stored: Application | None = None

    def load(self) -> HttpResponse | None:
        loaded = super().load()
        if self.kwargs["section"] not in SECTIONS:
            raise Http404
        self.section: str = self.kwargs["section"]
        self.form_class = SECTION_FORMS[self.section]
        self.open_fields = open_fields(self.application)
        if PLAN in SECTIONS[self.section]:
            is_open = PLAN in self.open_fields
            is_typed = self.request.method == "POST" and is_open
            self.plan = PlanForm(
                self.request.POST if is_typed else None,
                application=self.application,
                is_open=is_open,
                one_more=self.request.POST.get("one_more", ""),
            )
        return loaded

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "open_fields": self.open_fields,
            "to_officer": True,
        }

    def page_title(self) -> str:
        return f"{SECTION_FORMS[self.section].heading}: {case_name(self.application)}"

    def context(self, form: Any) -> dict[str, Any]:
        return {"plan": self.plan, "back_url": self.entry_url(), "intro": self._what_is_open()}

    def _what_is_open(self) -> list[str]:
        """In a correction not every field is; the others are there to be read."""
        if self.application.state == State.DRAFT:
            return []
        names = [name for name in SECTIONS[self.section] if name in self.open_fields]
        labels = ", ".join(str(field_label(name)) for name in names)
        return [
            _("Ändern lässt sich hier nur, was nachgefordert ist: %(fields)s.")
            % {"fields": labels or "–"}
        ]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        plan = self.plan if self.plan and self.plan.is_open else None
        if "one_more" in request.POST or (plan and not plan.is_valid()):
            form = self.form_class(request.POST, **self.form_kwargs())
            form.is_valid()
            return self.show(form)
        answer = super().post(request, *args, **kwargs)
        return self._contradicted() or answer

    def _contradicted(self) -> HttpResponse | None:
        """What was just stored and cannot be so, said at its field; a draft may hold it."""
        if self.stored is None:
            return None
        application = find_case(self.stored.pk) or self.application
        gaps = [
            gap
            for gap in find_gaps(application)
            if gap.section == self.section and gap.code in PERIOD_CODES
        ]
        typed = SECTION_FORMS[self.section](self.request.POST, **self.form_kwargs())
        form = typed.reopened(application, frozenset())
        form.full_clean()
        for gap in gaps:
            form.add_error(
                gap.field if gap.field in form.open_fields else None, officer_sentence(gap)
            )
        return self.show(form) if gaps else None

    def perform(self, form: SectionForm) -> str:
        self.stored = save_section(
            application_id=self.application.pk,
            acting_user=self.user,
            now=self.now,
            version=form.cleaned_data["version"],
            values=form.values(),
            lines=self.plan.lines() if self.plan else None,
        )
        return _("Gespeichert.")


class EntryAttachmentsPage(EntryStepPage):
    """The files that came with the application: one at a time, with what it is."""

    template_name = "admin/applications/application/entry_attachments.html"
    form_class = EntryAttachmentForm
    submit_label = gettext_lazy("Datei hinzufügen")

    def page_title(self) -> str:
        return f"{_('Anlagen')}: {case_name(self.application)}"

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **attachment_context(self.application),
            "required": required_in_words(self.application.programme_year),
            "back_url": self.entry_url(),
            "back_label": _("Zurück zum Erfassen"),
        }

    def success_url(self) -> str:
        """Once more this page: there is seldom one file alone."""
        return self.request.get_full_path()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = read_key(request.POST.get("remove", ""))
        if key is None:
            return super().post(request, *args, **kwargs)
        if not self.application.attachments.filter(pk=key).exists():
            raise Http404
        try:
            removed = remove_attachment(attachment_id=key, acting_user=self.user, now=self.now)
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("„%(name)s“ ist entfernt.") % {"name": removed})
        return HttpResponseRedirect(self.success_url())

    def add_refusal(self, form: Any, refusal: Refusal) -> None:
        """Whatever is wrong with a file, by whichever of many codes, is said at it."""
        if isinstance(refusal, FileRefused | AlreadyAttached | TooManyAttachments):
            form.add_error("file", refusal.sentence)
        else:
            super().add_refusal(form, refusal)

    def perform(self, form: EntryAttachmentForm) -> str:
        attachment = add_attachment(
            application_id=self.application.pk,
            upload=form.cleaned_data["file"],
            acting_user=self.user,
            now=self.now,
        )
        describe_attachments(
            application_id=self.application.pk,
            typed={attachment.pk: Typed(form.words(), words_of(attachment).fingerprint)},
            acting_user=self.user,
            now=self.now,
        )
        return _("„%(name)s“ ist hochgeladen.") % {"name": attachment}


class DiscardEntryPage(StepPage):
    """What was entered wrongly: another alliance, another year, or twice."""

    step = steps.DISCARD_ENTRY
    form_class = ReasonForm
    submit_label = gettext_lazy("Erfassung verwerfen")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _(
                    "Der Entwurf gilt danach als zurückgezogen und lässt sich nicht mehr ändern. "
                    "Das Bündnis bekommt keine Nachricht."
                ),
                self._of_alliance(),
            ],
        }

    def _of_alliance(self) -> str:
        if alliance_goes_too(self.application):
            return _(
                "Das Bündnis ist nur für diese Erfassung angelegt. Es wird mit ihr verworfen und "
                "steht dann in keiner Liste und keiner Suche mehr."
            )
        return _("Für dasselbe Bündnis können Sie dann einen neuen Antrag erfassen.")

    def perform(self, form: ReasonForm) -> str:
        application = withdraw_entered(
            application_id=self.application.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        if Alliance.objects.standing().filter(pk=application.alliance_id).exists():
            return _("Die Erfassung ist verworfen.")
        return _("Die Erfassung ist verworfen, und mit ihr das Bündnis „%(name)s“.") % {
            "name": application.alliance
        }


class EntryOrganisationPage(EntryStepPage):
    """An organisation of an alliance that has nobody with an account here."""

    form_class = OrganisationForm  # type: ignore[assignment]
    submit_label = gettext_lazy("Speichern")

    def load(self) -> HttpResponse | None:
        loaded = super().load()
        organisations = list(self.application.alliance.organisations.all())
        self.organisation = MemberOrganisation(alliance=self.application.alliance)
        if "organisation" in self.kwargs:
            found = [each for each in organisations if each.pk == self.kwargs["organisation"]]
            if not found:
                raise Http404
            self.organisation = found[0]
        self.has_lead = any(each.is_lead and each != self.organisation for each in organisations)
        return loaded

    def form_kwargs(self) -> dict[str, Any]:
        return {"instance": self.organisation, "has_lead": self.has_lead}

    def page_title(self) -> str:
        if self.organisation.pk is None:
            return _("Organisation hinzufügen")
        return str(self.organisation)

    def context(self, form: Any) -> dict[str, Any]:
        return {"back_url": self.entry_url()}

    def perform(self, form: OrganisationForm) -> str:
        if "remove" in self.request.POST and self.organisation.pk:
            remove_entered_organisation(
                application_id=self.application.pk,
                organisation_id=self.organisation.pk,
                acting_user=self.user,
                now=self.now,
            )
            return _("Die Organisation ist entfernt.")
        save_entered_organisation(
            application_id=self.application.pk,
            organisation=form.save(commit=False),
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Organisation ist gespeichert.")

    def add_refusal(self, form: Any, refusal: Refusal) -> None:
        """The form knows the field of what is wrong with an organisation; once, and there."""
        if refusal.code in FIELD_OF_REFUSAL:
            form.add_refusal(refusal_to_officer(refusal))
        else:
            super().add_refusal(form, refusal)
