"""Saying no to a file."""

from buendnisse.refusals import Refusal


class FileRefused(Refusal):
    """The file is not taken, and ``sentence`` says why and what to do; nothing was stored."""

    code = "file_refused"
