"""The dates of a call (Förderaufruf) as a calendar file (iCalendar, RFC 5545)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from buendnisse.templatetags.display import moment
from funding.models import ProgrammeYear

_REMINDER: Final = timedelta(days=7)


def call_calendar(programme_year: ProgrammeYear, *, now: datetime) -> bytes:
    """Opening and closing of a year's call, in the reader's language.

    Moments are written in UTC, which every calendar shows in the time of its own place. An event
    keeps its UID: a file that is fetched again after a date has moved moves the event.
    """
    year = {"year": programme_year.year}
    opens, closes = programme_year.call_opens_at, programme_year.call_closes_at
    opening = _event(f"call-{programme_year.year}-opens", opens, now)
    opening.add("summary", _("Förderaufruf %(year)s öffnet") % year)
    opening.add(
        "description",
        _("Ab jetzt nehmen wir Anträge an, bis zum %(closes)s (Ortszeit in Deutschland).")
        % {"closes": moment(closes)},
    )
    closing = _event(f"call-{programme_year.year}-closes", closes, now)
    closing.add("summary", _("Förderaufruf %(year)s schließt: Antrag einreichen") % year)
    closing.add(
        "description",
        _("Bis %(closes)s (Ortszeit in Deutschland) muss Ihr Antrag eingereicht sein.")
        % {"closes": moment(closes)},
    )
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Noch eine Woche bis zum Ende des Förderaufrufs"))
    alarm.add("trigger", -_REMINDER)
    closing.add_component(alarm)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Gemeinsam in Vielfalt//{(get_language() or 'de').upper()}")
    calendar.add_component(opening)
    calendar.add_component(closing)
    return calendar.to_ical()


def _event(uid: str, at: datetime, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{uid}@gemeinsam-in-vielfalt")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", at.astimezone(UTC))
    event.add("url", settings.SITE_URL + reverse("home"))
    # A deadline does not make anybody busy.
    event.add("transp", "TRANSPARENT")
    return event
