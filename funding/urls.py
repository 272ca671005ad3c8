"""Addresses of the public pages about the programme and its money."""

from django.urls import path

from funding.views import award_list, home

urlpatterns = [
    path("", home, name="home"),
    path("zuwendungen/", award_list, name="award_list"),
]
