"""Addresses that exist in the demo alone."""

from django.urls import path

from buendnisse.demo.mailbox import mail, mailbox

urlpatterns = [
    path("postfach/", mailbox, name="demo_mailbox"),
    path("postfach/<str:name>/", mail, name="demo_mail"),
]
