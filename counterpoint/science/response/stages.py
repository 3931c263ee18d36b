"""What a plan is to this science: stages that open others, some by answer, some that repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class ResponseError(ValueError):
    """The stages do not make a plan; the message says which one is wrong."""


@dataclass(frozen=True)
class Stage:
    """A step. `opens` maps an answer ("" when nothing is asked) to the stages it opens; answers in `again` bring the
    stage round once more after `again_minutes`. `within` is its allowed and `usual` its known typical time, minutes.

    Of a plan that is under way one knows more: `ready` is when the stage began (minutes after the start), `so_far` how
    long it has been going on, `took` and `answer` how it ended.
    """

    key: str
    opens: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"": ()})
    within: float | None = None
    usual: float | None = None
    again: frozenset[str] = frozenset()
    again_minutes: float = 0.0
    ready: float | None = None
    so_far: float = 0.0
    took: float | None = None
    answer: str | None = None


@dataclass(frozen=True)
class Prior:
    """What is assumed of a step before it was measured; weighs as much as `weight` measurements.

    Log-normal around `usual` minutes, else `share` of the allowed time, else `default` minutes; `spread` is its sigma
    from run to run, `doubt` that of our not knowing the branch. 0.45 and 0.4 with a share of 0.6 keep an allowed time
    in four of five runs (design default).
    """

    weight: float = 2.0
    share: float = 0.6
    default: float = 5.0
    spread: float = 0.45
    doubt: float = 0.4

    def median(self, stage: Stage) -> float:
        """Typical minutes of a stage that nobody measured."""
        if stage.usual is not None:
            return stage.usual
        return self.default if stage.within is None else self.share * stage.within


def check(stages: Sequence[Stage]) -> None:
    """Raise `ResponseError` unless stages lead only to later ones and every repeating one has a way out."""
    place = {stage.key: n for n, stage in enumerate(stages)}
    if not stages:
        raise ResponseError("A plan needs at least one stage.")
    if len(place) < len(stages):
        raise ResponseError("Two stages share a key.")
    for stage in stages:
        if not stage.opens or not set(stage.opens) - stage.again:
            raise ResponseError(f"Stage {stage.key} has no answer that leads on.")
        for target in (one for listed in stage.opens.values() for one in listed):
            if place.get(target, -1) <= place[stage.key]:
                raise ResponseError(f"Stage {stage.key} leads to {target}, which is no later stage.")
