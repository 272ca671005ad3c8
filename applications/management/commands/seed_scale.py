"""`manage.py seed_scale --applications 100000`: a programme year to measure the pages on."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.scale.year import ScaleRefused, fill_year


class Command(BaseCommand):
    help = "Fills an empty database, or the demo's, with a large programme year of invented cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--applications", type=int, default=100_000)

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["applications"]
        if number < 1:
            raise CommandError("--applications braucht eine Zahl ab 1.")
        started = time.monotonic()
        try:
            loaded = fill_year(applications=number, now=timezone.now())
        except ScaleRefused as refused:
            raise CommandError(str(refused)) from refused
        for label, rows in loaded.items():
            self.stdout.write(f"{rows:>10,} {label}")
        self.stdout.write(f"{time.monotonic() - started:9.0f} s")
