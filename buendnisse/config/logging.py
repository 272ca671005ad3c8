"""Where log lines go and what they look like."""

import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

# Below them are the addresses from mails: whoever has one confirms an address, sets a password,
# joins an alliance or answers for an organisation.
_ADDRESS_FROM_A_MAIL: Final = re.compile(r"/(konto|einladung|bestaetigung|zustimmung)/[^\s?\"']+")


def mask_addresses_from_mails(
    _logger: Any, _name: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep the keys in mails out of every line, Django's own about refused requests too."""
    for part in ("event", "request"):
        if isinstance(text := line.get(part), str):
            line[part] = _ADDRESS_FROM_A_MAIL.sub(r"/\1/…", text)
    return line


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    mask_addresses_from_mails,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(*, level: str, as_json: bool) -> dict[str, Any]:
    """Set up structlog and return Django's LOGGING; both write the same lines to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # django-structlog logs each request with its identifier already.
            # It warns of every HEAD request that Django answers, and drops the body as it should.
            "gunicorn.http.wsgi": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
