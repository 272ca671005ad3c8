"""The money of a year: seen at a glance, traced to its entries, exported for the auditor."""

import csv
import io

import pytest

from tests.journeys.site import Site


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_a_figure_of_a_past_day_leads_to_its_entries_and_their_file(site: Site) -> None:
    auditor = site.signed_in("pruefung")
    auditor.open("/verwaltung/funding/programmeyear/")
    auditor.follow("2016", exact=True)
    auditor.follow("Geld auf einen Blick")
    auditor.sees("1.290.000\u00a0€")
    auditor.fill("Stand am Ende des Tages", "31.02.2016")
    auditor.press("Anzeigen")
    auditor.sees("Bitte geben Sie einen Tag ein, den es gibt")
    auditor.fill("Stand am Ende des Tages", "31.07.2016")
    auditor.press("Anzeigen")
    auditor.sees("Stand am Ende des 31. Juli 2016")

    auditor.follow("996.500\u00a0€")
    auditor.sees("Kennzahl „Gebunden“")
    auditor.sees("54 Buchungen")
    auditor.sees("996.500\u00a0€")
    file = auditor.export("CSV für Programme").decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len(rows) == 54
    # All of one tranche: its chain ends at one place, and not before the last of its entries.
    (head,) = {row["Buchungsstand"] for row in rows}
    assert head.startswith("2016-1/")
    assert int(head.split("/")[1]) >= max(int(row["Nr."]) for row in rows)

    auditor.follow("Geld im Programmjahr 2016")
    auditor.follow("2015", exact=True)
    auditor.sees("993.500\u00a0€")
