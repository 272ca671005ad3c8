"""File numbers as people type them: without the zeros, without the hyphens, without the letters."""

import re
from functools import cache
from typing import Final

from django.conf import settings

_BETWEEN: Final = r"[\s./-]*"


def spelled_out(typed: str) -> str:
    """The text with each file number as it is written: "GIV-2026-17", "giv 2026/17",
    "GIV20260017" and "2026-17" become "GIV-2026-0017" or, without letters, "2026-0017".
    """
    return _file_number(settings.FILE_NUMBER_PREFIX).sub(_written, typed)


@cache
def _file_number(prefix: str) -> re.Pattern[str]:
    with_prefix = rf"(?P<prefix>{re.escape(prefix)}){_BETWEEN}(?P<year>\d{{4}}){_BETWEEN}"
    without = r"(?P<bare_year>20\d\d)[./-]"
    return re.compile(
        rf"(?<!\w)(?:{with_prefix}|{without})(?P<number>\d{{1,6}})(?!\w)", re.IGNORECASE
    )


def _written(found: re.Match[str]) -> str:
    prefix = f"{found['prefix']}-" if found["prefix"] else ""
    return f"{prefix}{found['year'] or found['bare_year']}-{int(found['number']):04}"
