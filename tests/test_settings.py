"""The environment is read strictly: a bad value stops the start with a sentence naming it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage.handler import StorageHandler
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from buendnisse.config.environment import Environment
from buendnisse.config.uploads import upload_storage

READERS = {
    "text": {"minimum": 5},
    "boolean": {},
    "integer": {"minimum": 0, "maximum": 5},
    "choice": {"choices": ["a", "b"]},
    "address": {},
    "hosts": {},
    "origins": {},
    "origin": {},
    "redis": {},
    "socket": {},
    "database": {"default": "sqlite:///x"},
    "email": {},
}


def read(reader: str, value: str, **arguments: object) -> object:
    return getattr(Environment({"NAME": value}), reader)("NAME", **READERS[reader] | arguments)


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        ("text", " hello ", "hello"),
        ("boolean", "True", True),
        ("boolean", "off", False),
        ("integer", "5", 5),
        ("choice", "b", "b"),
        ("address", "Amt <amt@example.org>", "Amt <amt@example.org>"),
        ("hosts", "a.example, .b.example,[::1]", ["a.example", ".b.example", "[::1]"]),
        ("origins", "https://a.example", ["https://a.example"]),
        ("origin", "https://a.example:8443", "https://a.example:8443"),
        ("redis", "redis://cache:6379/0", "redis://cache:6379/0"),
        ("socket", "tcp://clamav:3310", "tcp://clamav:3310"),
        ("socket", "unix:///run/clamd.ctl", "unix:///run/clamd.ctl"),
    ],
)
def test_environment_reads_good_values(reader: str, value: str, expected: object) -> None:
    assert read(reader, value) == expected


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        ("text", "abc", "NAME must have at least 5 characters."),
        ("boolean", "maybe", "NAME must be true or false, not “maybe”."),
        ("integer", "-1", "NAME must be a whole number from 0 to 5, not “-1”."),
        ("integer", "6", "NAME must be a whole number from 0 to 5, not “6”."),
        ("integer", "٣", "NAME must be a whole number from 0 to 5, not “٣”."),
        ("choice", "c", "NAME must be one of a, b, not “c”."),
        ("address", "nobody", "NAME must be an e-mail address, not “nobody”."),
        ("hosts", "*", "NAME must list host names separated by commas, not “*”."),
        ("hosts", "https://a", "NAME must list host names separated by commas, not “https://a”."),
        (
            "origin",
            "https://a.example/",
            "NAME must be http:// or https:// with a host and nothing after it,"
            " not “https://a.example/”.",
        ),
        (
            "origins",
            "a.example",
            "NAME must be http:// or https:// with a host and nothing after it, not “a.example”.",
        ),
        ("redis", "http://cache", "NAME must be a redis:// or rediss:// address."),
        *(
            ("socket", value, "NAME must be unix:///path or tcp://host:port.")
            for value in (
                "clamav:3310",
                "tcp://clamav",
                "tcp://clamav:port",
                "tcp://clamav:3310/x",
                "unix://run/clamd.ctl",
                "unix:///",
                "http://clamav:3310",
            )
        ),
        (
            "database",
            "mysql://user:secret@db/x",
            "NAME must be postgres://user:password@host:port/name or sqlite:///path.",
        ),
        (
            "database",
            "postgres://db:port/x",
            "NAME must be postgres://user:password@host:port/name or sqlite:///path.",
        ),
        (
            "database",
            "sqlite:///",
            "NAME must be postgres://user:password@host:port/name or sqlite:///path.",
        ),
        (
            "email",
            "mail.example.org",
            "NAME must be smtp://, smtp+tls:// or smtp+ssl:// with user:password@host:port,"
            " or consolemail://.",
        ),
    ],
)
def test_environment_names_the_bad_variable(reader: str, value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read(reader, value)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("value", ["", "  "])
def test_environment_requires_what_has_no_default(value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        read("text", value)
    assert str(caught.value) == "NAME must be set in the environment."


def test_environment_takes_the_default_when_unset() -> None:
    assert Environment({}).integer("NAME", minimum=0, maximum=5, default=3) == 3
    assert Environment({}).directory("NAME", default=Path("/srv")) == Path("/srv")
    assert Environment({}).redis("NAME") is None


def test_environment_refuses_a_relative_directory() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({"NAME": "media"}).directory("NAME", default=Path("/srv"))
    assert str(caught.value) == "NAME must be an absolute path, not “media”."


def test_uploads_are_kept_on_disk_unless_a_bucket_is_named() -> None:
    assert upload_storage(Environment({})) == {
        "BACKEND": "django.core.files.storage.FileSystemStorage"
    }


def test_uploads_may_be_kept_in_a_bucket() -> None:
    values = {
        "S3_BUCKET": "anlagen",
        "S3_ENDPOINT": "https://s3.example",
        "S3_REGION": "eu-central-1",
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
    }

    storage = StorageHandler({"default": upload_storage(Environment(values))})["default"]

    assert type(storage).__name__ == "S3Storage"
    names = ("bucket_name", "endpoint_url", "default_acl")
    found = {name: getattr(storage, name) for name in names}
    assert found == {
        "bucket_name": "anlagen",
        "endpoint_url": "https://s3.example",
        # Nothing in it is public.
        "default_acl": None,
    }
    assert storage.querystring_auth


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"S3_ENDPOINT": "https://s3.example"}, "S3_BUCKET must be set"),
        ({"S3_SECRET_KEY": "secret"}, "S3_BUCKET must be set"),
        ({"S3_BUCKET": "anlagen", "S3_ACCESS_KEY": "key"}, "must be set together"),
        ({"S3_BUCKET": "anlagen", "S3_ENDPOINT": "s3.example"}, "S3_ENDPOINT must be http"),
    ],
)
def test_half_a_bucket_stops_the_start(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        upload_storage(Environment(values))


def test_environment_reads_a_postgres_address() -> None:
    config = read("database", "postgres://user:p%40ss@db:5433/grants")
    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "grants",
        "USER": "user",
        "PASSWORD": "p@ss",
        "HOST": "db",
        "PORT": 5433,
    }


def test_environment_reads_a_mail_server() -> None:
    config = read("email", "smtp+tls://user:secret@mail.example.org:587")
    assert (config["EMAIL_HOST"], config["EMAIL_PORT"], config["EMAIL_USE_TLS"]) == (
        "mail.example.org",
        587,
        True,
    )


@pytest.mark.soak
@pytest.mark.parametrize("reader", sorted(READERS))
@hypothesis_settings(max_examples=2000, deadline=None, database=None, derandomize=True)
@given(value=st.text(max_size=40) | st.from_regex(r"[a-z+]{1,12}://[^ ]{0,30}", fullmatch=True))
def test_environment_never_fails_otherwise(reader: str, value: str) -> None:
    try:
        read(reader, value)
    except ImproperlyConfigured as error:
        assert str(error).startswith("NAME must ")  # noqa: PT017 - any other exception fails


PRODUCTION = {
    "SECRET_KEY": "a-key-for-the-start-of-this-test-and-nothing-else-at-all",
    "LEDGER_KEY": "a-key-for-the-chain-of-this-test-and-nothing-else-at-all",
    "SITE_URL": "https://buendnisse.example",
    "CONTACT_EMAIL": "programm@buendnisse.example",
    "CONTACT_PHONE": "0711 123-0",
    "DEFAULT_FROM_EMAIL": "noreply@buendnisse.example",
    "EMAIL_URL": "smtp+tls://mail.buendnisse.example:587",
}


def start(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *(arguments or ["check", "--deploy"])],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_start_in_production_passes_the_deployment_checks() -> None:
    result = start(PRODUCTION, "check", "--deploy", "--fail-level", "WARNING")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_start_in_production_requires(name: str) -> None:
    result = start({key: value for key, value in PRODUCTION.items() if key != name})
    assert (result.returncode, result.stderr) == (
        1,
        f"Configuration: {name} must be set in the environment.\n",
    )


def test_start_stops_at_a_bad_value_with_one_sentence() -> None:
    result = start({"DEMO": "perhaps"})
    assert (result.returncode, result.stderr) == (
        1,
        "Configuration: DEMO must be true or false, not “perhaps”.\n",
    )


def test_content_security_policy_allows_nothing_unsafe_or_foreign() -> None:
    allowed = {
        source
        for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()
        for source in sources
    }
    assert allowed == {"'self'", "'none'", "data:"}
