"""`manage.py load_demo`: the demo's logins, and the story from 2015 to today."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from applications.demo.story import StoryRefused, tell
from buendnisse.services.reference_data import sync_reference_data


class Command(BaseCommand):
    help = "Loads the demo's logins and its story into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            help="the day on which the story ends, as 2026-11-23; today without it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Nur mit DEMO=true: dieser Befehl lädt erfundene Daten.")
        sync_reference_data()
        try:
            tell(options["today"] or timezone.localdate())
        except StoryRefused as refused:
            raise CommandError(str(refused)) from refused
        if options["verbosity"]:
            self.stdout.write("Die Demo-Geschichte ist geladen.")
