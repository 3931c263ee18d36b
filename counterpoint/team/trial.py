"""What a changed cell does, for the editor's script: plain JSON with the sentences already in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.team.violations import named
from counterpoint.team.waiting import Compared

if TYPE_CHECKING:
    from counterpoint.science.rostering import Evaluation, Violation
    from counterpoint.team.planning import Played


def told(violation: Violation, names: Mapping[str, str]) -> dict[str, Any]:
    """One rule in words, with its source."""
    said = named(asdict(violation), names)
    return {key: said[key] for key in ("text", "source", "mark", "hard")}


def kinds() -> dict[str, str]:
    """What points are given for."""
    return {
        "under": _("people missing"),
        "under_p90": _("people missing on a busy day"),
        "over": _("people without a task"),
        "overtime": _("overtime"),
        "off_target": _("contract hours not used"),
        "preference": _("wishes not met"),
        "late": _("late shifts unevenly shared"),
        "weekend": _("weekends unevenly shared"),
        "soft_rules": _("practices not kept"),
    }


def points(before: Evaluation, after: Evaluation) -> dict[str, Any]:
    """Points of both, and the kinds that change, the largest change first."""
    names = kinds()
    parts: list[dict[str, Any]] = [
        {"text": names.get(kind, kind), "change": cost - before.costs.get(kind, 0)}
        for kind, cost in after.costs.items()
        if cost != before.costs.get(kind, 0)
    ]
    parts.sort(key=lambda part: -abs(part["change"]))
    return {"before": before.total, "after": after.total, "change": after.total - before.total, "parts": parts}


def day_json(played: Played) -> dict[str, Any]:
    """A simulated day as the script draws it."""
    from counterpoint.team.planning import Waits

    return dict(Waits((played.day,)).to_dict()["days"][0])


def change_json(found: Compared) -> dict[str, Any]:
    """Minutes by which the P90 wait moves, of the day and of each half hour, with 95 % intervals."""
    whole = found.change.p90
    return {
        "days": found.days,
        "p90": _rounded(asdict(whole)) if whole else None,
        "cells": [{"minute": minute, **_rounded(asdict(one))} for minute, one in found.change.cells.items()],
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {key: round(value, 2) for key, value in values.items()}


def finding(found: Compared | None) -> str:
    """The wait in one sentence."""
    if found is None:
        return _("No forecast belongs to this roster: the wait cannot be predicted.")
    one = found.change.p90
    values: dict[str, Any] = {"before": _minutes(found.saved), "after": _minutes(found.tried), "days": found.days}
    if one is None:
        return _alone(found, values)
    values |= {"mean": f"{one.mean:+.1f}", "low": f"{one.low:+.1f}", "high": f"{one.high:+.1f}"}
    if not one.clear:
        return (
            _("9 of 10 wait less than %(after)s min, before %(before)s: no difference shown in %(days)s days") % values
        )
    return (
        _("9 of 10 wait less than %(after)s min, before %(before)s (%(mean)s, 95 %% interval %(low)s to %(high)s)")
        % values
    )


def _alone(found: Compared, values: Mapping[str, Any]) -> str:
    """One of the two days cannot be played: closed, without customers, or without anybody on a post."""
    if not found.tried.p90.size and not found.tried.day.customers:
        return _("No customers are expected on this day.")
    if not found.tried.p90.size:
        return _("Nobody would be on a post that serves customers: nobody would be served.")
    return _("9 of 10 wait less than %(after)s min; before, nobody was on a post") % values


def _minutes(played: Played) -> str:
    return f"{played.day.wait_p90:.1f}"
