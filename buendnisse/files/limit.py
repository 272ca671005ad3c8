"""How many files one account may upload in an hour.

Each is read, painted anew or scanned, whatever becomes of it: so each one that comes counts.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from buendnisse.files.refusals import FileRefused

_HOUR: Final = timedelta(hours=1)
_log = structlog.get_logger(__name__)


class TooManyUploads(FileRefused):
    """The account has used up its hour."""

    code = "too_many_uploads"


def count_upload(*, user_id: int, now: datetime) -> None:
    """Count one file of this account in this hour; refuse with ``TooManyUploads`` one too many.

    The cache counts, for all processes together. While it is away nobody is refused: a file that
    somebody needs to hand in is worth more than the limit.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = f"uploads:{user_id}:{hour.timestamp():.0f}"
    try:
        cache.add(key, 0, timeout=_HOUR.total_seconds())
        number = cache.incr(key)
    except (RedisError, ValueError):
        # ValueError: the cache forgot the number in between.
        _log.warning("uploads_not_counted")
        return
    if number > settings.ATTACHMENT_UPLOADS_PER_HOUR:
        raise TooManyUploads(
            _(
                "Von einem Konto nehmen wir in einer Stunde höchstens %(most)d Dateien an. Diese "
                "ist nicht gespeichert. Bitte laden Sie sie ab %(again)s Uhr noch einmal hoch."
            )
            % {
                "most": settings.ATTACHMENT_UPLOADS_PER_HOUR,
                "again": f"{timezone.localtime(hour + _HOUR):%H:%M}",
            }
        )
