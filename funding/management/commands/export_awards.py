"""Write the award list to standard output, as the admin exports it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from buendnisse.exports.columns import ListFormat
from buendnisse.exports.files import file_pieces
from funding.models import Award, ProgrammeYear
from funding.services.award_list import COLUMNS, SHEET, award_rows


class Command(BaseCommand):
    help = "Writes the award list of a programme year as a file to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="the programme year")
        parser.add_argument(
            "--format",
            choices=[form.value for form in ListFormat],
            default=ListFormat.EXCEL.value,
            help="xlsx: a workbook; excel: CSV for a German Excel; machine: CSV for programs",
        )
        parser.add_argument(
            "--include-unannounced",
            action="store_true",
            help="also awards that nobody has been told of yet: for use inside the ministry only",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        year = options["year"]
        if not ProgrammeYear.objects.filter(year=year).exists():
            raise CommandError(f"There is no programme year {year}.")
        awards = (
            Award.objects.standing()
            if options["include_unannounced"]
            else Award.objects.announced()
        )
        form = ListFormat(options["format"])
        rows = award_rows(awards.filter(programme_year__year=year))
        for piece in file_pieces(COLUMNS, rows, form, sheet=SHEET):
            self.stdout.buffer.write(piece)  # type: ignore[attr-defined]
