"""The secret part of a link in a mail: whoever has it may do the one thing that the link is for."""

import hashlib
import secrets
from typing import Final

_TOKEN_BYTES: Final = 32


def new_token() -> str:
    """A token that nobody guesses. It goes into one mail; only its digest is stored."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_digest(token: str) -> str:
    """What is stored of a token, and searched for. Any text has one, hostile ones too."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
