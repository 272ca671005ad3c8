"""The project's settings under test: production's, with keys that are none and fast hashing."""

import os

os.environ |= {
    "SECRET_KEY": "tests-need-a-key-that-has-at-least-fifty-characters",
    "LEDGER_KEY": "tests-need-a-key-that-has-at-least-fifty-characters",
    "SITE_URL": "http://testserver",
    "CONTACT_EMAIL": "programm@example.org",
    "CONTACT_PHONE": "0711 123-0",
    "DEFAULT_FROM_EMAIL": "noreply@example.org",
    "EMAIL_URL": "consolemail://",
    "HTTPS": "false",
    "LOG_LEVEL": "ERROR",
    "DEMO": "false",
    "DEBUG": "false",
    "REDIS_URL": "",
}

from buendnisse.config.settings import *  # noqa: F403
from buendnisse.config.settings import DATABASES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests of the ministry's pages sign people in without ado; tests/buendnisse/test_second_factor.py
# asks for the second factor again.
STAFF_NEEDS_SECOND_FACTOR = False
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads and processes meet the locks that they meet in real life.
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}.test"}
