"""Addresses of the pages for those who think of applying; nobody has to sign in."""

from django.urls import path

from applications.views import preparing

app_name = "preparing"
urlpatterns = [
    path("foerdercheck/", preparing.check, name="check"),
    path("fragen/", preparing.questions, name="questions"),
    path("fragen/fragen.pdf", preparing.questions_file, name="questions_pdf"),
]
