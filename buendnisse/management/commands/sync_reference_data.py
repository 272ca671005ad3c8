"""`manage.py sync_reference_data`: after every migration, in the demo, and in the tests."""

from typing import Any

from django.core.management.base import BaseCommand

from buendnisse.services.reference_data import sync_reference_data


class Command(BaseCommand):
    help = "Brings districts, territories and the groups of the roles up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_reference_data()
        self.stdout.write("Reference data is up to date.")
