"""The site as its people use it: windows, signing in, reading mail.

Every page that they pass is checked.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

PASSWORD = "demo"
_LINK = re.compile(r"https?://\S+")
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# Without preloading: axe would fetch stylesheets and put them inline, which the policy refuses.
_AXE = {"resultTypes": ["violations"], "preload": False}
# The rows of a long list are like those before them.
_WITHOUT = {"exclude": [["tbody tr:nth-child(n+16)"]]}
# Every kind of element that the page is made of: what an error or an empty list adds shows here.
_KINDS_OF_ELEMENTS = """
() => [...new Set([...document.querySelectorAll('*')].map(e => [
    document.documentElement.lang, e.tagName,
    ...['class', 'role', 'type'].map(name => e.getAttribute(name)),
].join()))]
"""

# The page, the width of its window, and a kind of element on it.
Kind = tuple[str, int | None, str]


def _is_told(message: ConsoleMessage) -> bool:
    """The browser notes an answer that the page itself puts into words.

    Somebody else had saved the same words, or a file is not taken.
    """
    status = {"/speichern/": "409", "/hochladen/": "422"}
    path = urlsplit(message.location["url"]).path
    return any(path.endswith(end) and code in message.text for end, code in status.items())


class Visitor:
    """One person at one window. Reads and presses what is on the page, by its visible words."""

    def __init__(self, page: Page, passed: set[Kind], *, scripts: bool = True) -> None:
        self.page = page
        self.scripts = scripts
        self._passed = passed
        # A script or style that the Content-Security-Policy refuses shows up in the console.
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.complaints.append(f"{message.text} ({message.location['url']})")
                if message.type == "error" and not _is_told(message)
                else None
            ),
        )

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def open(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        self.check()

    def finds(self, path: str, status: int, heading: str) -> None:
        """The address answers with this status, and with a page of ours that has this heading."""
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        # The browser itself notes a failed answer; that is no complaint about our page.
        self.complaints.clear()
        self.check()

    def follow(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Follow the link with these words."""
        self.page.get_by_role("link", name=name, exact=exact).first.click()
        self.check()

    def press(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.check()

    def fill(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def field(self, label: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_label(label, exact=False).first

    def choose(self, label: str | re.Pattern[str], option: str) -> None:
        self.field(label).select_option(label=option)

    def tick(self, label: str) -> None:
        self.field(label).check()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.main).to_contain_text(text)

    def sees_not(self, text: str | re.Pattern[str]) -> None:
        expect(self.main).not_to_contain_text(text)

    def download(self, name: str) -> bytes:
        """Follow a link that leads to a file; its bytes."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=name).first.click()
        return Path(download.value.path()).read_bytes()

    def export(self, form: str) -> bytes:
        """The list on this page as a file of this form."""
        self.page.locator("summary").filter(has_text="Exportieren").click()
        file = self.download(form)
        self.page.locator("summary").filter(has_text="Exportieren").click()
        return file

    def fetch(self, path: str) -> bytes:
        """The file behind this address, as this person gets it."""
        response = self.page.request.get(path)
        assert response.ok, f"{path}: {response.status}"
        return response.body()

    def check(self) -> None:
        """The page is whole: one heading, no sideways scrolling, nothing refused, axe content."""
        self.page.wait_for_load_state("load")
        expect(self.page.locator("h1")).to_have_count(1)
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{self.page.url} is {overflow} px too wide"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        if not self.scripts:
            # axe is a script itself; the same pages are checked with scripts on.
            return
        # Once for all that a page is made of: with an error on it, it is looked at again.
        address = _IDENTIFIER.sub("*", urlsplit(self.page.url).path)
        width = (self.page.viewport_size or {}).get("width")
        kinds = {(address, width, kind) for kind in self.page.evaluate(_KINDS_OF_ELEMENTS)}
        if not kinds <= self._passed:
            self._passed |= kinds
            results = Axe().run(self.page, context=_WITHOUT, options=_AXE)
            assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"

    def sign_in(self, who: str, password: str = PASSWORD) -> None:
        address = who if "@" in who else f"{who}@demo.example"
        self.open("/konto/login/")
        self.page.get_by_label("E-Mail").fill(address)
        self.page.get_by_label("Passwort", exact=True).fill(password)
        self.main.get_by_role("button", name="Anmelden").click()
        expect(self.page).not_to_have_url(re.compile("/konto/login/"))
        self.check()

    def newest_mail(self, address: str, subject: str, *, of: int = 1) -> str:
        """The text of the newest mail to this address whose subject has these words.

        Waits until there are ``of`` such mails.
        """
        links = self.page.get_by_role("link", name=subject)
        for _attempt in range(40):
            self.page.goto(f"/demo/postfach/?suche={address}")
            if links.count() >= of:
                break
            # The queue works beside us: ask again when it has had a moment.
            self.page.wait_for_timeout(250)
        links.first.click()
        self.check()
        return self.main.inner_text()

    def link_in_mail(self, address: str, subject: str) -> str:
        found = _LINK.search(self.newest_mail(address, subject))
        assert found, f"no link in the mail “{subject}”"
        return found.group()


class Site:
    """``passed`` remembers, for all journeys of a run, what was looked at."""

    def __init__(self, open_context: Callable[..., BrowserContext], passed: set[Kind]) -> None:
        self._open_context = open_context
        self._passed = passed

    def visitor(self, **options: Any) -> Visitor:
        """A person with a browser of their own, not signed in."""
        page = self._open_context(**options).new_page()
        return Visitor(page, self._passed, scripts=options.get("java_script_enabled", True))

    def signed_in(self, who: str, **options: Any) -> Visitor:
        visitor = self.visitor(**options)
        visitor.sign_in(who)
        return visitor

    def second_window(self, visitor: Visitor) -> Visitor:
        """One more window of the same browser, in which the same person is signed in."""
        return Visitor(visitor.page.context.new_page(), self._passed, scripts=visitor.scripts)
