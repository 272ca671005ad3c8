"""The site as its people use it: windows, signing in, reading mail; every page passed is checked."""

import re
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

PASSWORD = "demo"
_LINK = re.compile(r"https?://\S+")


class Visitor:
    """One person at one window. Reads and presses what is on the page, by its visible words."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.passed: set[str] = set()
        # A script or style that the Content-Security-Policy refuses shows up in the console.
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text) if message.type == "error" else None
            ),
        )

    def open(self, path: str) -> None:
        response = self.page.goto(path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        self.check()

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Follow the link with these words."""
        self.page.get_by_role("link", name=name, exact=exact).first.click()
        self.check()

    def press(self, name: str, *, exact: bool = False) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.check()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=False).first.select_option(label=option)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label, exact=False).first.check()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def sees_not(self, text: str) -> None:
        expect(self.page.locator("main")).not_to_contain_text(text)

    def check(self) -> None:
        """The page is whole: a heading, no sideways scrolling, nothing refused, axe finds nothing."""
        self.page.wait_for_load_state("load")
        expect(self.page.locator("h1")).to_have_count(1)
        overflow = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{self.page.url} is {overflow} px too wide"
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        # One page is checked once per person, in each state that its heading shows.
        key = re.sub(r"[0-9a-f-]{36}|\d+", "*", self.page.url) + self.page.title()
        if key not in self.passed:
            self.passed.add(key)
            results = Axe().run(self.page)
            assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"

    def sign_in(self, who: str, password: str = PASSWORD) -> None:
        address = who if "@" in who else f"{who}@demo.example"
        self.open("/konto/login/")
        self.page.get_by_label("E-Mail").fill(address)
        self.page.get_by_label("Passwort", exact=True).fill(password)
        self.page.locator("main").get_by_role("button", name="Anmelden").click()
        expect(self.page).not_to_have_url(re.compile("/konto/login/"))
        self.check()

    def newest_mail(self, address: str, subject: str) -> str:
        """The text of the newest mail to this address whose subject has these words."""
        link = self.page.get_by_role("link", name=subject).first
        for _attempt in range(40):
            self.page.goto(f"/demo/postfach/?an={address}")
            if link.count():
                break
            # The queue works beside us: ask again when it has had a moment.
            self.page.wait_for_timeout(250)
        link.click()
        self.check()
        return self.page.locator("main").inner_text()

    def link_in_mail(self, address: str, subject: str) -> str:
        found = _LINK.search(self.newest_mail(address, subject))
        assert found, f"no link in the mail “{subject}”"
        return found.group()


class Site:
    def __init__(self, open_context: Callable[..., BrowserContext]) -> None:
        self._open_context = open_context

    def visitor(self, **options: object) -> Visitor:
        """A person with a browser of their own, not signed in."""
        return Visitor(self._open_context(**options).new_page())

    def signed_in(self, who: str, **options: object) -> Visitor:
        visitor = self.visitor(**options)
        visitor.sign_in(who)
        return visitor
