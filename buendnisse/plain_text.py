"""Plain text from a template, for mails."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.template.loader import render_to_string


def render_plain(
    template: str, context: Mapping[str, object], request: HttpRequest | None = None
) -> str:
    """The rendered text. Not marked safe, as Django marks all that it renders: with autoescape off
    it holds what people typed as they typed it, and a page that shows it has to escape it.
    """
    # Joined with an unmarked text, the result is unmarked too.
    return render_to_string(template, dict(context), request) + ""
