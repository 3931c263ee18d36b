"""A person who sits an exam in a real browser with a memory on the disk, that can be killed and started again."""

from typing import Any

from tests.faults.walker import PASSWORD, Walker

UNSAVED = "[data-kept][data-unsaved='{}']"
FORGETFUL = """export async function openStore() {
  const rows = new Map();
  return { keeps: true, all: async () => [], put: async (row) => rows.set(row.slot, row), drop: async () => {} };
}"""


class Candidate(Walker):
    """`page` is the exam. With `forgetful` its script keeps nothing on the device: a sabotaged build."""

    forgetful = False

    def begin(self) -> None:
        """Start the browser with what is in its memory."""
        super().begin()
        if self.forgetful:
            body = {"body": FORGETFUL, "content_type": "text/javascript"}
            self.context.route("**/exam-store*.js", lambda route: route.fulfill(**body))

    def sign_in(self, staff_no: str) -> None:
        """To the list of exams."""
        self.page.goto(f"{self.url}/sign-in?next=/academy/exam")
        self.page.fill("[name=staff_no]", staff_no)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url("**/academy/exam")

    def sit(self) -> str:
        """Begin the first exam of the list, or go on with the one under way; its address."""
        running = self.page.locator("a[href*='/academy/exam/'].btn-primary")
        if running.count():
            running.click()
        else:
            before = self.page.locator("details.exam-before").first
            before.locator("summary").click()
            before.locator("button").click()
        self.ready()
        return str(self.page.url)

    def ready(self) -> None:
        """The questions are there."""
        self.page.wait_for_selector("#exam[data-ready]", timeout=60_000)

    def choose(self, slots: range) -> dict[int, Any]:
        """Answer the questions of these numbers, each in its own way; what was answered, as the page sends it."""
        given: dict[int, Any] = {}
        for slot in slots:
            self.page.locator("[data-map] button").nth(slot - 1).click()
            options = self.page.locator("[data-question] .exam-option input")
            selects = self.page.locator("[data-question] select")
            if options.count():
                place = slot % options.count() + 1
                self.page.keyboard.press(str(place))
                given[slot] = [place]
            elif selects.count():
                places = list(range(1, selects.count() + 1))
                for n in places:
                    selects.nth(n - 1).select_option(str(n))
                given[slot] = places
            else:
                self.page.fill("#exam-number", str(slot))
                self.page.locator("#exam-number").dispatch_event("change")
                given[slot] = [str(slot)]
        return given

    def saved(self, unsaved: int = 0) -> None:
        """Wait until so many answers are not acknowledged."""
        self.page.wait_for_selector(UNSAVED.format(unsaved), timeout=60_000)
