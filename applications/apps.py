"""The work: from the draft to the announced decision."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Anträge")

    def ready(self) -> None:
        """Whoever sends mail has to know how its files are made, and where letters go."""
        from applications import postal_address, submission_document  # noqa: F401
