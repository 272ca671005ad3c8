"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Mail of sign-up and password reset goes Django's way until the outbox sends it."""
