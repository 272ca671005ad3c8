"""Who takes part: people, districts, alliances, and the mail that goes to them."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class BuendnisseConfig(AppConfig):
    name = "buendnisse"
    verbose_name = _("Bündnisse und Personen")
    default = True


class MinistryAdminConfig(admin_apps.AdminConfig):
    """Django's admin with the site of the ministry; named in ``INSTALLED_APPS``."""

    default = False
    default_site = "buendnisse.admin_site.MinistrySite"
