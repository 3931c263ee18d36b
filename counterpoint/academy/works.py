"""Works of the tick, jobs and proofs of the academy by name. What needs the science is imported when it runs, so that a
process that plays and measures nothing starts without it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from counterpoint.academy.certificates import evidence
from counterpoint.academy.rules import awarding
from counterpoint.foundation.api import clock, jobs, tick


@tick.every("academy.sittings", 5, atomic=False)
def sittings(now: datetime) -> int:
    """Hand in exams whose time is over."""
    from counterpoint.academy.exams import ticking

    return ticking.sittings(now)


@tick.every("academy.errands", 5, atomic=False)
def errands(now: datetime) -> int:
    """Let errands of running drills come and be read in time, whether or not somebody looks at the drill's page."""
    from counterpoint.academy.drill import ticking

    return ticking.errands(now, clock.SystemClock().now())


@tick.every("academy.calibrate", 3600, atomic=False)
def calibrate_nightly(now: datetime) -> int:
    """Ask for questions to be measured."""
    from counterpoint.academy.exams import measuring

    return measuring.nightly(now)


@jobs.job("academy.calibrate")
def calibrate(payload: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Measure questions."""
    from counterpoint.academy.exams import measuring

    return measuring.calibrate(payload, **given)


@tick.every("academy.days", 3600, atomic=False)
def days_hourly(now: datetime) -> int:
    """Ask for the days of exams to be measured."""
    from counterpoint.academy.exams import days

    return days.hourly(now)


@jobs.job("academy.days")
def measure_days(payload: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Have scripted players measure the days of exams."""
    from counterpoint.academy.exams import days

    return days.measure(payload, **given)


@tick.every("academy.judgements", 30)
def judgements(now: datetime) -> int:
    """Ask for played days to be judged."""
    from counterpoint.academy.debrief import work

    return work.due(now)


@jobs.job("academy.judge")
def judge(payload: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Judge a played day at once."""
    from counterpoint.academy.debrief import work

    return work.judge_job(payload, **given)


@jobs.job("academy.reference")
def reference(payload: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Search long for a day, and judge those who played it."""
    from counterpoint.academy.debrief import work

    return work.reference_job(payload, **given)


@tick.every("academy.shadow", 300)
def shadow_due(now: datetime) -> int:
    """Ask for choices beside closed days to be judged."""
    from counterpoint.academy.debrief import shadow

    return shadow.due(now)


@jobs.job("academy.shadow")
def shadow(payload: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Judge choices beside a closed day."""
    from counterpoint.academy.debrief import shadow as shadows

    return shadows.shadow_job(payload, **given)


@tick.every("academy.statements", 15, atomic=False)
def statements(now: datetime) -> int:
    """Tell record stores what is new."""
    from counterpoint.academy.connect import sending

    return sending.tell_stores(now)


def _exam(asked: evidence.Asked) -> Iterable[awarding.Evidence]:
    from counterpoint.academy.certificates import proofs

    return proofs.exam(asked)


def _scenarios(asked: evidence.Asked) -> Iterable[awarding.Evidence]:
    from counterpoint.academy.certificates import proofs

    return proofs.scenarios(asked)


def _shadow(asked: evidence.Asked) -> Iterable[awarding.Evidence]:
    from counterpoint.academy.certificates import proofs

    return proofs.shadow_licence(asked)


evidence.register(awarding.EXAM, _exam)
evidence.register(awarding.SCENARIOS, _scenarios)
evidence.register(awarding.SHADOW, _shadow)
