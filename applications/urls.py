"""Addresses of the applicants' pages."""

from django.urls import path, register_converter

from applications.converters import SectionConverter
from applications.views import (
    alliances,
    attachments,
    autosave,
    consent,
    copying,
    documents,
    late_admission,
    overview,
    sections,
    sharing,
    submission,
)

register_converter(SectionConverter, "section")

app_name = "applications"
urlpatterns = [
    path("<uuid:public_id>/", overview.overview, name="overview"),
    path("<uuid:public_id>/pruefen/", submission.review, name="review"),
    path("<uuid:public_id>/eingereicht/", submission.submitted, name="submitted"),
    path(
        "<uuid:public_id>/fassungen/<int:number>/antrag.pdf",
        submission.submitted_version,
        name="submitted_version",
    ),
    path("<uuid:public_id>/unterlagen/", documents.documents, name="documents"),
    path("<uuid:public_id>/zurueckziehen/", submission.withdraw, name="withdraw"),
    path("<uuid:public_id>/anlagen/", attachments.edit_attachments, name="attachments"),
    path("<uuid:public_id>/anlagen/hochladen/", attachments.attach, name="attach"),
    path("anlage/<uuid:public_id>/", attachments.download, name="attachment"),
    path("anlage/<uuid:public_id>/vorschau/", attachments.preview, name="attachment_preview"),
    path("<uuid:public_id>/zustimmung/", consent.consent, name="consent"),
    path("<uuid:public_id>/uebernehmen/<uuid:source>/", copying.copy, name="copy"),
    path("<uuid:public_id>/verspaetet/", late_admission.request_admission, name="late"),
    path("<uuid:public_id>/freigeben/", sharing.share, name="share"),
    path("<uuid:public_id>/freigabe-beenden/", sharing.unshare, name="unshare"),
    path("<uuid:public_id>/<section:section>/", sections.edit_section, name="section"),
    path("<uuid:public_id>/<section:section>/speichern/", autosave.autosave, name="autosave"),
]

# Part of the namespace "alliances", with those of ``buendnisse.urls``.
alliance_patterns = [
    path("", alliances.alliance_list, name="list"),
    path("<uuid:public_id>/", alliances.alliance_detail, name="detail"),
    path("<uuid:public_id>/alles.zip", documents.everything, name="everything"),
    path("<uuid:public_id>/antrag/<int:year>/", alliances.start, name="start"),
    path("<uuid:public_id>/bestaetigungen/", alliances.confirmations, name="confirmations"),
]

# From mails; the log leaves out what stands below them.
answer_patterns = [path("zustimmung/<str:token>/", consent.consent_answer, name="consent")]
