"""Who was there when, read from who called whom: on duty, pauses, absence. How long customers waited is not used.

A server is on duty from the first call of a day to the last, except for absences: a pause of `absence_minutes` or more
in which at least `passed_over` tickets that the server could take were called by colleagues who became free later and
can do no fewer services. Who goes is last seen at the beginning of a service, since people finish it first, and gone
when such a call passes by: the middle of the two is taken. A quiet hall without calls is idleness, not absence: those
past whom nothing went after their last service stayed as long as there was anything to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from counterpoint.science.calibration.laws import FloatArray

Skills = Mapping[str, frozenset[str]]
OVERLAP_SECONDS = 2.0


@dataclass(frozen=True)
class Presence:
    """`duty`: day, server, start, end of each stretch on duty. `pauses`: day, server, start, end, passed (calls passed
    over), absent, waiting (minutes of it in which a ticket waited that the server could take), cleared (minutes until
    no such ticket waited, at most the pause), standing (one waited when it began), missed (the
    first call passed over, NaN without). Minutes since midnight."""

    duty: pd.DataFrame
    pauses: pd.DataFrame

    def on_duty_minutes(self) -> float:
        """Staffed minutes in all."""
        return float((self.duty["end"] - self.duty["start"]).sum())

    def unexplained_minutes(self, turnaround_seconds: float) -> float:
        """On-duty minutes without service, beyond the turnaround, while a ticket waited that the server could take."""
        idle = self.pauses[~self.pauses["absent"]]
        return float(np.maximum(idle["waiting"] - turnaround_seconds / 60 * idle["standing"], 0).sum())

    def unexplained_share(self, turnaround_seconds: float) -> float:
        """Those minutes over staffed minutes."""
        return self.unexplained_minutes(turnaround_seconds) / max(self.on_duty_minutes(), 1e-9)


def presence(table: pd.DataFrame, skills: Skills, absence_minutes: float, passed_over: int) -> Presence:
    """Presence from `tickets`; servers without an entry in `skills` are taken to do what they did that day."""
    duty: list[tuple[object, ...]] = []
    pauses: list[tuple[object, ...]] = []
    calls = table[(table["outcome"] == "served") & table["called"].notna() & table["server"].notna()]
    for day, today in calls.groupby("day", sort=True):
        able = {
            server: skills.get(server) or frozenset(part["service"].dropna())
            for server, part in today.groupby("server", sort=True)
        }
        whole = table[table["day"] == day]
        waits, gone = _waiting(whole, set(able.values())), _given_up(whole, set(able.values()))
        ahead = _Calls(today, able, float(whole["until"].max()))
        for server, part in today.groupby("server", sort=True):
            begin, end = _busy(part)
            rows = [
                (day, server, *row)
                for row in _pauses(begin, end, able[server], ahead, waits[able[server]], absence_minutes, passed_over)
            ]
            pauses += rows
            cuts = [(float(row[2]), float(row[3])) for row in rows if row[5]]
            starts = [float(begin[0]), *(cut[1] for cut in cuts)]
            ends = [_leaving(begin, end, float(row[2]), float(row[9])) for row in rows if row[5]]
            ends.append(_going(begin, end, ahead, gone[able[server]], able[server]))
            duty += [(day, server, a, b) for a, b in zip(starts, ends, strict=True) if b > a]
    names = ["day", "server", "start", "end", "passed", "absent", "waiting", "cleared", "standing", "missed"]
    flags = {"absent": bool, "standing": bool}
    return Presence(
        pd.DataFrame(duty, columns=names[:4]),
        pd.DataFrame(pauses, columns=names).astype(flags),
    )


def _leaving(begin: FloatArray, end: FloatArray, moment: float, gone: float) -> float:
    """When the server left who ended a last service at `moment` and was `gone` at a later one.

    People leave after the customer whom they are serving when it is time, and the twin does the same: an end of duty
    at the last finish would add the rest of one more service to every stretch.
    """
    last = begin[end >= moment - 1e-9]
    return (float(last.min()) + gone) / 2


def _going(begin: FloatArray, end: FloatArray, calls: _Calls, given_up: FloatArray, skills: frozenset[str]) -> float:
    """When the server went home: past whom neither a call went nor a ticket that was given up stayed to the end."""
    last = float(end.max())
    passed = calls.past(last, np.inf, skills)
    seen = np.concatenate([passed, given_up[given_up > last]])
    return _leaving(begin, end, last, float(seen.min())) if len(seen) else max(last, calls.close)


def _busy(part: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Start and end of services of one server and day, in order of call; an unknown end counts as the start."""
    ordered = part.sort_values(["called", "finished"], kind="stable")
    begin = ordered["called"].to_numpy(dtype=np.float64)
    finished = ordered["finished"].to_numpy(dtype=np.float64)
    return begin, np.where(np.isnan(finished), begin, finished)


class _Calls:
    """All calls of a day: when, of which service, by whom, since when that server had been free. `close`: the
    last minute at which a ticket was called or left."""

    def __init__(self, today: pd.DataFrame, able: Skills, close: float) -> None:
        self.close = close
        free: dict[int, float] = {}
        for _, part in today.groupby("server", sort=True):
            ordered = part.sort_values(["called", "finished"], kind="stable")
            begin, end = _busy(part)
            since = np.concatenate([[begin[0]], np.maximum.accumulate(end)[:-1]])
            free |= dict(zip(ordered.index, since, strict=True))
        ordered = today.sort_values("called", kind="stable")
        self.at = ordered["called"].to_numpy(dtype=np.float64)
        self.free = np.array([free[i] for i in ordered.index])
        self.service = ordered["service"].to_numpy(dtype=object)
        self.width = np.array([len(able[server]) for server in ordered["server"]])

    def past(self, start: float, end: float, skills: frozenset[str]) -> FloatArray:
        """Minutes of the calls within a pause that went past a server free since `start` to colleagues free later."""
        low, high = np.searchsorted(self.at, [start, end], side="right")
        cut = slice(low, high)
        later = (self.free[cut] > start) & (self.width[cut] >= len(skills)) & (self.at[cut] < end)
        able = np.array([service in skills for service in self.service[cut]], dtype=bool)
        return np.asarray(self.at[cut][later & able])


def _pauses(
    begin: FloatArray, end: FloatArray, skills: frozenset[str], calls: _Calls, waits: tuple[FloatArray, FloatArray],
    absence_minutes: float, passed_over: int,
) -> list[tuple[float, float, int, bool, float, float, bool, float]]:  # fmt: skip
    """Times between services of one server: start, end, passed, absent, waiting, cleared, standing, missed."""
    rows = []
    free = np.maximum.accumulate(end)
    for a, b in zip(free[:-1], begin[1:], strict=True):
        if b <= a:
            if b > a - OVERLAP_SECONDS / 60 and _stood(waits, b):
                rows.append(
                    (a, a, 0, False, 0.0, 0.0, True, np.nan)
                )  # the next was called at once: a pause of no length
            continue
        past = calls.past(a, b, skills)
        absent = b - a >= absence_minutes and len(past) >= passed_over
        rows.append((a, b, len(past), absent, *_overlap(waits, a, b), past[0] if len(past) else np.nan))
    return rows


def _waiting(today: pd.DataFrame, sets: set[frozenset[str]]) -> dict[frozenset[str], tuple[FloatArray, FloatArray]]:
    """For each set of services the disjoint stretches in which at least one of its tickets waited."""
    known = today[(today["until"] > today["arrived"]) & today["service"].notna()]
    out = {}
    for skills in sets:
        part = known[known["service"].isin(skills)].sort_values("arrived", kind="stable")
        start, until = part["arrived"].to_numpy(dtype=np.float64), part["until"].to_numpy(dtype=np.float64)
        if not len(start):
            out[skills] = (start, until)
            continue
        reach = np.maximum.accumulate(until)
        first = np.concatenate([[True], start[1:] > reach[:-1]])
        last = np.concatenate([first[1:], [True]])
        out[skills] = (start[first], reach[last])
    return out


def _given_up(today: pd.DataFrame, sets: set[frozenset[str]]) -> dict[frozenset[str], FloatArray]:
    """For each set of services when its tickets were given up that had waited; who leaves at once proves nothing."""
    lost = today[(today["outcome"] == "abandoned") & (today["waited"] * 60 > OVERLAP_SECONDS)]
    return {one: lost.loc[lost["service"].isin(one), "until"].to_numpy(dtype=np.float64) for one in sets}


def _stood(waits: tuple[FloatArray, FloatArray], at: float) -> bool:
    """Whether a ticket waited until that minute or longer."""
    start, end = waits
    first = np.searchsorted(end, at, side="left")
    return bool(first < len(end) and start[first] < at)


def _overlap(waits: tuple[FloatArray, FloatArray], a: float, b: float) -> tuple[float, float, bool]:
    """Minutes of [a, b] within the stretches, minutes until the stretch around `a` ends, whether there is one."""
    start, end = waits
    low, high = np.searchsorted(end, a, side="right"), np.searchsorted(start, b, side="left")
    if high <= low:
        return 0.0, 0.0, False
    inside = np.minimum(end[low:high], b) - np.maximum(start[low:high], a)
    standing = bool(start[low] < a)
    return float(inside.sum()), float(min(end[low], b) - a) if standing else 0.0, standing


def turnarounds(found: Presence) -> tuple[FloatArray, FloatArray]:
    """Pauses that began while a ticket waited: minutes until the next call, and 1 when it came before none waited.

    A pause outlasting the queue is censored when the queue is gone; absences say nothing about turnaround.
    """
    rows = found.pauses[found.pauses["standing"] & ~found.pauses["absent"]]
    length = (rows["end"] - rows["start"]).to_numpy(dtype=np.float64)
    cleared = rows["cleared"].to_numpy(dtype=np.float64)
    called = cleared >= length - OVERLAP_SECONDS / 60
    return np.where(called, length, cleared), called.astype(np.float64)


def overlaps(table: pd.DataFrame) -> int:
    """Services that one server began more than two seconds before ending another."""
    calls = table[(table["outcome"] == "served") & table["called"].notna() & table["server"].notna()]
    count = 0
    for _, part in calls.groupby(["day", "server"], sort=False):
        begin, end = _busy(part)
        count += int((begin[1:] < np.maximum.accumulate(end)[:-1] - OVERLAP_SECONDS / 60).sum())
    return count
