"""The browser that the journeys drive."""

import shutil
from typing import Final

# The shell is the same Chromium without windows of its own: it draws no frame around a page that
# nobody looks at, which leaves a good two fifths of the processor's time to the tests.
_PROGRAMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser")


def find_chromium() -> str | None:
    """The path of the program, or ``None`` where this machine has none."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)
