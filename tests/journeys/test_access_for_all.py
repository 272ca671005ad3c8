"""In English, without scripts, by keyboard alone."""

import re

from playwright.sync_api import expect

from tests.journeys.site import PASSWORD, Site, Visitor
from tests.journeys.steps import (
    fill_in_application,
    found_alliance,
    register,
    submit,
    today,
)

_FOCUS = """
() => {
    const element = document.activeElement;
    // A link that fills its whole card draws the ring around the card.
    const visible = [null, '::before', '::after'].some(part => {
        const style = getComputedStyle(element, part);
        const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        return outlined || style.boxShadow !== 'none';
    });
    const labels = element.labels ? [...element.labels].map(label => label.innerText) : [];
    return {
        words: [...labels, element.innerText, element.getAttribute('aria-label')].join(' '),
        visible: visible,
        html: element.outerHTML.slice(0, 200),
    };
}
"""


def heading(visitor: Visitor) -> str:
    return visitor.page.get_by_role("heading", level=1).inner_text()


def test_the_site_is_read_in_english(site: Site) -> None:
    visitor = site.visitor()
    html = visitor.page.locator("html")
    german = {}
    pages = ("/", "/konto/signup/", "/konto/login/", "/zuwendungen/")
    for path in pages:
        visitor.open(path)
        german[path] = heading(visitor)
    expect(html).to_have_attribute("lang", "de")

    visitor.open("/")
    visitor.press("English")
    expect(html).to_have_attribute("lang", "en")
    assert visitor.page.url.endswith("/")
    for path in pages:
        visitor.open(path)
        expect(html).to_have_attribute("lang", "en")
        assert heading(visitor) != german[path]
    # Whoever signs in goes on in the language that they have chosen.
    visitor.open("/konto/login/")
    visitor.page.locator("#id_login").fill("antrag@demo.example")
    visitor.page.locator("#id_password").fill(PASSWORD)
    visitor.page.locator("#id_password").press("Enter")
    expect(visitor.page).not_to_have_url(re.compile("/konto/login/"))
    visitor.open("/buendnisse/")
    expect(html).to_have_attribute("lang", "en")
    visitor.press("Deutsch")
    expect(html).to_have_attribute("lang", "de")


def test_an_application_without_scripts(site: Site, unique: str) -> None:
    visitor = site.visitor(java_script_enabled=False)
    address = f"ohne-{unique}@demo.example"
    register(visitor, address)
    found_alliance(visitor, f"Aalen {unique}")
    fill_in_application(visitor, f"Lesecafé {unique}")
    reference = submit(visitor)
    assert reference in visitor.newest_mail(address, "Eingangsbestätigung")


def tab_to(visitor: Visitor, words: str) -> None:
    """Go on by the tab key to what these words name; the focus shows at every stop."""
    for _stop in range(80):
        visitor.page.keyboard.press("Tab")
        focus = visitor.page.evaluate(_FOCUS)
        assert focus["visible"], f"{visitor.page.url}: no focus to be seen on {focus['html']}"
        if re.fullmatch(words, focus["words"].strip()):
            return
    raise AssertionError(f"{visitor.page.url}: the tab key does not lead to “{words}”")


def enter(visitor: Visitor) -> None:
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.check()


def test_a_section_is_saved_by_keyboard_alone(site: Site, unique: str) -> None:
    visitor = site.visitor()
    keyboard = visitor.page.keyboard
    visitor.open("/")
    tab_to(visitor, "Zum Inhalt springen")
    tab_to(visitor, "Anmelden")
    enter(visitor)
    tab_to(visitor, "E-Mail.*")
    keyboard.type("antrag@demo.example")
    tab_to(visitor, "Passwort")
    keyboard.type(PASSWORD)
    enter(visitor)
    tab_to(visitor, "Meine Bündnisse")
    enter(visitor)
    tab_to(visitor, f"Antrag {today().year + 1}.*")
    enter(visitor)
    tab_to(visitor, "Ansprechperson")
    enter(visitor)
    tab_to(visitor, "Funktion.*")
    keyboard.press("Control+A")
    keyboard.type(f"Vorsitz {unique}")
    tab_to(visitor, "Speichern")
    enter(visitor)
    visitor.sees("Gespeichert.")
    expect(visitor.field("Funktion")).to_have_value(f"Vorsitz {unique}")
