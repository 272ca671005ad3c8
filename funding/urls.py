"""Addresses of the public pages about the programme and its money."""

from django.urls import path

from funding.views import award_list, call_dates, easy_german, home

urlpatterns = [
    path("", home, name="home"),
    path("leichte-sprache/", easy_german, name="easy_german"),
    path("foerderaufruf/<int:year>/termine.ics", call_dates, name="call_dates"),
    path("zuwendungen/", award_list, name="award_list"),
]
