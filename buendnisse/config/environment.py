"""Strict reading of environment variables: a bad value stops the start and is named."""

import re
from collections.abc import Iterable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}
_HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


class Environment:
    """Typed access to the process environment.

    An unset or empty variable takes the default; without a default it is required. Every other
    value must parse, or `ImproperlyConfigured` is raised with one sentence naming the variable.
    Values are never repeated in the sentence where they may hold a secret.
    """

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self._env = environ.Env()
        if values is not None:
            self._env.ENVIRON = values

    def text(self, name: str, *, default: str | None = None, minimum: int = 0) -> str:
        """Plain text of at least `minimum` characters."""
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        if len(value) < minimum:
            raise ImproperlyConfigured(f"{name} must have at least {minimum} characters.")
        return value

    def boolean(self, name: str, *, default: bool | None = None) -> bool:
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        raise ImproperlyConfigured(f"{name} must be true or false, not “{value}”.")

    def integer(self, name: str, *, minimum: int, maximum: int, default: int | None = None) -> int:
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        if re.fullmatch(r"[0-9]+", value) and minimum <= int(value) <= maximum:
            return int(value)
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {minimum} to {maximum}, not “{value}”."
        )

    def choice(self, name: str, *, choices: Iterable[str], default: str | None = None) -> str:
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        allowed = list(choices)
        if value in allowed:
            return value
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not “{value}”.")

    def address(self, name: str, *, default: str | None = None) -> str:
        """An e-mail address, alone or as "Name <address>"."""
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        if re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]) and "\n" not in value:
            return value
        raise ImproperlyConfigured(f"{name} must be an e-mail address, not “{value}”.")

    def hosts(self, name: str, *, default: list[str] | None = None) -> list[str]:
        """Host names separated by commas, without scheme or port; "*" is refused."""
        values = self._items(name)
        if values is None:
            return self._default(name, default)
        for value in values:
            if not _HOST.fullmatch(value):
                raise ImproperlyConfigured(
                    f"{name} must list host names separated by commas, not “{value}”."
                )
        return values

    def origins(self, name: str, *, default: list[str] | None = None) -> list[str]:
        """Origins ("https://host") separated by commas."""
        values = self._items(name)
        if values is None:
            return self._default(name, default)
        return [self._origin(name, value) for value in values]

    def origin(self, name: str, *, default: str | None = None) -> str:
        """One origin ("https://host[:port]") without a path and without a final slash."""
        value = self._raw(name)
        if value is None:
            return self._default(name, default)
        return self._origin(name, value)

    def redis(self, name: str) -> str | None:
        """A redis:// or rediss:// address, or None when unset."""
        value = self._raw(name)
        if value is None:
            return None
        if self._scheme(value) not in {"redis", "rediss"} or not urlsplit(value).hostname:
            raise ImproperlyConfigured(f"{name} must be a redis:// or rediss:// address.")
        return value

    def socket(self, name: str) -> str | None:
        """Where a service listens, unix:///path or tcp://host:port, or None when unset."""
        value = self._raw(name)
        if value is None:
            return None
        scheme = self._scheme(value)
        parts = urlsplit(value) if scheme else None
        if parts and scheme == "unix" and not parts.netloc and len(parts.path) > 1:
            return value
        if parts and scheme == "tcp" and parts.hostname and parts.port and not parts.path:
            return value
        raise ImproperlyConfigured(f"{name} must be unix:///path or tcp://host:port.")

    def directory(self, name: str, *, default: Path) -> Path:
        """An absolute directory; it need not exist yet."""
        value = self._raw(name)
        if value is None:
            return default
        if not Path(value).is_absolute():
            raise ImproperlyConfigured(f"{name} must be an absolute path, not “{value}”.")
        return Path(value)

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """Django's settings for a postgres:// or sqlite:/// address."""
        value = self._raw(name) or default
        scheme = self._scheme(value)
        if scheme in {"postgres", "postgresql"}:
            config: dict[str, Any] = self._env.db_url_config(value)
            if config["NAME"]:
                return config
        elif scheme == "sqlite" and value.startswith("sqlite:///") and len(value) > 10:
            return dict(self._env.db_url_config(value))
        raise ImproperlyConfigured(
            f"{name} must be postgres://user:password@host:port/name or sqlite:///path."
        )

    def email(self, name: str, *, default: str | None = None) -> dict[str, Any]:
        """Django's EMAIL_* settings for an smtp:// (plain), smtp+tls:// or smtp+ssl:// address."""
        value = self._raw(name)
        if value is None:
            value = self._default(name, default)
        scheme = self._scheme(value)
        complete = scheme in {"smtp", "smtp+tls", "smtp+ssl"} and urlsplit(value).hostname
        if complete or scheme == "consolemail":
            return dict(self._env.email_url_config(value))
        raise ImproperlyConfigured(
            f"{name} must be smtp://, smtp+tls:// or smtp+ssl:// with user:password@host:port,"
            " or consolemail://."
        )

    def _raw(self, name: str) -> str | None:
        return str(self._env.ENVIRON.get(name, "")).strip() or None

    def _items(self, name: str) -> list[str] | None:
        value = self._raw(name)
        if value is None:
            return None
        return [item.strip() for item in value.split(",") if item.strip()]

    def _default(self, name: str, default: Any) -> Any:
        if default is None:
            raise ImproperlyConfigured(f"{name} must be set in the environment.")
        return default

    def _origin(self, name: str, value: str) -> str:
        parts = urlsplit(value) if self._scheme(value) in {"http", "https"} else None
        if parts and parts.hostname and value == f"{parts.scheme}://{parts.netloc}":
            return value
        raise ImproperlyConfigured(
            f"{name} must be http:// or https:// with a host and nothing after it, not “{value}”."
        )

    def _scheme(self, value: str) -> str:
        """The scheme of an address, or "" where host or port cannot be read."""
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - raises for a port that is no number
        except ValueError:
            return ""
        return parts.scheme
