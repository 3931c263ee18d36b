"""A trainee who takes a lesson in the browser: reads it, does its exercise, answers its questions, until it is passed.

Figures are read where the product shows them (`READERS`); what no reader finds is taken from the probe that judges the
exercise, and counted as such. A practised exercise goes by the lesson's worked solution, by hand on the product's pages
(`hands`); what no hand can do is acted out.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error

from tests.journeys import hands
from tests.journeys.prompter import Prompter
from tests.journeys.visitor import Visitor

UNTOLD = "nothing"  # nothing found: the answer is to say so
Reader = Callable[[Visitor, dict[str, Any]], str | None]


@dataclass
class Taken:
    """One lesson as it went."""

    key: str
    name: str
    how: str
    pages: int = 0
    probes: int = 0
    acts: int = 0
    right: int = 0
    questions: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The lesson as a line of the table."""
        other = f"{self.acts} acted" if self.how == "practice" else f"{self.probes} probe"
        done = f"{self.pages} page, {other}"
        state = "passed" if not self.faults else "; ".join(self.faults)
        asked = f"{self.right}/{self.questions}"
        return f"{self.key:<34}{self.how:<10}{done:<18}{asked:<7}{self.seconds:5.1f} s  {state}"


def take(sun: Visitor, prompter: Prompter, lesson: dict[str, Any]) -> Taken:
    """Take one lesson; what went wrong stands in `faults`."""
    taken, began = Taken(lesson["key"], lesson["name"], lesson["how"]), time.monotonic()
    try:
        _begin(sun, prompter, lesson["key"])
        (_practise if lesson["how"] == "practice" else _read)(sun, prompter, taken)
        _answer(sun, prompter, taken)
        if sun.find("form[action$='/do/again']").count() == 0:
            taken.faults.append(f"not passed: {sun.find('.page-lead, header').first.inner_text()[:80]!r}")
    except (AssertionError, Error, ValueError) as failed:
        taken.faults.append(str(failed).splitlines()[0][:300])
    taken.faults += sun.complaints
    sun.complaints.clear()
    taken.seconds = time.monotonic() - began
    return taken


def _begin(sun: Visitor, prompter: Prompter, key: str) -> None:
    """Open the lesson and read it through; one that was passed before is begun anew, after what changed since."""
    sun.go(f"/academy/lesson/{key}")
    if sun.find("a[href$='/academy/changed/" + key + "']").count():
        _catch_up(sun, prompter, key)
        sun.go(f"/academy/lesson/{key}")
    again = sun.find("form[action$='/do/again'] button")
    if again.count():
        _press(sun, again.first)
    for part in ("why", "standard", "body", "exercise", "questions"):
        sun.find(f".lesson-steps a[href='#{part}']").click()
        assert sun.find(f"#{part}").inner_text().strip(), f"nothing to read under {part}"


def _catch_up(sun: Visitor, prompter: Prompter, key: str) -> None:
    """Answer what is asked about the change of a rule, and say that it was read."""
    sun.go(f"/academy/changed/{key}")
    for one in prompter.ask("answers", lesson=key):
        form = sun.find(f"form:has([name=question][value='{one['key']}'])")
        if form.count():
            _fill(form, one)
            _press(sun, form.locator("button").last)
    _press(sun, sun.find("form[action$='/do/pass'] button"))


def _fill(form: Any, one: dict[str, Any]) -> None:
    """The right answer, typed or chosen."""
    for place, right in enumerate(one["right"], 1):
        if one["form"] == "order":
            form.locator(f"[name=place-{right}]").select_option(str(place))
        elif one["options"]:
            form.locator(f"[name=answer][value='{right}']").check()
        else:
            form.locator("[name=answer]").fill(right)


def _press(sun: Visitor, button: Any) -> None:
    with sun.page.expect_navigation():
        button.click()


# --- exercises -------------------------------------------------------------------------------------------------------


def _read(sun: Visitor, prompter: Prompter, taken: Taken) -> None:
    """Open the page that the exercise names, read the figures off the product's pages, type them in."""
    address = f"{sun.page.url.partition('#')[0]}"
    place = sun.find("#exercise a[target=_blank]")
    if place.count():
        sun.page.goto(sun.url + str(place.get_attribute("href")))
        sun.look()
    given = {}
    for ask in prompter.ask("asks", lesson=taken.key):
        told = _figure(sun, ask)
        if told is None:
            given[ask["slug"]], taken.probes = ask["found"], taken.probes + 1
            continue
        given[ask["slug"]], taken.pages = told, taken.pages + 1
        if not _agree(ask, told):
            taken.faults.append(f"{ask['slug']}: the page says {told!r}, the probe {ask['found']!r}")
    sun.page.goto(address)
    for slug, value in given.items():
        choice = sun.find(f"#exercise [name=ask-{slug}][type=radio]")
        if choice.count() or value == UNTOLD:
            sun.find(f"#exercise [name=ask-{slug}][value='{value}']").check()
        else:
            sun.find(f"#exercise [name=ask-{slug}]").first.fill(value)
    _press(sun, sun.find("#exercise form button").last)
    _checked(sun)


def _practise(sun: Visitor, prompter: Prompter, taken: Taken) -> None:
    """Open the practice branch, look at it, do what the solution does, have it checked."""
    begin = sun.find("#exercise form[action$='/do/practise'] button.btn-primary")
    if begin.count():
        _press(sun, begin)
    sun.look()
    branch = _practice_page(sun)
    for number, one in enumerate(prompter.ask("acts", lesson=taken.key)):
        if hands.do(branch, one):
            taken.pages += 1
        else:
            prompter.ask("act", lesson=taken.key, number=number)
            taken.acts += 1
    branch.page.reload()
    assert branch.find("main").inner_text().strip(), "the practice branch shows nothing"
    branch.page.close()
    sun.page.reload()
    _press(sun, sun.find("#exercise form[action$='/do/exercise'] button"))
    _checked(sun)


def _practice_page(sun: Visitor) -> Visitor:
    """The trainee on the page of the practice branch, where all addresses lie below the branch's own."""
    with sun.context.expect_page() as opened:
        sun.find("#exercise a.btn-primary[target=_blank]").click()
    page = opened.value
    page.wait_for_load_state()
    assert "/practice/w" in page.url and page.locator("[data-mode=drill]").count(), f"no practice branch: {page.url}"
    own = Visitor.__new__(Visitor)
    inside = re.match(r".*/practice/w[^/]*", page.url)
    own.__dict__ |= sun.__dict__ | {"page": page, "url": inside[0] if inside else sun.url}
    own.look()
    return own


def _checked(sun: Visitor) -> None:
    """The exercise counts as done, and its page still reads well."""
    missing = sun.find("#exercise [data-level=watch], #exercise .note")
    words = " | ".join(one.strip()[:80] for one in missing.all_inner_texts())
    assert sun.find(".lesson-steps a[href='#exercise'] svg").count(), f"the exercise is not done: {words}"
    sun.look()


def _answer(sun: Visitor, prompter: Prompter, taken: Taken) -> None:
    """Every question, on its own form, rightly."""
    for number, one in enumerate(prompter.ask("answers", lesson=taken.key), 1):
        form, before = sun.find(f"#q{number} form"), sun.find(f"#q{number} details:has(form) > summary")
        if before.count():  # answered when the lesson was begun; it may be answered again
            before.click()
        _fill(form, one)
        _press(sun, form.locator("button").last)
        taken.questions += 1
        fine = sun.find(f"#q{number} .block-head [data-level=fine]").count()
        taken.right += fine
        if not fine:
            taken.faults.append(f"question {number}: {one['right']} is not right")
    sun.look()


def _agree(ask: dict[str, Any], told: str) -> bool:
    """Whether a page and the probe say the same, within the tolerance that a trainee is allowed."""
    if ask["form"] == "choice" or UNTOLD in (told, ask["found"]):
        return told == ask["found"]
    return abs(float(told.replace(",", "")) - float(ask["found"])) <= ask["tolerance"] + 1e-9


# --- reading figures off pages ---------------------------------------------------------------------------------------


def _figure(sun: Visitor, ask: dict[str, Any]) -> str | None:
    """The figure as the product's page shows it; None where no page does."""
    reader = READERS.get((ask["probe"], ask["field"]))
    return reader(sun, ask) if reader else None


def _metric_page(sun: Visitor, ask: dict[str, Any]) -> None:
    """The indicator's page, as many periods back as are asked for, by its own button."""
    sun.page.goto(f"{sun.url}/analytics/kpis/{ask['args']['key']}/?grain={ask['args'].get('grain', 'week')}")
    for _ in range(int(ask["args"].get("back", 1))):
        sun.page.goto(sun.url + str(sun.find(".choose-steps a").first.get_attribute("href")))
    sun.look()


def _metric_value(sun: Visitor, ask: dict[str, Any]) -> str | None:
    _metric_page(sun, ask)
    return _plain(sun.find(".stats .stat-value").first.inner_text())


def _metric_line(sun: Visitor) -> str:
    return sun.find(".stats .stat").first.locator(".stat-line").inner_text()


def _metric_n(sun: Visitor, ask: dict[str, Any]) -> str | None:
    _metric_page(sun, ask)
    found = re.search(r"n = ([\d,]+)", _metric_line(sun))
    return found[1] if found else None


def _metric_target(sun: Visitor, ask: dict[str, Any]) -> str | None:
    _metric_page(sun, ask)
    found = re.search(r"目标 [≥≤] ([\d.,]+)", _metric_line(sun))
    return found[1] if found else None


def _metric_end(place: int) -> Reader:
    def read(sun: Visitor, ask: dict[str, Any]) -> str | None:
        _metric_page(sun, ask)
        found = re.match(r"(-?[\d.,]+)–(-?[\d.,]+)", sun.find(".stats .stat-value").nth(1).inner_text())
        return found[place] if found else None

    return read


def _metric_state(sun: Visitor, ask: dict[str, Any]) -> str | None:
    """By the colour and sign of the figure; quiet ones have no word of their own on the page."""
    _metric_page(sun, ask)
    level = str(sun.find(".stats .stat").first.get_attribute("data-level"))
    return level if level in ("fine", "watch", "act") else None


def _complaints_total(sun: Visitor, _ask: dict[str, Any]) -> str | None:
    sun.go("/service/complaints/statistics")
    found = re.search(r"共 (\d+) 起投诉", sun.find("main").inner_text())
    return found[1] if found else None


def _complaints_first(sun: Visitor, _ask: dict[str, Any]) -> str | None:
    sun.go("/service/complaints/statistics")
    row = sun.find("main table tbody tr").filter(has_text="一级")
    return row.first.locator("td, th").nth(1).inner_text().strip() if row.count() else "0"


def _complaints_repeated(sun: Visitor, _ask: dict[str, Any]) -> str | None:
    sun.go("/service/complaints/statistics")
    return _plain(sun.find(".stats .stat").nth(2).locator(".stat-value").inner_text().partition("%")[0])


def _plain(text: str) -> str:
    """The number at the beginning of a figure; nothing for a dash."""
    found = re.match(r"\s*(-?[\d.,]+)", text.replace("−", "-"))
    return found[1] if found else UNTOLD


READERS: dict[tuple[str, str], Reader] = {
    ("metric", "value"): _metric_value, ("metric", "n"): _metric_n, ("metric", "target"): _metric_target,
    ("metric", "low"): _metric_end(1), ("metric", "high"): _metric_end(2), ("metric", "state"): _metric_state,
    ("complaints", "total"): _complaints_total, ("complaints", "level_1"): _complaints_first,
    ("complaints", "repeated"): _complaints_repeated,
}  # fmt: skip
