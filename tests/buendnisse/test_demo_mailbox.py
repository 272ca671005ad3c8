"""The demo's mailbox keeps every message and shows it, newest first."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.http import Http404
from django.test import RequestFactory, override_settings
from django.urls import include, path

from buendnisse.config.urls import urlpatterns as site_urlpatterns
from buendnisse.demo.mailbox import mail

urlpatterns = [*site_urlpatterns, path("demo/", include("buendnisse.demo.urls"))]


def deliver(subject: str, recipient: str, text: str = "Guten Tag") -> None:
    message = EmailMultiAlternatives(
        subject,
        text,
        "Amt <amt@example.org>",
        [recipient],
        connection=get_connection("buendnisse.demo.mailbox.EmailBackend"),
    )
    message.attach_alternative("<p>HTML</p>", "text/html")
    message.attach("Antrag.pdf", b"%PDF-1.7", "application/pdf")
    assert message.send() == 1


def names() -> list[str]:
    return sorted(file.stem for file in Path(settings.DEMO_MAIL_DIR).iterdir())


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_mailbox_shows_newest_first_and_finds_by_address_and_subject(client) -> None:
    deliver("Erste", "eins@example.org")
    deliver("Zweite – mit Umlaut: Grüße", "zwei@example.org")
    response = client.get("/demo/postfach/")
    assert [m.subject for m in response.context["mails"]] == ["Zweite – mit Umlaut: Grüße", "Erste"]
    for letters in ("EINS@", "erst"):
        response = client.get("/demo/postfach/", {"suche": letters})
        assert [m.subject for m in response.context["mails"]] == ["Erste"]
    response = client.get("/demo/postfach/", {"suche": "drei"})
    assert "Keine E-Mail mit „drei“ in Adresse oder Betreff." in response.content.decode()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_mail_shows_headers_and_text_with_working_links_and_no_markup(client) -> None:
    deliver("Hallo", "eins@example.org", "<b>Siehe</b> https://a.example/b/?c=1")
    response = client.get(f"/demo/postfach/{names()[0]}/")
    shown = response.context["mail"]
    assert (shown.sender, shown.recipients) == ("Amt <amt@example.org>", "eins@example.org")
    assert shown.files == ("Antrag.pdf",)
    page = response.content.decode()
    assert '<a href="https://a.example/b/?c=1"' in page
    assert "&lt;b&gt;Siehe&lt;/b&gt;" in page


@pytest.mark.parametrize("name", ["..", "../../../etc/passwd", "20260101T000000000000-" + "0" * 32])
def test_mail_refuses_names_that_are_no_message(name: str) -> None:
    with pytest.raises(Http404):
        mail(RequestFactory().get("/"), name)


def test_mailbox_files_appear_whole() -> None:
    deliver("Hallo", "eins@example.org")
    assert [file.suffix for file in Path(settings.DEMO_MAIL_DIR).iterdir()] == [".eml"]


def test_mailbox_is_not_routed_outside_the_demo() -> None:
    assert not [p for p in site_urlpatterns if str(p.pattern).startswith("demo")]
