"""Setting up a machine: who is the first to give roles."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from buendnisse.refusals import Refusal
from buendnisse.services.role_grants import appoint_first_administrators


class Command(BaseCommand):
    help = (
        "Makes two or more people administrators, where there are not two yet. They have signed up "
        "on the site before. All later roles are proposed by one and confirmed by another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("emails", nargs="+", help="addresses of their accounts")
        parser.add_argument("--reason", required=True, help="stands in the history of each")

    def handle(self, *args: Any, **options: Any) -> None:
        emails = {email.strip().lower() for email in options["emails"]}
        try:
            appoint_first_administrators(
                emails=emails, reason=options["reason"], now=timezone.now()
            )
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(f"Administrators: {', '.join(sorted(emails))}")
