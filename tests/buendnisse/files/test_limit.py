"""How many files one account may upload in an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from buendnisse.files.limit import TooManyUploads, count_upload

LATE = datetime(2016, 5, 2, 9, 59, 59, tzinfo=UTC)


def test_each_account_has_its_own_number_until_the_hour_is_over(settings: Settings) -> None:
    settings.ATTACHMENT_UPLOADS_PER_HOUR = 2
    count_upload(user_id=1, now=LATE - timedelta(minutes=59))
    count_upload(user_id=1, now=LATE)
    with pytest.raises(TooManyUploads) as refused:
        count_upload(user_id=1, now=LATE)
    assert str(refused.value) == (
        "Von einem Konto nehmen wir in einer Stunde höchstens 2 Dateien an. Diese ist nicht "
        "gespeichert. Bitte laden Sie sie ab 12:00 Uhr noch einmal hoch."
    )
    count_upload(user_id=2, now=LATE)
    count_upload(user_id=1, now=LATE + timedelta(seconds=1))


def test_while_the_cache_is_away_nobody_is_refused(settings: Settings) -> None:
    settings.ATTACHMENT_UPLOADS_PER_HOUR = 1
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    for _ in range(3):
        count_upload(user_id=1, now=LATE)
