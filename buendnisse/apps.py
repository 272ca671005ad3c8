"""Who takes part: people, districts, alliances, and the mail that goes to them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuendnisseConfig(AppConfig):
    name = "buendnisse"
    verbose_name = _("Bündnisse und Personen")
