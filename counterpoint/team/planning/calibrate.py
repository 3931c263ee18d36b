"""What the log itself says about services, their skills and customers' patience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from counterpoint.science.history import TicketLog
from counterpoint.team.planning.values import Note, Patience, ServiceSpec

ALL_SERVICES = "all"  # what the forecast calls tickets without a service
ENOUGH = 30  # measured tickets before a service's own mean is trusted
LONGEST = 240.0  # minutes at a counter; longer ones are forgotten "finish" presses
PATIENCE_MEAN, PATIENCE_CV = 28.0, 0.6  # design default of the branch handbook
POOLED_MINUTES, POOLED_CV = 6.0, 0.6
SAME_PEOPLE = 0.8
SMALL_LOAD = 0.15  # mean people busy below which a skill of its own is not worth a post


PATIENCE = Patience(PATIENCE_MEAN, PATIENCE_CV, "lognormal", "default")


def assumed_services(
    names: Mapping[str, str],
    skills: Mapping[str, str],
    defaults: Mapping[str, tuple[float, float]],
    shares: Mapping[str, float],
) -> tuple[ServiceSpec, ...]:
    """The bank's services with their default counter times, the one with the largest share first."""
    known = sorted((code for code in defaults if shares.get(code, 0.0) > 0), key=lambda code: -shares[code])
    return tuple(
        ServiceSpec(code, names.get(code, code), skills.get(code, code), *defaults[code], "default", 0, 0)
        for code in known
    )


def reached_queue(log: TicketLog) -> tuple[TicketLog, tuple[Note, ...]]:
    """The log without those who left before they queued (no leave time although the log records leave times)."""
    usable = log.usable
    gone = usable["outcome"].eq("abandoned")
    unseen = gone & usable["left"].isna()
    if not gone.any() or not usable["left"].notna().any() or not unseen.any():
        return log, ()
    kept = TicketLog(log.frame.drop(index=usable.index[unseen]), log.issues)
    text = f"{int(unseen.sum())} customers left before they queued; they are not counted as work for counters."
    return kept, (Note("left_before_queue", text, {"count": int(unseen.sum())}),)


def counter_minutes(frame: pd.DataFrame) -> pd.Series:
    """Minutes at the counter of every served ticket with both times; unusable ones are left out."""
    minutes = (frame["finished"] - frame["called"]).dt.total_seconds() / 60
    return minutes[(minutes > 0) & (minutes <= LONGEST)]


def services_of(
    log: TicketLog,
    *,
    skills: Mapping[str, str],
    names: Mapping[str, str],
    defaults: Mapping[str, tuple[float, float]],
    days: int,
) -> tuple[tuple[ServiceSpec, ...], tuple[Note, ...]]:
    """Every service of the log with its counter time and skill, the one with most tickets first."""
    frame = log.usable
    service = frame["service"].astype("string").fillna(ALL_SERVICES)
    minutes = counter_minutes(frame)
    everyone = _moments(minutes) if len(minutes) >= ENOUGH else (POOLED_MINUTES, POOLED_CV)
    groups, notes = _skills(frame, service, skills)
    found = []
    for code, tickets in service.value_counts(sort=True).items():
        own = minutes[service.loc[minutes.index] == code]
        if len(own) >= ENOUGH:
            mean, cv, source = *_moments(own), "log"
        elif code in defaults:
            mean, cv, source = *defaults[str(code)], "default"
        else:
            mean, cv, source = *everyone, "pooled"
        key = str(code)
        found.append(
            ServiceSpec(
                key, names.get(key, key), groups[key], round(mean, 3), round(cv, 3), source, int(tickets), len(own)
            )
        )
    merged, more = _merge_small(found, set(skills), days)
    for spec in merged:
        if spec.source != "log":
            text = f"{spec.name}: too few measured tickets ({spec.measured}); {spec.minutes:.1f} minutes are assumed."
            more.append(Note("assumed_minutes", text, {"service": spec.name, "minutes": spec.minutes}))
    return tuple(merged), (*notes, *more)


def _moments(minutes: pd.Series) -> tuple[float, float]:
    mean = float(minutes.mean())
    return mean, min(2.0, float(minutes.std(ddof=1)) / mean)


def _skills(frame: pd.DataFrame, service: pd.Series, given: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """Given skills, else the skill of the larger service whose people also serve this one."""
    ranked = [str(code) for code in service.value_counts().index]
    groups = {code: given[code] for code in ranked if code in given}
    server = frame["server"].astype("string")
    known = server.notna() & frame["outcome"].eq("served")
    table = pd.crosstab(server[known], service[known])
    share = table.div(table.sum(axis=1).clip(lower=1), axis=0)
    notes = []
    for position, code in enumerate(ranked):
        if code in groups:
            continue
        groups[code] = code
        for larger in ranked[:position]:
            if code in table and larger in table and table[code].sum() >= ENOUGH:
                same = float(table.loc[share[larger] >= 0.1, code].sum() / table[code].sum())
                if same >= SAME_PEOPLE:
                    groups[code] = groups[larger]
                    text = f"{code} shares the skill of {larger}: {same:.0%} of it was served by the same people."
                    notes.append(Note("shared_skill", text, {"service": code, "with": larger, "share": round(same, 3)}))
                    break
    return groups, notes


def _merge_small(specs: list[ServiceSpec], given: set[str], days: int) -> tuple[list[ServiceSpec], list[Note]]:
    """Skills that would keep hardly anybody busy are served by the people of the largest skill."""
    load: dict[str, float] = {}
    for spec in specs:
        load[spec.skill] = load.get(spec.skill, 0.0) + spec.tickets * spec.minutes / max(1, days) / 480
    if not load:
        return specs, []
    largest = max(load, key=lambda skill: load[skill])
    fixed = {spec.skill for spec in specs if spec.code in given}
    small = {skill for skill, busy in load.items() if busy < SMALL_LOAD and skill != largest and skill not in fixed}
    notes = [
        Note(
            "merged_skill",
            f"{skill} alone would keep {load[skill]:.2f} people busy; the people of {largest} serve it too.",
            {"skill": skill, "with": largest, "load": round(load[skill], 2)},
        )
        for skill in sorted(small)
    ]
    changed = [ServiceSpec(**{**vars(spec), "skill": largest}) if spec.skill in small else spec for spec in specs]
    return changed, notes


def patience_of(log: TicketLog) -> Patience:
    """Mean patience by the censored-exponential estimate: all minutes waited over the number of walk-outs.

    Brown et al. (2005) and Garnett, Mandelbaum and Reiman (2002) use the same estimate for Erlang-A. With fewer than
    30 timed walk-outs the branch handbook's design default is taken.
    """
    frame = log.usable
    left = (frame["left"] - frame["arrived"]).dt.total_seconds() / 60
    called = (frame["called"] - frame["arrived"]).dt.total_seconds() / 60
    walked = left[frame["outcome"].eq("abandoned") & left.ge(0)]
    if len(walked) < ENOUGH:
        return replace(PATIENCE, events=len(walked))
    waited = float(walked.sum()) + float(called[called.ge(0) & frame["outcome"].eq("served")].sum())
    return Patience(round(max(0.5, waited / len(walked)), 3), 1.0, "exponential", "log", len(walked))


def history_of(log: TicketLog) -> dict[str, object]:
    """First and last day, tickets, days with records, actual waits: for the report's first lines."""
    frame = log.usable
    if not len(frame):
        none = dict.fromkeys(("days", "tickets", "served", "abandoned"), 0)
        return {"first": None, "last": None, **none, "wait_mean": None, "wait_p90": None}
    waits = (frame["called"] - frame["arrived"]).dt.total_seconds() / 60
    waits = waits[frame["outcome"].eq("served") & waits.ge(0)]
    return {
        "first": frame["arrived"].min().date().isoformat(),
        "last": frame["arrived"].max().date().isoformat(),
        "days": int(frame["arrived"].dt.date.nunique()),
        "tickets": len(frame),
        "served": int(frame["outcome"].eq("served").sum()),
        "abandoned": int(frame["outcome"].eq("abandoned").sum()),
        "wait_mean": round(float(waits.mean()), 3) if len(waits) else None,
        "wait_p90": round(float(np.quantile(waits, 0.9)), 3) if len(waits) else None,
    }
