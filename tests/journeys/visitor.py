"""A person with a browser: signs in, walks through pages, and notes whatever the browser complains about."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response

from counterpoint.ui.leftovers import english_left
from tests.journeys.running import PASSWORD

DESK, PHONE = (1440, 900), (390, 844)
SIZES = {"desk": DESK, "phone": PHONE}
KEYS = (
    "Shift", "Alt", "Tab", "Delete", "Esc",  # as they are printed on the keyboard
    "counterpoint", "doctor",  # the command that the banner names when a busy machine's tick falls silent
)  # fmt: skip
FINGERPRINT = re.compile(r"\b[0-9a-f]{12}\b")
CODE = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")  # of a case or a machine, like WDPGV6NDH-B01-16F39D, CRS-9
WATCH = """document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));"""


class Visitor:
    """One browser context on the demo. `complaints` must stay empty; `look()` examines the page that is open."""

    def __init__(
        self, browser: Browser, url: str, *, size: tuple[int, int] = DESK, language: str = "zh-CN", state: Any = None,
        patience: int = 15,
    ) -> None:  # fmt: skip
        self.url, self.size, self.language = url, size, language
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            has_touch=size == PHONE,
            storage_state=state,
        )
        self.context.set_default_timeout(patience * 1000)
        self.context.add_init_script(WATCH)
        self.page: Page = self.context.new_page()
        self._listen(self.page)

    def _listen(self, page: Page) -> None:
        def console(message: object) -> None:
            if message.type in ("error", "warning"):  # type: ignore[attr-defined]
                self.note(f"console: {message.text}")  # type: ignore[attr-defined]

        page.on("console", console)
        page.on("pageerror", lambda error: self.note(f"script: {error}"))
        page.on("request", lambda request: self._foreign(request.url))
        page.on("response", self._answer)

    def _foreign(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not url.startswith(self.url):
            self.note(f"outside the server: {url}")

    def _answer(self, response: Response) -> None:
        if response.status >= 500:
            self.note(f"{response.status} {response.url}")

    def note(self, complaint: str) -> None:
        """Keep a complaint unless the story expects it."""
        if not any(re.search(pattern, complaint) for pattern in self.expected):
            self.complaints.append(complaint)

    def sign_in(self, staff_no: str) -> "Visitor":
        """Sign in through the form."""
        self.page.goto(f"{self.url}/sign-in")
        self.page.locator("[name=staff_no]").fill(staff_no)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("form.stack [type=submit]").click()
        self.page.locator("main").wait_for()
        assert "/sign-in" not in self.page.url
        return self

    def go(self, path: str) -> "Visitor":
        """Open a path, examine the page."""
        answer = self.page.goto(self.url + path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        return self.look()

    def look(self) -> "Visitor":
        """The page keeps its promises: it fits, it speaks one language, the browser is content."""
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.size[0], f"{self.page.url} is {width} px wide on {self.size[0]} px"
        if self.page.locator("html").get_attribute("lang") == "zh-hans":
            left = english_left(CODE.sub("", FINGERPRINT.sub("", self.page.content())), KEYS)
            assert left == [], f"{self.page.url}: {left}"
        assert self.complaints == [], self.page.url
        return self

    def find(self, selector: str) -> Locator:
        """Elements of the open page."""
        return self.page.locator(selector)

    def button(self, name: str) -> Locator:
        """The first visible button with exactly these words."""
        return self.page.get_by_role("button", name=name).locator("visible=true").first

    def says(self, text: str, seconds: float = 10) -> "Visitor":
        """Wait until the page shows the text."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=seconds * 1000)
        return self

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 15) -> None:
        """Wait for something that no locator can say."""
        for _ in range(round(seconds * 10)):
            if condition():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never: {what}; the page says {self.find('main').inner_text()[:600]}")
