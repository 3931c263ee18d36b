"""A judged day in the reader's words. Pure: no queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from counterpoint.academy.drill.words import Names
from counterpoint.academy.rules import errand, sheet, telling
from counterpoint.academy.rules.telling import Moment, Said
from counterpoint.foundation.api import calendar
from counterpoint.ui.charts import Chart, Series


def clock(second: float) -> str:
    """36 300 → 10:05."""
    return calendar.wall(second / 60)


def whole(value: float) -> str:
    """Minutes as people say them."""
    return number_format(round(value), decimal_pos=0, force_grouping=True)


def _place(given: Mapping[str, Any]) -> str:
    places = {
        "lobby": _("the lobby"), "desk": _("the duty desk"), "back_office": _("the back office"), "gone": _("home"),
    }  # fmt: skip
    if given.get("place") == "counter":
        return _("window %(number)s") % {"number": given.get("counter")}
    return places.get(str(given.get("place")), str(given.get("place")))


def _answer(offered: str, choice: object = "") -> str:
    if offered and choice == errand.DONE:
        return _("have it %(words)s") % {"words": offered}
    return _("answer “%(words)s”") % {"words": offered} if offered else _("give the other answer")


ACTS: dict[str, Callable[[Names, Mapping[str, Any]], str]] = {
    "window-open": lambda n, g: _("open window %(number)s with %(who)s") % {
        "number": g.get("counter"), "who": n.person(g.get("user"))},
    "window-close": lambda n, g: _("close window %(number)s") % {"number": g.get("counter")},
    "person-move": lambda n, g: _("send %(who)s to %(place)s") % {
        "who": n.person(g.get("user")), "place": _place(g)},
    "break-start": lambda n, g: _("give %(who)s a break of %(minutes)s minutes") % {
        "who": n.person(g.get("user")), "minutes": g.get("minutes")},
    "break-move": lambda n, g: _("move the break of %(who)s to %(at)s") % {
        "who": n.person(g.get("user")), "at": clock(60 * int(g.get("minute") or 0))},
    "break-end": lambda n, g: _("end the break of %(who)s") % {"who": n.person(g.get("user"))},
    "diversion": lambda n, g: _("guide %(share)s %% of “%(service)s” to the machines") % {
        "service": n.service(g.get("service")), "share": round(int(g.get("share") or 0) / 10)},
    "divert": lambda n, g: _("guide customer %(ticket)s to a machine") % {"ticket": n.ticket(g.get("ticket"))},
    "first": lambda n, g: _("call customer %(ticket)s first") % {"ticket": n.ticket(g.get("ticket"))},
    "put-back": lambda n, g: _("put customer %(ticket)s back in turn") % {"ticket": n.ticket(g.get("ticket"))},
    "flag": lambda n, g: _("mark customer %(ticket)s for care") % {"ticket": n.ticket(g.get("ticket"))},
    "call": lambda n, g: _("call customer %(ticket)s to window %(number)s") % {
        "ticket": n.ticket(g.get("ticket")), "number": g.get("counter")},
    "call-next": lambda n, g: _("call the next to window %(number)s") % {"number": g.get("counter")},
    "answer": lambda n, g: _answer(n.answers(str(g.get("inject")), str(g.get("choice"))), g.get("choice")),
}  # fmt: skip


def act(order: Sequence[Any], names: Names) -> str:
    """An order (second, act, inputs, actor) in words."""
    say = ACTS.get(str(order[1]))
    return say(names, order[2]) if say else str(order[1])


def orders(some: Sequence[Any], names: Names) -> str:
    """Orders of one moment in words; what stays missed of an errand is none."""
    told = [act(order, names) for order in some if not _missed(order)]
    return _("; ").join(told) if told else _("order nothing")


def _missed(order: Sequence[Any]) -> bool:
    return str(order[1]) == "answer" and order[2].get("choice") in (errand.MISSED, errand.UNREAD)


@dataclass(frozen=True)
class Line:
    """A moment on the page: when, what would have been better, by how much, what it cost on this day."""

    at: str
    second: int
    words: str
    after: str
    best: tuple[str, ...]


class Timed(Protocol):
    """Something at a second of the day."""

    @property
    def second(self) -> int: ...


def moment(one: Moment, names: Names) -> str:
    """“Here, opening window 4 would have saved 11 people-minutes ± 3.”"""
    figures = {"saved": whole(one.saved), "half": whole(one.half)}
    if not one.better:
        return _("Ordering nothing here would have saved %(saved)s people-minutes ± %(half)s") % figures
    text = _("Here it would have saved %(saved)s people-minutes ± %(half)s to %(what)s")
    return text % {"what": orders(one.better, names), **figures}


def lines(data: Mapping[str, Any], names: Names) -> list[Line]:
    """The dearest moments, with what the best run did in the quarter of an hour around each."""
    found = []
    for one in telling.moments(data):
        near = [order for order in data["orders"] if abs(int(order[0]) - one.second) <= 900]
        after = _("On the people who came it cost %(n)s minutes.") % {"n": whole(one.after)} if one.after >= 1 else ""
        best = tuple(f"{clock(order[0])} {act(order, names)}" for order in near)
        found.append(Line(clock(one.second), one.second, moment(one, names), after, best))
    return found


def headline(data: Mapping[str, Any], names: Names) -> str:
    """What decided the day, in one sentence."""
    said = telling.headline(data)
    if said.key == "decided":
        one: Moment = said.data["moment"]
        text = _("%(at)s decided the day. %(moment)s.")
        return text % {"at": clock(one.second), "moment": moment(one, names)}
    texts = {
        "reached": _("Nobody has found a better way through this day than yours."),
        "luck": _("No single decision stands out; the day itself was harder than such days are."),
        "steady": _("No single decision stands out. What was lost went in small parts."),
    }
    return texts[said.key]


def split(data: Mapping[str, Any]) -> str:
    """Luck and skill in one sentence."""
    said: Said = telling.split(data)
    if said.key == "open":
        return _("Luck is told from skill once the day has been drawn again.")
    figures = {name: whole(abs(value)) for name, value in said.data.items()}
    texts = {
        "even": _("Such days cost %(expected)s minutes with the advisor's way (%(days)s redraws). Your decisions cost "
                  "%(skill)s more; luck made no difference."),
        "bad_luck": _("Such days cost %(expected)s minutes with the advisor's way (%(days)s redraws). Your decisions "
                      "cost %(skill)s more; bad luck, and what an hour ahead does not show, another %(luck)s."),
        "good_luck": _("Such days cost %(expected)s minutes with the advisor's way (%(days)s redraws). Your decisions "
                       "cost %(skill)s more; good luck, and what an hour ahead does not show, gave %(luck)s back."),
    }  # fmt: skip
    return texts[said.key] % figures


def bar_names() -> dict[str, str]:
    """Parts of the bar in words."""
    return {
        "expected": _("To be expected"), "skill": _("Your decisions"), "bad_luck": _("Bad luck"),
        "good_luck": _("Good luck"),
    }  # fmt: skip


def bar(data: Mapping[str, Any]) -> list[tuple[str, str, float, float, str]]:
    """(key, name, start, width, minutes) of the bar's parts, in thousandths of its length."""
    amounts = {"expected": data["expected"][0] if data["expected"] else 0.0, "skill": data["skill"]}
    names = bar_names()
    return [
        (key, names[key], start, width, whole(abs(amounts.get(key, data["luck"]))))
        for key, start, width in telling.bar(data)
    ]  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A part of the sheet: name, score or None, what it is made of, how loud."""

    name: str
    score: int | None
    words: str
    level: str


def part_names() -> dict[str, str]:
    """Parts of the sheet in words."""
    return {"service": _("Service to customers"), "risk": _("Risk"), "people": _("People"), "cost": _("Cost")}


def scores(data: Mapping[str, Any]) -> tuple[sheet.Part, ...]:
    """The sheet of a judged day."""
    return sheet.sheet({key: (v[0], v[1], v[2]) if v else None for key, v in data["sheet"].items()})


def parts(data: Mapping[str, Any]) -> tuple[list[Part], int]:
    """The sheet and its small total."""
    found, names = scores(data), part_names()
    what = {
        "service": _("waiting, walk-outs, broken promises"), "risk": _("points of your answers"),
        "people": _("moves and late breaks"), "cost": _("minutes that windows were manned beyond the plan"),
    }  # fmt: skip
    if data.get("errands"):
        what = {key: _("%(what)s, errands left undone") % {"what": words} for key, words in what.items()}
    shown = []
    for one in found:
        if one.score is None:
            shown.append(Part(names[one.key], None, _("This day asked nothing of the kind."), "calm"))
            continue
        text = _("%(what)s: %(mine)s minutes; best found %(best)s, nothing ordered %(nothing)s")
        figures = {"mine": whole(one.mine), "best": whole(one.best), "nothing": whole(one.nothing)}
        level = "fine" if one.score >= 80 else "watch" if one.score >= 40 else "act"
        shown.append(Part(names[one.key], one.score, text % {"what": what[one.key], **figures}, level))
    return shown, sheet.total(found)


def chart(data: Mapping[str, Any], ghost: Sequence[int] | None = None) -> Chart:
    """People waiting at quarter hours: mine, best found, nothing ordered; the real day and the ghost where known."""
    paths = data["paths"]
    kinds = [("mine", _("You"), "actual"), ("best", _("Best found"), "compare"),
             ("nothing", _("Nothing ordered"), "forecast"), ("real", _("As it was that day"), "limit")]  # fmt: skip
    series = [Series(name, paths[key], role) for key, name, role in kinds if key in paths]
    if ghost is not None:
        series.append(Series(_("Ghost: best of the league"), ghost, "coverage"))
    most = max(paths["mine"], default=0)
    at = paths["mine"].index(most) if paths["mine"] else 0
    title = _("At %(at)s most waited: %(n)d people") % {"at": clock(60 * data["minutes"][at]), "n": most}
    return Chart(
        "debrief-queue", "line", title, _("people"), _("simulation, the same people in every line"),
        [clock(60 * minute) for minute in data["minutes"]], _("Time"), series,
    )  # fmt: skip


def strip(data: Mapping[str, Any], marks: Sequence[Timed]) -> list[tuple[float, Timed]]:
    """Places of moments and findings on a line of 1,000 from opening to closing."""
    first, last = data["minutes"][0], data["minutes"][-1]
    return [(round(1000 * (one.second / 60 - first) / max(1, last - first), 1), one) for one in marks]


def figures(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The day's total beside the others, as (name, minutes)."""
    rows = [(_("You"), data["loss"]["total"])]
    if "real" in data:
        rows.append((_("As it was that day"), data["real"]["total"]))
    if "reached" in data:
        rows.append((_("Best found"), data["reached"]))
    rows.append((_("Nothing ordered"), data["nothing"]["total"]))
    if data.get("floor"):
        rows.append((_("No policy at all gets below"), data["floor"]))
    return [(name, whole(value)) for name, value in rows]
