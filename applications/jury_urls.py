"""Addresses of the jury's pages."""

from django.urls import path

from applications.views import jury

app_name = "jury"
urlpatterns = [
    path("", jury.review_list, name="list"),
    path("<int:pk>/", jury.review, name="review"),
]
