"""`manage.py compile_catalogues`: make the translations ready for use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from buendnisse.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po where the compiled file is missing or older."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_catalogues(settings.LOCALE_PATHS):
            self.stdout.write(str(path))
