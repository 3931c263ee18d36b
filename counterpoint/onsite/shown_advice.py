"""Advice in the reader's words: one sentence for what to do, one for what it brings, the others in order. Pure."""

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import calendar
from counterpoint.onsite.models.advice import GIVEN
from counterpoint.onsite.queries.advice import Current
from counterpoint.onsite.shown_trust import label

FEWEST_SCORED = 5  # a hit rate of fewer says nothing


def advice(found: Current, services: dict[str, str]) -> dict[str, Any]:
    """What the hall's screen shows; `card` is None when nothing was advised lately."""
    record = found.record
    told = {
        "label": label(found.trust), "record": record,
        "rate": round(100 * record.hits / record.scored) if record.scored >= FEWEST_SCORED else None,
    }  # fmt: skip
    row = found.advice
    if row is None:
        return told | {"card": None}
    chosen, nothing = row.predicted["chosen"], row.predicted["nothing"]
    others = [option for option in row.predicted["others"] if option["kind"] != "nothing"]
    scale = max([abs(chosen["high"]), *(max(abs(o["low"]), abs(o["high"])) for o in others), 1.0])
    card = {
        "row": row, "acts": row.kind != "nothing", "open": row.state == GIVEN,
        "what": deed(chosen, found.names, services), "effect": effect(row.kind, chosen, nothing, tried=bool(others)),
        "steps": [deed(step, found.names, services) for step in chosen.get("steps", ())],
        "others": [(deed(o, found.names, services), o, _bar(o, scale)) for o in others],
        "bar": _bar(chosen, scale), "futures": row.predicted["futures"], "horizon": round(row.predicted["horizon"]),
    }  # fmt: skip
    return told | {"card": card}


def deed(option: dict[str, Any], names: dict[str, str], services: dict[str, str]) -> str:
    """The option as an order."""
    who = names.get(option["user"], "")
    texts = {
        "surge": _("Start the surge plan: %(count)d steps together"),
        "reorder": _first(option.get("why", "")),
        "call": _("Call %(who)s from the back office to open window %(counter)s"),
        "from_lobby": _("Ask %(who)s from the lobby to open window %(counter)s"),
        "swap": _("Move %(who)s to window %(counter)s"),
        "guide": _("Guide %(share)d %% of “%(service)s” to the machines"),
        "delay_break": _("Let %(who)s go to lunch at %(at)s"),
        "close": _("Close window %(counter)s: %(who)s is free for other work"),
    }
    text = texts.get(option["kind"], _("Change nothing"))
    minute = option.get("minute") or 0
    return text % {
        "at": calendar.wall(minute), "who": who, "counter": option["counter"],
        "share": round(100 * (option["share"] or 0)), "service": services.get(option["service"], option["service"]),
        "label": option.get("label", ""), "overtaken": option.get("overtaken", 0),
        "count": len(option.get("steps", ())),
    }  # fmt: skip


def _first(why: str) -> str:
    if why == "patience":
        return _("Call %(label)s next, before %(overtaken)d others: the customer is likely to leave otherwise")
    return _("Call %(label)s next, before %(overtaken)d others: the promise would be broken otherwise")


def effect(kind: str, chosen: dict[str, Any], nothing: dict[str, Any], *, tried: bool = True) -> str:
    """What the futures say, in one sentence; `tried` is false when nobody and nothing was free to be moved."""
    before, after = nothing["mean"], chosen["mean"]
    if kind == "nothing":
        text = (
            _("No action pays: 9 of 10 wait at most %(p90)d minutes, about %(gone)s leave.")
            if tried
            else _("Nobody and no machine is free to be moved: 9 of 10 wait at most %(p90)d minutes, %(gone)s leave.")
        )
        return text % {"p90": round(before["p90_wait"]), "gone": _count(before["walkouts"])}
    told = (
        (_("9 of 10 wait at most %(after)s instead of %(before)s minutes"), "p90_wait"),
        (_("%(after)s instead of %(before)s leave"), "walkouts"),
        (_("%(after)s instead of %(before)s wait beyond their promise"), "breaches"),
    )
    numbers = [(words, _count(after[key]), _count(before[key])) for words, key in told]
    parts = [words % {"after": new, "before": old} for words, new, old in numbers if new != old]
    saved = round(chosen["saved"]["waited"])
    if saved > 0 or not parts:
        parts.append(_("about %(minutes)d minutes of waiting saved in all") % {"minutes": saved})
    return _("%(parts)s.") % {"parts": _("; ").join(parts)}


def _count(people: float) -> str:
    return f"{people:.0f}" if people >= 1 or people < 0.05 else f"{people:.1f}"


def _bar(option: dict[str, Any], scale: float) -> dict[str, float]:
    """The interval of the minutes saved as a line of a 100 × 8 drawing, its middle at 50."""
    low, high = (50 + 50 * option[end] / scale for end in ("low", "high"))
    mean = 50 + 50 * option["saved"]["loss"] / scale
    return {
        "x": round(max(0.0, low), 1),
        "w": round(max(1.0, min(100.0, high) - max(0.0, low)), 1),
        "m": round(mean, 1),
    }
