"""Promises and the next two hours from the twin's futures; from the formula while the twin is not warm.

The twin's compiled code takes seconds to load, so a web process warms it in the background (`warm`) and never waits
for it. `Promise.by` and `Outlook.by` say which of the two spoke.
"""

import json
import logging
import threading
import zlib
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any
from uuid import UUID

from counterpoint.foundation.api import hours_of
from counterpoint.onsite import expected
from counterpoint.onsite.calibrated import newest, with_fit
from counterpoint.onsite.floors import floor_of, with_walking
from counterpoint.onsite.localtime import minute_of
from counterpoint.onsite.models import Ticket, TwinCheck
from counterpoint.onsite.rules.promise import Promise, rounded
from counterpoint.onsite.state import Hall
from counterpoint.primitives.content import edition

if TYPE_CHECKING:
    from counterpoint.science import twin

log = logging.getLogger("counterpoint.onsite")
FUTURES = 60
PROMISE_FUTURES = 40
FEWEST = 12
HORIZON = 120.0
STEP = 15
OVERRUN = 60.0
RANKS = 2  # ranks of the twin to a priority: the one below is for tickets that were taken first
_warmth: dict[str, bool] = {"asked": False, "ready": False}
_lock = threading.Lock()


@dataclass(frozen=True)
class OutlookRow:
    """One skill's queue at the coming quarter hours: expected number waiting, and the 90 % quantile."""

    skill: str
    mean: tuple[float, ...]
    p90: tuple[float, ...]


@dataclass(frozen=True)
class Outlook:
    """The next two hours: minutes after midnight of the steps, one row a skill. Empty rows when nothing is known."""

    minutes: tuple[int, ...]
    rows: tuple[OutlookRow, ...]
    by: str


def warm(wait: bool = False) -> bool:
    """Load the twin in a background thread, once a process; answers whether it is ready."""
    with _lock:
        asked, _warmth["asked"] = _warmth["asked"], True
    if not asked:
        thread = threading.Thread(target=_warm, name="twin-warm", daemon=True)
        thread.start()
        if wait:
            thread.join()
    return _warmth["ready"]


def ready() -> bool:
    """Whether the twin is warm in this process."""
    return _warmth["ready"]


def _warm() -> None:
    try:
        from counterpoint.science import twin

        branch = twin.demo_branch(seed=1)
        waiting = [(630.0, branch.model.service_codes[0])]
        state = twin.state_from_live(
            branch.model, branch.staffing, now=640.0, waiting=waiting, rates=branch.rates, seed=1
        )
        twin.eta(state, 0, seed=1, n=2, horizon=30.0)
        _warmth["ready"] = True
    except Exception:
        log.exception("the twin could not be warmed; promises come from the formula")


def promise(hall: Hall, service: str, order: tuple[float, datetime, str] | None) -> Promise:
    """Minutes until the call of a ticket with this place in the order, as a range P20–P80."""
    formula = hall.promise(service, order)
    if not _warmth["ready"] or formula.by == "closed":
        return formula
    from counterpoint.science import twin

    try:
        waiting, rows = known(hall), _rows(hall)
        places = [i for i, t in enumerate(waiting) if order is not None and str(t.pk) == order[2]]
        if places:
            number = places[0]
        else:
            rows.append((_minute(hall, hall.now), service, tier_of(hall, order[0] if order else 99)))
            number = len(rows) - 1
        state = _state(hall, rows)
        found = twin.eta(state, number, seed=seed_of(hall), n=_number(hall, PROMISE_FUTURES), horizon=HORIZON)
    except twin.ModelError as unlike:
        log.info("the twin cannot picture this hall", extra={"branch": hall.branch.code, "why": str(unlike)[:200]})
        return formula
    if not isfinite(found.p80):
        return formula
    return rounded(found.p20, found.p80, "twin", formula.ahead)


def outlook(hall: Hall) -> Outlook:
    """Queues of the coming two hours, by skill; empty while the twin is not warm, and once the day is over."""
    start = (int(_minute(hall, hall.now)) // STEP + 1) * STEP
    minutes = tuple(range(start, start + int(HORIZON), STEP))
    if not _warmth["ready"] or (not hall.waiting and start >= _spans(hall, 0.0)[1]):
        return Outlook(minutes, (), "none")
    from counterpoint.science import twin

    try:
        number, until = _number(hall, FUTURES), float(minutes[-1] + 1)
        result = twin.futures(state_of(hall), number, seed=seed_of(hall), until=until)
    except twin.ModelError as unlike:
        log.info("the twin cannot picture this hall", extra={"branch": hall.branch.code, "why": str(unlike)[:200]})
        return Outlook(minutes, (), "none")
    return Outlook(minutes, _by_skill(hall, result, minutes), "twin")


def _number(hall: Hall, most: int) -> int:
    """Fewer futures for a full hall, so that nobody waits for the answer: with many people ahead, chance evens out."""
    return max(FEWEST, min(most, 60 * most // max(1, len(hall.inside))))


def _by_skill(hall: Hall, result: "twin.Result", minutes: tuple[int, ...]) -> tuple[OutlookRow, ...]:
    from dataclasses import replace

    import numpy as np

    keys = list(hall.content.services)
    skills = np.array([hall.content.services[key].skill for key in keys], dtype=object)
    found = []
    for skill in sorted({p_skill for p in hall.posts for p_skill in hall.content.kind_skills(p.counter.kind)}):
        mine = skills[result.codes[:, 2]] == skill
        part = replace(result, times=result.times[mine], codes=result.codes[mine])
        path = part.queue_path(float(STEP), end=float(minutes[-1] + STEP + 1))
        at = path.index.to_numpy().searchsorted(np.array(minutes, dtype=float), side="right") - 1
        found.append(OutlookRow(skill, _rounded(path["mean"], at), _rounded(path["p90"], at)))
    return tuple(found)


def _rounded(series: Any, at: Any) -> tuple[float, ...]:
    return tuple(round(float(v), 1) for v in series.to_numpy()[at])


def _minute(hall: Hall, at: datetime) -> float:
    return minute_of(hall.branch, at)


def tier_of(hall: Hall, priority: float) -> str:
    """The tier that is called with this priority (vulnerable customers count as the first)."""
    tiers = hall.content.tiers
    return next((key for key, tier in tiers.items() if tier.priority >= priority), next(reversed(tiers)))


def seed_of(hall: Hall) -> int:
    """One seed a branch and minute: asking twice gives the same answer."""
    return zlib.crc32(f"{hall.branch.code} {hall.now:%Y-%m-%d %H:%M}".encode())


def state_of(hall: Hall) -> "twin.State":
    """The hall as a state of the twin; ModelError when the twin cannot picture it."""
    return _state(hall, _rows(hall))


def known(hall: Hall) -> list[Ticket]:
    """Waiting tickets that the twin knows, in the order of calling: number i there is the i-th of them."""
    return [t for t in hall.waiting if t.service in hall.content.services]


def _rows(hall: Hall) -> list[tuple[float, str, str]]:
    return [(_minute(hall, t.seniority_at), t.service, tier_of(hall, t.priority)) for t in known(hall)]


def _state(hall: Hall, waiting: list[tuple[float, str, str]]) -> "twin.State":
    from counterpoint.science import twin

    now, spans = _minute(hall, hall.now), _spans(hall, _minute(hall, hall.now))
    model = _model(hall, spans)
    walk = {c.code: c.walk for c in model.counters}  # who has begun had walked before
    seated = [p for p in hall.posts if p.duty is not None and p.duty.place == "counter"]
    serving = [
        (
            str(p.counter.number), p.ticket.service,
            min(now, _minute(hall, p.ticket.started_at) - walk[str(p.counter.number)] if p.ticket.started_at else now),
        )
        for p in seated
        if p.ticket is not None and p.ticket.service in hall.content.services
    ]  # fmt: skip
    state = twin.state_from_live(
        model, _staffing(hall, spans, now), now=now, seed=seed_of(hall), waiting=waiting,
        in_service=serving, rates=expected.rates(hall), start_minute=0.0, interval_minutes=float(expected.GRAIN),
        open_counters=[str(p.counter.number) for p in hall.posts if p.open],
        devices_down=[d.code for d in hall.devices if not d.in_service],
    )  # fmt: skip
    return twin.put_first(state, [i for i, t in enumerate(known(hall)) if t.first])


def model_of(hall: Hall) -> "twin.BranchModel":
    """The branch as the twin sees it on the hall's day, without who is inside."""
    return _model(hall, opening(hall))


def opening(hall: Hall) -> tuple[float, float]:
    """First and last minute of the hall's day, by its hours and its present minute."""
    return _spans(hall, _minute(hall, hall.now))


def _spans(hall: Hall, now: float) -> tuple[float, float]:
    """First opening and last closing minute of the day; a hall that is busy outside its hours counts as open."""
    spans = hours_of(hall.branch).on(hall.on, provisional=True)
    opens = min((a for a, _ in spans), default=540)
    closes = max((b for _, b in spans), default=1020)
    return float(min(opens, now)), float(max(closes, now + 1))


def planned_model(hall: Hall) -> "twin.BranchModel":
    """The branch as content plans it, without what its own tickets say: what a check fits its values into.

    Nobody walks in it: the counter times that are fitted begin at the call, and so they are judged.
    """
    spans = _spans(hall, 0.0)
    able = tuple(hall.content.services)
    diversion = tuple((key, 0.0) for key in able)
    return _built(hall.on, hall.branch.rule_pack, (("1", able),), (), diversion, spans, edition())


def _model(hall: Hall, spans: tuple[float, float]) -> "twin.BranchModel":
    counters = tuple((str(p.counter.number), tuple(sorted(_equipped(hall, p.counter.kind)))) for p in hall.posts)
    devices = tuple((d.code, d.kind) for d in hall.devices)
    diversion = tuple((key, hall.diversions.get(key, 0.0)) for key in hall.content.services)
    model = _built(hall.on, hall.branch.rule_pack, counters, devices, diversion, spans, edition())
    check = newest(hall.branch, "id")
    model = with_walking(model, floor_of(hall.branch, hall.on), check is not None)
    return model if check is None else _fitted(model, check.pk)


@lru_cache(maxsize=256)
def _fitted(model: "twin.BranchModel", check: UUID) -> "twin.BranchModel":
    """The model with what a check found; read in the scope of whoever asks first."""
    return with_fit(model, json.dumps(TwinCheck.objects.get(pk=check).fitted))


def _equipped(hall: Hall, kind: str) -> set[str]:
    skills = hall.content.kind_skills(kind)
    return {key for key, s in hall.content.services.items() if s.skill in skills}


@lru_cache(maxsize=256)
def _built(
    on: Any, pack: str, counters: Any, devices: Any, diversion: Any, spans: tuple[float, float], _edition: Hashable
) -> "twin.BranchModel":
    from counterpoint.onsite.catalogue import catalogue
    from counterpoint.science import twin

    content = catalogue(on, pack)
    share, kinds = dict(diversion), {kind for _, kind in devices}
    services = tuple(
        twin.Service(
            s.key, twin.Duration(s.counter_minutes, s.counter_cv), device=s.device if s.device in kinds else None,
            self_service=twin.Duration(s.self_minutes) if s.device in kinds and s.self_minutes else None,
            divertible=share[s.key] if s.device in kinds else 0.0,
        )
        for s in content.services.values()
    )  # fmt: skip
    total = sum(t.share for t in content.tiers.values())
    tiers = tuple(
        twin.Tier(t.key, t.share / total, RANKS * t.priority, t.promise_minutes, t.patience_factor, t.key != "priority")
        for t in content.tiers.values()
    )
    return twin.BranchModel(
        services, tuple(twin.Counter(code, able) for code, able in counters), tiers,
        tuple(twin.Device(code, kind) for code, kind in devices), open_minute=spans[0], close_minute=spans[1],
        overrun_minutes=OVERRUN, uptake=1.0,
    )  # fmt: skip


def _staffing(hall: Hall, spans: tuple[float, float], now: float) -> "twin.Staffing":
    from counterpoint.science import twin

    shift = (min(spans[0], now) - 1.0, spans[1] + OVERRUN)
    people = []
    for duty in hall.duties:
        if duty.place not in ("counter", "break", "lobby", "back_office"):
            continue
        able = {key for key, s in hall.content.services.items() if not duty.skills or s.skill in duty.skills}
        breaks: tuple[tuple[float, float], ...] = ()
        plan = hall.plans.get(duty.user_id)
        end = float(plan.end) if plan and plan.end > now + 1.0 else shift[1]
        if duty.place == "break":
            until = max(now + 1.0, _minute(hall, duty.break_until or hall.now))
            begun = max(shift[0], min(now, _minute(hall, duty.since)))
            breaks = ((begun, until - begun),)
            end = max(end, until)
        elif plan and plan.lunch:
            begin, minutes = max(float(plan.lunch[0]), now + 1.0), float(plan.lunch[1] - plan.lunch[0])
            breaks = ((begin, minutes),) if begin + minutes <= end else ()
        post = str(duty.counter.number) if duty.counter and duty.place != "back_office" else None
        if duty.place == "lobby":
            post = "lobby"
        people.append(twin.Person(str(duty.user_id), tuple(sorted(able)), ((shift[0], end),), breaks, post))
    return twin.Staffing(tuple(people))
