"""A closed live day as a day to be played: without names, staff numbers, ticket numbers of that day, or words."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from counterpoint.academy.models import DrillDay
from counterpoint.academy.science import advice, playing, replay, twin

MAGIC = b"day1"
FIELDS = ("minute", "kind", "ticket", "counter", "person", "what", "value")
REASONS = frozenset({"diverted", "cancelled", "ended_uncalled", "abandoned", "no_show"})


@dataclass(frozen=True)
class Stored:
    """A day that can be lived again exactly, and played: the record, the branch, who was expected, what counts."""

    recorded: replay.Recorded
    model: twin.BranchModel
    rates: tuple[tuple[float, ...], ...]
    loss: advice.Loss
    seed: int


def anonymous(recorded: replay.Recorded, model: twin.BranchModel) -> tuple[replay.Recorded, twin.BranchModel]:
    """The same day with people p1, p2, … in the order in which the record tells of them, tickets 1, 2, … in the order
    in which they were taken, machines by kind and number. Words that are no code of the branch are dropped."""
    seen = [event.person for event in recorded.events if event.person]
    people = _numbered([*seen, *(worker.code for worker in recorded.workers)], "p")
    taken = [event.ticket for event in recorded.events if event.kind == "take"]
    tickets = _numbered([*taken, *(visit.code for visit in recorded.visits)], "")
    machines = _numbered([device.code for device in model.devices], "m")
    words = frozenset(replay.PLACES) | REASONS | set(model.service_codes) | set(model.tier_codes)

    def what(event: replay.Event) -> str:
        if event.kind in ("down", "up"):
            return machines.get(event.what, "")
        return ",".join(part for part in event.what.split(",") if part in words)

    counters = _counters(recorded, model)
    events = tuple(
        replace(
            event, person=people.get(event.person, ""), ticket=tickets.get(event.ticket, ""), what=what(event),
            counter=counters.get(event.counter, ""),
        )
        for event in recorded.events
        if not (event.kind in ("down", "up") and event.what not in machines)
    )  # fmt: skip
    return (
        replace(
            recorded, events=events,
            visits=tuple(replace(v, code=tickets[v.code], after=tickets.get(v.after, "")) for v in recorded.visits),
            workers=tuple(replace(worker, code=people[worker.code]) for worker in recorded.workers),
            opened=tuple(counters[code] for code in recorded.opened if code in counters),
            down=tuple(machines[code] for code in recorded.down if code in machines),
            shares=tuple((service, share) for service, share in recorded.shares if service in words),
        ),
        replace(
            model, devices=tuple(replace(device, code=machines[device.code]) for device in model.devices),
            counters=tuple(replace(counter, code=counters[counter.code]) for counter in model.counters),
        ),
    )  # fmt: skip


def _counters(recorded: replay.Recorded, model: twin.BranchModel) -> dict[str, str]:
    """Windows keep their number; where a window was told by who served there, it gets one."""
    named = dict.fromkeys(
        [*model.counter_codes, *recorded.opened, *(event.counter for event in recorded.events if event.counter)]
    )
    found = {code: code for code in named if code.isdecimal()}
    free = (str(n) for n in range(1, 10_000) if str(n) not in found)
    return {code: found.get(code) or next(free) for code in named}


def _numbered(codes: list[str], letter: str) -> dict[str, str]:
    return {code: f"{letter}{n}" for n, code in enumerate(dict.fromkeys(codes), 1)}


def pack(day: Stored) -> bytes:
    """Bytes of a day; `unpack` gives an equal one, so that its digest names it."""
    record = day.recorded
    plain = {
        "events": [[getattr(event, name) for name in FIELDS] for event in record.events],
        "visits": [asdict(visit) for visit in record.visits], "workers": [asdict(one) for one in record.workers],
        "until": record.until, "opened": record.opened, "down": record.down, "shares": record.shares,
        "inferred": record.inferred, "model": json.loads(day.model.to_json()), "rates": day.rates,
        "loss": asdict(day.loss), "seed": day.seed,
    }  # fmt: skip
    return MAGIC + zlib.compress(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode(), 9)


def unpack(data: bytes) -> Stored:
    """The day in `data`; ValueError for other bytes."""
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("These bytes are not a day of this version.")
    plain: Mapping[str, Any] = json.loads(zlib.decompress(data[len(MAGIC) :]))
    record = replay.Recorded(
        tuple(replay.Event(**dict(zip(FIELDS, row, strict=True))) for row in plain["events"]),
        tuple(replay.Visit(**row) for row in plain["visits"]),
        tuple(replay.Worker(**{**row, "skills": tuple(row["skills"])}) for row in plain["workers"]),
        plain["until"], tuple(plain["opened"]), tuple(plain["down"]),
        tuple((service, share) for service, share in plain["shares"]), plain["inferred"],
    )  # fmt: skip
    model = twin.BranchModel.from_json(json.dumps(plain["model"]))
    rates = tuple(tuple(row) for row in plain["rates"])
    return Stored(record, model, rates, advice.Loss(**plain["loss"]), plain["seed"])


def digest(payload: bytes) -> str:
    """The name of a day's bytes."""
    return hashlib.sha256(payload).hexdigest()


def scenario_of(day: Stored) -> replay.Scenario:
    """The stored day, to be lived again."""
    return replay.scenario(day.recorded, day.model)


def game_of(day: Stored) -> playing.Game:
    """The stored day, to be played from its opening."""
    return playing.of_record(scenario_of(day), np.array(day.rates), seed=day.seed, loss=day.loss)


@lru_cache(maxsize=8)
def _lived(payload: bytes) -> replay.Scenario:
    return scenario_of(unpack(payload))


def real_orders(day: DrillDay, game: playing.Game) -> tuple[playing.Order, ...]:
    """What the supervisor of that day ordered, as orders of its game."""
    return playing.decided(_lived(bytes(day.payload)), game)
