"""Asking the advisor about a hall: from what stands in the database to options that people could really carry out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterpoint.foundation.api import DomainError
from counterpoint.onsite import futures, ordering
from counterpoint.onsite.catalogue import Catalogue
from counterpoint.onsite.localtime import minute_of
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.state import Hall

if TYPE_CHECKING:
    from counterpoint.science import advice

HORIZON = 60.0
FUTURES = 200
SHOWN = 6


class NotReady(DomainError):
    """The simulation is still being loaded, or cannot picture this hall."""

    code = "advisor_not_ready"
    status = 503


class NotCalibrated(DomainError):
    """The branch's rules keep advice back until its simulation has passed the trust gate."""

    code = "not_calibrated"
    status = 409


@dataclass(frozen=True)
class Found:
    """The best option and what the futures say: kind ``nothing`` when no action pays. `predicted` is plain JSON."""

    kind: str
    user: str
    counter: int | None
    service: str
    share: float | None
    predicted: dict[str, Any]


def consult(hall: Hall) -> Found | None:
    """Ask the advisor; None when the twin cannot picture this hall. The twin must be warm."""
    from counterpoint.science import advice, twin

    try:
        state = futures.state_of(hall)
        rules = rules_of(hall.content, told=ordering.told(hall))
        found = advice.advise(
            state, seed=futures.seed_of(hall), horizon=HORIZON, futures=FUTURES, rules=rules, loss=loss_of(hall.content)
        )
    except twin.ModelError:
        return None
    waiting = futures.known(hall)
    told = _option(found.chosen.option, waiting)
    return Found(
        told["kind"], told["user"], told["counter"], told["service"], told["share"],
        {
            "minute": round(minute_of(hall.branch, hall.now)), "horizon": HORIZON, "futures": FUTURES,
            "waiting": len(hall.waiting), "chosen": _standing(found.chosen, waiting),
            "nothing": _standing(found.nothing, waiting),
            "others": [_standing(s, waiting) for s in found.standings if s is not found.chosen][:SHOWN],
        },
    )  # fmt: skip


def rules_of(
    content: Catalogue, kinds: frozenset[str] | None = None, told: dict[int, float] | None = None
) -> "advice.Rules":
    """What the advisor may propose under this content; with `kinds` none but these; `told` are tickets' promises."""
    from counterpoint.science import advice

    own, ceilings = content.advice, {key: s.divertible for key, s in content.services.items()}
    allowed = frozenset(own.kinds) if kinds is None else kinds & frozenset(own.kinds)
    return advice.Rules(
        walk=own.walk, quiet=own.quiet, kinds=allowed, ceilings=ceilings, told=told,
        fairness=own.fairness.for_science(), surge=own.surge.for_science(),
    )  # fmt: skip


def loss_of(content: Catalogue) -> "advice.Loss":
    """What minutes, walk-outs, broken promises and moves weigh under this content."""
    from counterpoint.science import advice

    own = content.advice
    return advice.Loss(own.walkout, own.breach, own.staff_minute, own.move, own.least)


def _option(option: "advice.Option", waiting: Sequence[Ticket] = ()) -> dict[str, Any]:
    """The option as plain JSON; number i of its ticket is the i-th of `waiting`."""
    from counterpoint.science import twin

    told: dict[str, Any] = {
        "kind": option.kind, "user": option.person or "", "service": option.service or "",
        "counter": int(option.counter) if option.counter else None,
        "share": round(option.amount, 3) if option.kind == "guide" else None,
        "minute": next((round(c.to) for c in option.commands if isinstance(c, twin.MoveBreak)), None),
    }  # fmt: skip
    if option.ticket is not None:
        row = waiting[option.ticket]
        told |= {"ticket": str(row.pk), "label": row.label, "why": option.why, "overtaken": round(option.amount)}
    if option.steps:
        told |= {"minute": None, "steps": [_option(step, waiting) for step in option.steps]}
    return told


def _standing(standing: "advice.Standing", waiting: Sequence[Ticket]) -> dict[str, Any]:
    from counterpoint.science import advice

    means = standing.values.mean(axis=0)
    return _option(standing.option, waiting) | {
        "mean": {m: round(float(v), 2) for m, v in zip(advice.MEASURES, means, strict=True)},
        "saved": {m: round(-v, 2) for m, v in standing.difference.items()},
        "low": round(-standing.high["loss"], 1), "high": round(-standing.low["loss"], 1),
        "band": [round(v, 2) for v in standing.band("p90_wait")], "cost": round(standing.cost, 1),
        "dropped": standing.dropped, "futures": len(standing.values),
    }  # fmt: skip
