"""What the mails are called where the ministry chooses among them: each app names its own."""

from django.utils.functional import Promise

# In the order in which a list offers them.
MAIL_KINDS: dict[str, str | Promise] = {}


def name_mail_kinds(kinds: dict[str, str | Promise]) -> None:
    """Add the names of an app's mails, by the name of their templates."""
    MAIL_KINDS.update(kinds)
