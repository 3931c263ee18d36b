"""A trainee's hands: acts of a worked solution that are done on the product's own pages, by the key of the act.

What is not listed here the prompter acts out. `one` is an act with the names of colleagues and the branch's date.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.journeys.visitor import Visitor

Act = dict[str, Any]


def do(branch: Visitor, one: Act) -> bool:
    """Do it by hand; False where no page is known for it."""
    hand = HANDS.get(one["do"])
    return hand is not None and hand(branch, one)


def _press(branch: Visitor, button: Any) -> None:
    """Press, and wait for what the server says."""
    with branch.page.expect_response(lambda answer: "/do/" in answer.url) as told:
        button.click()
    assert told.value.ok, f"{told.value.status} {told.value.url}: {told.value.text()[:200]}"


def _target(branch: Visitor, one: Act) -> bool:
    args, today = one["args"], date.fromisoformat(one["today"])
    branch.go(f"/analytics/kpis/{args['key']}/")
    form = branch.find("#targets form")
    branch.find("#targets details summary").click()
    for side in ("low", "high"):
        form.locator(f"[name={side}]").fill(str(args.get(side, "")))
    form.locator("[name=since]").fill(today.isoformat())
    if "days" in args:
        form.locator("[name=until]").fill((today + timedelta(days=int(args["days"]))).isoformat())
    form.locator("[name=reason]").fill(one["words"])
    with branch.page.expect_navigation():
        form.locator("button").click()
    return True


def _figures(branch: Visitor, one: Act) -> bool:
    args = one["args"]
    row = [one["today"], args["series"], str(args["amount"]), str(args.get("base", ""))]
    text = f"日期,指标代码,数值,分母\n{','.join(row)}\n"
    branch.page.goto(f"{branch.url}/analytics/import/")  # its codes are Latin letters: nothing for `look`
    file = {"name": "figures.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    branch.find("#file").set_input_files(file)  # type: ignore[arg-type]
    with branch.page.expect_navigation():
        branch.find("form.upload button").click()
    branch.says("figures.csv")
    return True


def _hall(branch: Visitor) -> None:
    branch.go("/onsite/hall")
    branch.find(".lanes .lane").first.wait_for()


def _lane(branch: Visitor, part: str, text: str) -> Any:
    """The window whose number, or person, this is, with its menu open."""
    shown = branch.page.locator(f".lane-{part}", has_text=re.compile(rf"^\s*{text}\s*$"))
    lane = branch.find(".lanes .lane").filter(has=shown).first
    lane.locator("details summary").click()
    return lane


def _window(branch: Visitor, one: Act) -> bool:
    if not one["name"]:
        return _own(branch, one)
    _hall(branch)
    lane = _lane(branch, "number", one["counter"])
    close = lane.locator("form[action$='/do/window-close'] button")
    if close.count():
        _press(branch, close)
        _hall(branch)
        lane = _lane(branch, "number", one["counter"])
    seat = lane.locator("form.seat")
    seat.locator("select").select_option(label=_option(seat, one["name"]))
    _press(branch, seat.locator("button"))
    return True


def _own(branch: Visitor, one: Act) -> bool:
    """The teller's own window, on the own page."""
    branch.go("/onsite/desk")
    mine = branch.page.locator(f"[name=counter][value='{one['counter']}']")
    _press(branch, branch.find(".choices form").filter(has=mine).locator("button"))
    return True


def _option(form: Any, name: str) -> str:
    """The words of a choice that begin with a name: where somebody sits now is written behind it."""
    return str(next(text for text in form.locator("option").all_inner_texts() if text.startswith(name)))


def _move(branch: Visitor, one: Act) -> bool:
    _hall(branch)
    form = branch.find(".people li").filter(has_text=one["name"]).locator("form[action$='/do/person-move']")
    form.locator("select").select_option(one["args"]["place"])
    _press(branch, form.locator("button"))
    return True


def _break(branch: Visitor, one: Act) -> bool:
    _hall(branch)
    _press(branch, _lane(branch, "person", one["name"]).locator("form[action$='/do/break-start'] button"))
    return True


def _desk(name: str) -> Callable[[Visitor, Act], bool]:
    """A button of the teller's own page."""

    def hand(branch: Visitor, _one: Act) -> bool:
        branch.go("/onsite/desk")
        _press(branch, branch.find(f"form[action$='/do/{name}'] button").first)
        return True

    return hand


def _call(branch: Visitor, one: Act) -> bool:
    return _desk("call-next")(branch, one) and _desk("start")(branch, one)


def _roster(branch: Visitor, one: Act) -> None:
    on = date.fromisoformat(one["planned"])
    branch.go(f"/team/roster?week={on - timedelta(days=on.weekday())}")
    branch.find("#roster .roster-track").first.wait_for()


def _cell(branch: Visitor, one: Act) -> bool:
    """The lunch is typed into the card; somebody who is off is put on, and saved, first."""
    _roster(branch, one)
    key = f"[data-key='{one['person']}:{date.fromisoformat(one['planned']).weekday()}']"
    added = branch.find(f"#roster button.roster-add{key}")
    if added.count():
        added.click()
        _keep(branch)
    branch.find(f"#roster .shift{key}").click()
    branch.find("#roster-card [name=lunch]").fill(one["args"]["lunch"].partition("-")[0])
    _keep(branch)
    return True


def _keep(branch: Visitor) -> None:
    with branch.page.expect_response(lambda answer: answer.url.endswith("/edit")) as edited:
        branch.find("#roster-card [data-save]").click()
    assert edited.value.ok, edited.value.text()[:200]
    branch.says("已保存")


HANDS: dict[str, Callable[[Visitor, Act], bool]] = {
    "target.set": _target, "figures.import": _figures, "onsite.window": _window, "onsite.move": _move,
    "onsite.break": _break, "onsite.call": _call, "onsite.hold": _desk("hold"), "onsite.resume": _desk("resume"),
    "onsite.finish": _desk("finish"), "roster.cell": _cell,
}  # fmt: skip
