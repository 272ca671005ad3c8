"""Which browser on which device, and from where: in words that a person recognises."""

from ipaddress import IPv4Address, ip_address
from typing import Final

from django.utils.translation import gettext as _

# The first that matches counts: nearly every browser also names those that it descends from.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """For example "Firefox auf Windows"; what is not recognised is left out."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in _DEVICES if mark in user_agent), "")
    if browser and device:
        return _("%(browser)s auf %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("Unbekannter Browser")


def shorten_address(address: str) -> str:
    """An IP address without its end: enough to recognise one's own network, and no more."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return f"{address.rpartition('.')[0]}.x"
    if parsed.ipv4_mapped:
        return shorten_address(str(parsed.ipv4_mapped))
    return ":".join(parsed.exploded.split(":")[:3]) + "::x"
