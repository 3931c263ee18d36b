"""Past days, decisions and futures in the reader's words. Pure: no queries."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.onsite.deciding import clock
from counterpoint.onsite.queries.replays import PastDay, Told
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.excel import Sheet
from counterpoint.ui.tables import Column, Table

COUNTED = ("p90_wait", "mean_wait", "leavers", "broken", "served", "self_served", "loss")
MEASURES = {
    "p90_wait": (gettext_lazy("P90 wait"), gettext_lazy("min")),
    "mean_wait": (gettext_lazy("Mean wait"), gettext_lazy("min")),
    "leavers": (gettext_lazy("Left without being called"), gettext_lazy("people")),
    "broken": (gettext_lazy("Waited beyond the promise"), gettext_lazy("people")),
    "served": (gettext_lazy("Called to a window"), gettext_lazy("people")),
    "self_served": (gettext_lazy("Went to a machine"), gettext_lazy("people")),
    "loss": (gettext_lazy("Loss in all"), gettext_lazy("minutes of waiting")),
}
WEEKDAYS = (gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
            gettext_lazy("Sat"), gettext_lazy("Sun"))  # fmt: skip


def places() -> dict[str, str]:
    """Places of people in words."""
    return {"counter": _("window"), "lobby": _("lobby"), "back_office": _("back office"), "gone": _("off duty")}


def told(one: Told, words: "Words") -> str:
    """A recorded decision in one sentence."""
    who = words.people.get(one.person, one.person)
    where = words.windows.get(one.counter, one.counter)
    texts = {
        "open": _("Window %(where)s opened with %(who)s"), "close": _("Window %(where)s closed"),
        "break": _("%(who)s began a break of %(minutes)d minutes"),
        "share": _("%(share)d %% of “%(service)s” guided to the machines"),
        "post": _("%(who)s sent to: %(place)s"),
    }  # fmt: skip
    if one.kind == "post" and one.counter:
        texts["post"] = _("%(who)s moved to window %(where)s")
    return texts[one.kind] % {
        "who": who, "where": where, "minutes": round(one.value), "share": round(100 * one.value),
        "service": words.services.get(one.what, one.what), "place": places().get(one.what, one.what),
    }  # fmt: skip


def decided(decision: Mapping[str, Any], words: "Words") -> str:
    """A different decision in one sentence."""
    kind = decision.get("kind", "")
    texts = {
        "open": _("Window %(where)s opened with %(who)s"), "close": _("Window %(where)s closed"),
        "lobby": _("%(who)s sent to: %(place)s"), "back_office": _("%(who)s sent to: %(place)s"),
        "break": _("%(who)s began a break of %(minutes)d minutes"),
        "move_break": _("The break of %(who)s moved to %(to)s"),
        "guide": _("%(share)d %% of “%(service)s” guided to the machines"),
        "first": _("“%(tier)s” called before all others"), "without": _("Not done: %(what)s"),
        "advised": _("As the advisor would have said"), "nothing": _("Change nothing"),
        "call_first": _("%(ticket)s called before the others of its tier"), "surge": _("Surge plan: %(steps)s"),
    }  # fmt: skip
    position = decision.get("position")
    real = words.decisions.get(position) if position is not None else None
    who = real.person if real is not None and kind == "move_break" else decision.get("user", "")
    return texts.get(kind, kind) % {
        "where": words.windows.get(decision.get("counter", ""), decision.get("counter", "")),
        "who": words.people.get(who, who), "place": places().get(kind, ""), "minutes": decision.get("minutes", 0),
        "to": clock(decision.get("to", 0)), "share": round(100 * (decision.get("share") or 0)),
        "service": words.services.get(decision.get("service", ""), ""),
        "tier": words.tiers.get(decision.get("tier", ""), ""),
        "what": told(real, words) if real is not None else "–", "ticket": decision.get("ticket", ""),
        "steps": _("; ").join(decided(step, words) for step in decision.get("steps", ())),
    }  # fmt: skip


def kind_name(kind: str) -> str:
    """A kind of decision in general words."""
    return {
        "open": _("Open a window"), "close": _("Close a window"), "lobby": _("Send somebody to the lobby"),
        "back_office": _("Send somebody to the back office"), "break": _("Begin a break"),
        "move_break": _("Move a break"), "guide": _("Guide more to machines"),
        "first": _("Call a tier before all others"), "without": _("What if not?"),
        "advised": _("As the advisor would have said"), "call_first": _("Call one ticket first"),
        "surge": _("Start a surge plan"),
    }.get(kind, kind)  # fmt: skip


class Words:
    """Names of a day's people, windows, services, tiers and decisions."""

    def __init__(self, found: PastDay, language: str) -> None:
        content = found.day.hall.content
        self.people = dict(found.people)
        self.windows = {code: str(i) if found.inferred else code for i, (code, _name) in enumerate(found.counters, 1)}
        self.services = {key: s.name(language) for key, s in content.services.items()}
        self.tiers = {key: t.name(language) for key, t in content.tiers.items()}
        self.decisions = {one.position: one for one in found.decisions}


def day_title(on: date) -> str:
    """``2026-11-23 周一``."""
    return f"{on:%Y-%m-%d} {WEEKDAYS[on.weekday()]}"


def course(found: PastDay, minute: int) -> list[Chart]:
    """Most waiting, and waits, half hour by half hour."""
    times = [clock(int(row["minute"])) for row in found.course]
    here = clock(minute // 30 * 30)
    now = here if here in times else ""
    source = _("windows found from who served; tickets as brought in") if found.inferred else _("recorded tickets")
    queue = (
        Series(_("Most waiting at once"), [row["longest"] for row in found.course], "bars"),
        Series(_("Left without being called"), [row["left"] for row in found.course], "compare"),
    )
    waits = (
        Series(_("P90 wait of those who came"), [_known(row["p90_wait"]) for row in found.course]),
        Series(_("Mean wait of those who came"), [_known(row["mean_wait"]) for row in found.course], "compare"),
    )
    label = _("Half hour from")
    return [
        Chart("queue", "bars", _longest(found), _("people"), source, times, label, queue, now=now,
              now_label=_("chosen minute"), size="low"),
        Chart("waits", "line", _worst(found), _("min"), source, times, label, waits, now=now,
              now_label=_("chosen minute"), size="low"),
    ]  # fmt: skip


def _longest(found: PastDay) -> str:
    top = max(found.course, key=lambda row: row["longest"])
    return _("At most %(count)d waiting at once, in the half hour from %(at)s") % {
        "count": round(top["longest"]), "at": clock(int(top["minute"])),
    }  # fmt: skip


def _worst(found: PastDay) -> str:
    waits = [row for row in found.course if row["p90_wait"] == row["p90_wait"]]
    if not waits:
        return _("Nobody was called")
    worst = max(waits, key=lambda row: row["p90_wait"])
    return _("Worst half hour: of those who came from %(at)s, 9 of 10 waited at most %(p90)d minutes") % {
        "at": clock(int(worst["minute"])), "p90": round(worst["p90_wait"]),
    }  # fmt: skip


def _known(value: float) -> float | None:
    return round(value, 1) if value == value else None  # noqa: PLR0124  (NaN differs from itself)


def strip(found: PastDay) -> dict[str, Any]:
    """The day as a line of 1000 units: ticks of decisions (x, minute, sentence's number)."""
    first, last = float(found.first), float(max(found.until, found.first + 1))
    ticks = [(round(1000 * (one.minute - first) / (last - first), 1), int(one.minute), one.position)
             for one in found.decisions]  # fmt: skip
    return {"ticks": ticks, "first": clock(found.first), "last": clock(found.until)}


def limits(unexpressed: Mapping[str, int]) -> list[str]:
    """What the simulation cannot act out on this day, in words, most frequent first."""
    texts = {
        "undone_call": _("%(n)d calls taken back: passed over"),
        "held": _("%(n)d customers on hold: they come back as a second visit at the minute at which they did"),
        "left_on_hold": _("%(n)d left while on hold: their leaving is not shown"),
        "ended_on_hold": _("%(n)d ended while on hold: finished when put on hold"),
        "left_the_counter": _("%(n)d left the window unserved: the window was taken for so long"),
        "handed_over": _("%(n)d handed over: the second ticket comes when it came and queues from then"),
        "delayed": _("%(n)d asked for some minutes: they may be called at any time"),
        "no_show": _("%(n)d called and not come: the window waits for so long again"),
        "diverted": _("%(n)d guided to a machine while waiting: they go at the same minute unless called before"),
        "cancelled": _("%(n)d gave the ticket back: they go at the same minute unless called before"),
        "ended_uncalled": _("%(n)d ended without a call: they go at the same minute unless called before"),
        "narrowed_window": _("%(n)d windows opened for some services only: any of that day's services count"),
        "guided_at_the_door": _("%(n)d changes of guiding: those guided at the door took no ticket and are unknown"),
        "no_free_window": _(
            "%(n)d served where the record shows no free window: one is added for them up to the decision"
        ),
        "unknown_service": _("%(n)d with a service that is not in force any more"),
        "unknown_tier": _("%(n)d with a tier that is not in force any more: called last"),
        "still_at_counter": _("%(n)d still at a window: how long it takes is drawn"),
    }  # fmt: skip
    ordered = sorted(unexpressed.items(), key=lambda pair: (-pair[1], pair[0]))
    return [texts.get(key, f"{key}: %(n)d") % {"n": count} for key, count in ordered]


def verdict(outcome: Mapping[str, Any]) -> tuple[str, str]:
    """The comparison in one sentence, and its level: fine, watch or calm."""
    loss = outcome["futures"]["changed"]["rows"]["loss"]
    ends = sorted((abs(loss["low"]), abs(loss["high"])))
    numbers = {"saved": round(abs(loss["difference"])), "low": round(ends[0]), "high": round(ends[1])}
    if loss["high"] < 0:
        text = _("Simulated: it would have saved about %(saved)d minutes of waiting and loss (%(low)d to %(high)d).")
        return text % numbers, "fine"
    if loss["low"] > 0:
        text = _("Simulated: it would have cost about %(saved)d minutes of waiting and loss (%(low)d to %(high)d).")
        return text % numbers, "watch"
    if loss["low"] == loss["high"] == 0:
        return _("Simulated: nothing would have been different."), "calm"
    text = _(
        "Simulated: it cannot be told apart from what was done: better in %(better)d %% of the draws, worse in "
        "%(worse)d %%."
    )
    return text % {"better": round(100 * loss["better"]), "worse": round(100 * loss["worse"])}, "calm"


def table(outcome: Mapping[str, Any], excel: str = "") -> Table:
    """Rows of measures: as it was, both futures, the difference and its range."""
    columns = [Column(_("Measure"), sort=False), Column(_("As it was"), True, False),
               Column(_("Unchanged, simulated"), True, False), Column(_("Changed, simulated"), True, False),
               Column(_("Difference"), True, False), Column(_("Range (95 % of draws)"), True, False)]  # fmt: skip
    others = [(name, _heading(name)) for name in ("advisor", "best") if name in outcome["futures"]]
    columns += [Column(heading, True, False) for _name, heading in others]
    rows = []
    for key in COUNTED:
        name, unit = MEASURES[key]
        row = outcome["futures"]["changed"]["rows"][key]
        rows.append(
            [f"{name} ({unit})", _figure(outcome["was"][key]), _figure(outcome["unchanged"][key][0]),
             _figure(row["mean"]), signed(row["difference"]), f"{signed(row['low'])} … {signed(row['high'])}",
             *(signed(outcome["futures"][other]["rows"][key]["difference"]) for other, _heading_ in others)]
        )  # fmt: skip
    return Table("future", _("What would have come"), columns, rows, excel, search=False)


def _heading(name: str) -> str:
    return {"advisor": _("Difference, as advised"), "best": _("Difference, best in hindsight")}[name]


def _figure(value: float) -> str:
    return f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"


def signed(value: float) -> str:
    """+3.1, −2.0, 0."""
    if abs(value) < 0.05:
        return "0"
    return f"{'+' if value > 0 else '−'}{_figure(abs(value))}"


def queue_chart(outcome: Mapping[str, Any]) -> Chart:
    """People waiting in both futures, and as it was."""
    queue = outcome["queue"]
    gap = [a - b for a, b in zip(queue["changed"], queue["unchanged"], strict=True)]
    most = max(range(len(gap)), key=lambda i: abs(gap[i]), default=None)
    title = _("Nothing to draw: the day ends here")
    if most is not None and abs(gap[most]) < 0.5:
        title = _("The queue would have been about the same")
    elif most is not None:
        fewer, more = (
            _("At %(at)s about %(n)s fewer would have waited"),
            _("At %(at)s about %(n)s more would have waited"),
        )
        text = fewer if gap[most] < 0 else more
        title = text % {"at": clock(int(queue["minutes"][most])), "n": _figure(abs(gap[most]))}
    return Chart(
        "futures", "line", title, _("people"),
        _("record; simulated futures, mean of %(n)d draws, band: 8 of 10 draws") % {"n": outcome["draws"]},
        [clock(int(m)) for m in queue["minutes"]], _("Time"),
        [Series(_("As it was"), queue["was"], "actual"),
         Series(_("Unchanged, simulated"), queue["unchanged"], "compare"),
         Series(_("Changed, simulated"), queue["changed"], "forecast", queue["low"], queue["high"])],
    )  # fmt: skip


def known(outcome: Mapping[str, Any]) -> list[str]:
    """Which parts are known and which are drawn."""
    said = [
        ngettext(
            "Known: %(n)d customer who waited at that minute or came later, with minute and service.",
            "Known: %(n)d customers who waited at that minute or came later, with minute and service.",
            outcome["people"],
        ) % {"n": outcome["people"]},
        _("Known: how long the service took, for %(share)d %% of them. It stays, whoever serves.") % {
            "share": round(100 * outcome["known"])},
        _("Known: the minute at which people left by themselves. They bear no more and no less."),
        _("Drawn, %(draws)d times: how long those who were called would have borne; how long services would have "
          "taken that never began; who would follow a hint to a machine.") % {"draws": outcome["draws"]},
        _("Assumed: from the decision on windows call by themselves in the usual order and take %(gap)s minutes "
          "between two customers, as on that day. Other orders of that day stay at their minutes.") % {
            "gap": f"{outcome['turnaround']:.1f}"},
    ]  # fmt: skip
    if outcome["exact"]:
        text = _("Checked: the day lived again unchanged gives every recorded time, to a millionth of a minute.")
        said.append(text)
    if outcome["inferred"]:
        text = _("Only tickets are known: who served is taken for a window, open from the first call to the last end.")
        said.append(text)
    if not outcome["closed"]:
        said.append(_("The day was still running: both futures end at %(at)s.") % {"at": clock(int(outcome["until"]))})
    return said


def sheets(outcome: Mapping[str, Any], title: str, sentences: Mapping[str, str]) -> list[Sheet]:
    """The comparison as a workbook: numbers, queue, assumptions. Simulated figures say so."""
    unchanged, changed = _("Unchanged, simulated"), _("Changed, simulated")
    heads = [_("Measure"), _("Counted in"), _("As it was"), unchanged, _("Unchanged, low"), _("Unchanged, high")]
    names = [name for name in ("changed", "advisor", "best") if name in outcome["futures"]]
    for name in names:
        heads.append(_("%(what)s, simulated") % {"what": sentences[name]})
        heads += [_("Difference"), _("Difference, low"), _("Difference, high")]
    rows = []
    for key in COUNTED:
        label, unit = MEASURES[key]
        row: list[Any] = [str(label), str(unit), outcome["was"][key], *outcome["unchanged"][key]]
        for name in names:
            one = outcome["futures"][name]["rows"][key]
            row += [one["mean"], one["difference"], one["low"], one["high"]]
        rows.append(row)
    queue = outcome["queue"]
    path = [[clock(int(m)), *(queue[s][i] for s in ("was", "unchanged", "changed", "low", "high"))]
            for i, m in enumerate(queue["minutes"])]  # fmt: skip
    note = _("Simulated figures: %(n)d draws, range: the middle 95 %% of them.") % {"n": outcome["draws"]}
    times = [_("Time"), _("As it was"), unchanged, changed, _("Changed, P10"), _("Changed, P90")]
    said = [[text] for text in [*known(outcome), *limits(outcome["unexpressed"])]]
    return [
        Sheet(_("Comparison"), heads, rows, title=title, note=note),
        Sheet(_("Waiting"), times, path, title=title, note=note),
        Sheet(_("Known and drawn"), [_("Statement")], said, title=title),
    ]


def beside(first: Any, second: Any, words: Words) -> Table:
    """Two futures of one day: each one's difference to going on unchanged. They met the same people."""
    names = [row.name or decided(row.decision, words) for row in (first, second)]
    columns = [Column(_("Measure"), sort=False)]
    for row, name in zip((first, second), names, strict=True):
        at = clock(int(row.outcome["at"]))
        columns += [Column(f"{at} {name}", True, False), Column(_("Range (95 % of draws)"), True, False)]
    rows = []
    for key in COUNTED:
        label, unit = MEASURES[key]
        found: list[Any] = [f"{label} ({unit})"]
        for row in (first, second):
            one = row.outcome["futures"]["changed"]["rows"][key]
            found += [signed(one["difference"]), f"{signed(one['low'])} … {signed(one['high'])}"]
        rows.append(found)
    return Table("beside", _("Both decisions against going on unchanged, simulated"), columns, rows, search=False)
