"""The money: a closed book that knows nothing of applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = _("Haushalt und Zuwendungen")
