"""Addresses of the alliances' own forms, and of the pages that the law asks for."""

from django.urls import path

from buendnisse.views import account, alliances, confirmations, invitation, legal, people

urlpatterns = [
    path("impressum/", legal.imprint, name="imprint"),
    path("datenschutz/", legal.privacy, name="privacy"),
    path("barrierefreiheit/", legal.accessibility, name="accessibility"),
    # From mails; the log leaves out what stands below them.
    path("einladung/", invitation.pending_invitation, name="pending_invitation"),
    path("einladung/<str:token>/", invitation.invitation, name="invitation"),
    path("bestaetigung/<str:token>/", confirmations.confirmation, name="confirmation"),
    path("konto/", account.overview, name="account_overview"),
    path("konto/sprache/", account.language, name="account_language"),
    path("konto/eingaben/", account.kept, name="account_kept_form"),
    # In place of the library's own page at this address, which can only end all sessions at once.
    path("konto/sessions/", account.sessions, name="usersessions_list"),
]

# Part of the namespace "alliances"; the pages that show applications too are added where all
# addresses come together.
alliance_patterns = [
    path("neu/", alliances.found, name="found"),
    path("<uuid:public_id>/bearbeiten/", alliances.edit, name="edit"),
    path(
        "<uuid:public_id>/organisationen/neu/",
        alliances.edit_organisation,
        name="organisation_add",
    ),
    path(
        "<uuid:public_id>/organisationen/<int:organisation_id>/",
        alliances.edit_organisation,
        name="organisation",
    ),
    path(
        "<uuid:public_id>/organisationen/<int:organisation_id>/entfernen/",
        alliances.remove,
        name="organisation_remove",
    ),
    path(
        "<uuid:public_id>/organisationen/<int:organisation_id>/antragsteller/",
        alliances.make_lead,
        name="organisation_lead",
    ),
    path("<uuid:public_id>/mitwirkende/", people.people, name="people"),
    path("<uuid:public_id>/mitwirkende/<int:membership_id>/aufgabe/", people.role, name="role"),
    path(
        "<uuid:public_id>/mitwirkende/<int:membership_id>/entfernen/",
        people.remove,
        name="member_remove",
    ),
    path(
        "<uuid:public_id>/einladungen/<int:invitation_id>/senden/",
        people.resend,
        name="invitation_resend",
    ),
    path(
        "<uuid:public_id>/einladungen/<int:invitation_id>/zuruecknehmen/",
        people.withdraw,
        name="invitation_withdraw",
    ),
    path("<uuid:public_id>/verlassen/", people.leave, name="leave"),
    path("<uuid:public_id>/uebergeben/", people.pass_on, name="hand_over"),
    path("<uuid:public_id>/bestaetigungen/alle/", confirmations.ask_all, name="ask_all"),
    path(
        "<uuid:public_id>/bestaetigungen/<int:organisation_id>/",
        confirmations.ask,
        name="ask",
    ),
]
