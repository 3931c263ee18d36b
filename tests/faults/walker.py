"""A person with a phone: a real browser with a memory on the disk, that can be killed and started again."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "branch-day-1030"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--remote-debugging-port=0", "--window-size=390,844",
)  # fmt: skip
COUNT = """() => new Promise((done, fail) => {
  const opening = indexedDB.open("counterpoint-rounds");
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const found = {}, names = ["outbox", "photos", "refused"];
    const reading = opening.result.transaction(names);
    for (const name of names)
      reading.objectStore(name).count().onsuccess = (event) => (found[name] = event.target.result);
    reading.oncomplete = () => (opening.result.close(), done(found));
  };
})"""

AGE = """(hours) => new Promise((done, fail) => {
  const opening = indexedDB.open("counterpoint-rounds");
  opening.onerror = () => fail(opening.error);
  opening.onsuccess = () => {
    const writing = opening.result.transaction(["outbox"], "readwrite");
    const store = writing.objectStore("outbox");
    store.openCursor().onsuccess = ({ target: { result } }) => {
      if (!result) return;
      result.update({ ...result.value, at: new Date(Date.now() - hours * 3600000).toISOString() });
      result.continue();
    };
    writing.oncomplete = () => (opening.result.close(), done());
  };
})"""


class Walker:
    """`page` is the app. What is on the phone survives `kill` and `begin`, unless `forgetful`: a sabotaged build."""

    forgetful = False

    def __init__(self, play: Any, home: Path, url: str) -> None:
        self.play, self.home, self.url = play, home, url
        self.complaints: list[str] = []
        self.begin()

    def begin(self) -> None:
        """Start the browser with what is in its memory."""
        port = self.home / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={self.home}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 180
        while not (port.is_file() and port.read_text().count("\n")):
            assert time.monotonic() < until, "the browser does not start"
            time.sleep(0.05)
        number = port.read_text().splitlines()[0]
        self.browser = self.play.chromium.connect_over_cdp(f"http://127.0.0.1:{number}")
        self.context = self.browser.contexts[0]
        self.context.set_default_timeout(20_000)
        if self.forgetful:
            self.context.add_init_script("indexedDB.deleteDatabase('counterpoint-rounds')")
        self.page = self.context.new_page()
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def kill(self) -> None:
        """As when the phone's system ends the app: no farewell."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """The end of the test."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def sign_in(self, staff_no: str) -> None:
        """With a network."""
        self.page.goto(f"{self.url}/sign-in?next=/rounds/")
        self.page.fill("[name=staff_no]", staff_no)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url("**/rounds/**")
        self.page.wait_for_selector("[data-begin]")
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def open(self) -> None:
        """The app's page, with or without a network."""
        self.page.goto(f"{self.url}/rounds/")
        self.page.wait_for_selector("[data-body] > *")

    def offline(self, off: bool) -> None:
        """In a cellar, or out of it."""
        self.context.set_offline(off)

    def unsent(self) -> dict[str, int]:
        """What is in the phone's memory."""
        found: dict[str, int] = self.page.evaluate(COUNT)
        return found

    def age(self, hours: float) -> None:
        """As if what waits had been captured that long ago."""
        self.page.evaluate(AGE, hours)

    def walk(self, checklist: str, answers: dict[str, str], photos: dict[str, Path], hand_in: bool = True) -> None:
        """Begin a round and answer section by section, as it is asked."""
        self.page.click(f'[data-begin="{checklist}"]')
        place = 0
        self.page.wait_for_selector(f'.walk[data-place="{place}"]')
        while self.page.locator(".questions").count():
            for slug in self.page.locator(".question").evaluate_all("all => all.map((one) => one.dataset.item)"):
                question = self.page.locator(f'.question[data-item="{slug}"]')
                if slug in photos:
                    question.locator("input[type=file]").set_input_files(photos[slug])
                else:
                    question.locator(f'[data-value="{answers[slug]}"]').click()
                question.locator("[data-clear]").wait_for()
            place += 1
            self.page.click("[data-next]")
            self.page.wait_for_selector(f'.walk[data-place="{place}"]')
        if hand_in:
            self.page.click("[data-submit]")
            self.page.wait_for_selector(".handed, [data-begin]")

    def settle(self, seconds: float = 120) -> None:
        """Until nothing waits any more."""
        until = time.monotonic() + seconds
        while (found := self.unsent())["outbox"] or found["photos"]:
            assert time.monotonic() < until, f"still on the phone: {found}"
            self.page.evaluate("() => window.dispatchEvent(new Event('online'))")
            self.page.wait_for_timeout(150)
