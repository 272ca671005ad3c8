"""Saying no: what a service raises when it does not do what it was asked.

A refusal carries the sentence for the person who asked: what is wrong, and what to do now. Nothing
was written when it arrives. Views turn it into a message, and never need to know more.
"""

from django.utils.functional import Promise


class Refusal(Exception):
    """``sentence`` is translated when it is shown; ``code`` is for tests and logs."""

    code = "refused"
    # Whether somebody was faster: what the person has before them is no longer so.
    is_overtaken = False

    def __init__(self, sentence: str | Promise, *, code: str | None = None) -> None:
        super().__init__(code or self.code)
        self.sentence = sentence
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refusal):
    """The person may not do this, whatever the state of things."""

    code = "not_allowed"
