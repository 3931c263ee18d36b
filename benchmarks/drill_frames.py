"""A drill at 60× with 200 people waiting: how many frames a second does a browser draw?

    python -m benchmarks.drill_frames [seconds] [address home]

Starts a demo of its own (or uses the running one at `address` with its `home`), begins a drill of the own branch's day
with a crowd of patient people, and from two hundred waiting on counts the browser's animation frames, at a desk and on
a phone. Prints the median and the 5th percentile of frames a second (from the time between two frames) beside the
number waiting. The aim is 20.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys import running
from tests.journeys.conftest import ARGUMENTS, CHROMIUM

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
CROWD, PEOPLE, FROM = 600, "sun01", 10 * 3600
TWO_HUNDRED = "Number(document.querySelector('[data-number=waiting]').textContent) >= 200"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
COUNT = """(seconds) => new Promise((done) => {
  const times = []; const end = performance.now() + 1000 * seconds;
  const one = (now) => { times.push(now); if (now < end) requestAnimationFrame(one); else done(times); };
  requestAnimationFrame(one);
})"""


def crowded(home: Path) -> list[str]:
    """Two drills of a hall that fills up with patient people, at the minute when they wait."""
    os.environ |= {"COUNTERPOINT_HOME": str(home), "COUNTERPOINT_PROFILE": "demo"}
    from counterpoint.config import profile as profiles

    profiles.start("demo")
    from counterpoint.academy.drill import actions, own
    from counterpoint.config.demo import story
    from counterpoint.foundation.api import User, branches, clock, scope_of, scoped
    from counterpoint.science import playing, twin

    now, real = story.start(), clock.SystemClock().now()
    user = User.objects.get(staff_no=PEOPLE)
    scope = scope_of(user, now.date())
    branch = branches(scope=scope)[0]
    game = own.own_day(branch, None, 1, now)
    crowd = [twin.AddCustomers(FROM / 60 - 8, key, CROWD // 4, 6.0) for key in game.model.service_codes[:4]]
    model = replace(game.model, patience=twin.Duration(900.0, 0.1), balking=None)
    full = playing.Game.of_plan(model, game.staffing, game.rates, seed=1, given=crowd, start=game.start)
    made = []
    for size in SIZES:
        row = actions.drill_make(
            scope=scope, unit=branch, now=now, real=real, key=f"frames-{size}-{os.getpid()}", seed=1, game=full
        )
        row.base_second = FROM
        with scoped(scope):
            row.save()
        made.append(str(row.pk))
    return made


def measure(url: str, sessions: list[str]) -> None:
    """Open each drill, run it at 60×, count frames."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{url}/sign-in")
        page.fill("[name=staff_no]", PEOPLE)
        page.fill("[name=password]", running.PASSWORD)
        page.click("form.stack [type=submit]")
        page.wait_for_selector("main")
        state = page.context.storage_state()
        for (name, (width, height)), session in zip(SIZES.items(), sessions, strict=True):
            context = browser.new_context(viewport={"width": width, "height": height}, storage_state=state)
            page = context.new_page()
            page.goto(f"{url}/academy/drill/{session}")
            page.click("button[value='60']")
            page.wait_for_function(TWO_HUNDRED, timeout=60_000)
            before = page.text_content("[data-number=waiting]")
            times = page.evaluate(COUNT, SECONDS)
            after = page.text_content("[data-number=waiting]")
            rates = sorted(1000 / (b - a) for a, b in pairwise(times) if b > a)
            median, low = statistics.median(rates), rates[len(rates) // 20]
            print(
                f"{name}: {before} to {after} waiting, {len(times) / SECONDS:.1f} frames a second; "
                f"median {median:.1f}, 5th percentile {low:.1f}"
            )
        browser.close()


def main() -> None:
    """Measure on a demo of its own, or on the one that runs."""
    if len(sys.argv) > 3:
        measure(sys.argv[2], crowded(Path(sys.argv[3])))
        return
    with tempfile.TemporaryDirectory() as home:
        demo = running.Running(Path(home))
        demo.seed()
        pid = demo.start()
        try:
            measure(demo.url, crowded(Path(home)))
        finally:
            running.end(pid)


if __name__ == "__main__":
    main()
