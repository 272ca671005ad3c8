"""Addresses of the alliances' own forms, and of the pages that the law asks for."""

from django.urls import path

from buendnisse.views import alliances, legal

urlpatterns = [
    path("impressum/", legal.imprint, name="imprint"),
    path("datenschutz/", legal.privacy, name="privacy"),
    path("barrierefreiheit/", legal.accessibility, name="accessibility"),
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
]
