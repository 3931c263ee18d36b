"""What starts a real play besides a person and a date: a case of a type (and level), the breach of a metric."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import NotFound, OrgUnit, branch, system_scope
from counterpoint.primitives import cases, metrics
from counterpoint.primitives.playbooks.actions import play_start
from counterpoint.primitives.playbooks.definition import playbooks
from counterpoint.primitives.playbooks.errors import AlreadyRunning
from counterpoint.primitives.playbooks.verbs import START, VIEW

OPENING = frozenset({"opened", "level"})


def start_by(unit: OrgUnit, key: str, trigger: str, once: str, now: datetime) -> UUID:
    """Start a real play for a cause, once for each cause; while the plan runs already, that play is the answer."""
    scope = system_scope((START, VIEW), (unit.path,), label="trigger")
    try:
        return play_start(scope=scope, org_unit=unit, playbook=key, now=now, trigger=trigger, key=once[:120]).id
    except AlreadyRunning as running:
        found = running.details["play"]
        assert isinstance(found, UUID)
        return found


def on_case(event: str, case: cases.CaseView, now: datetime) -> None:
    """A case was opened, or its level was changed: start what waits for that. A play is a branch's; the case of a
    region or of a virtual team starts none."""
    if event not in OPENING:
        return
    try:
        unit = branch(scope=system_scope((VIEW,), label="trigger"), code=case.branch)
    except NotFound:
        return
    for key, item in playbooks(unit.date_at(now), unit.rule_pack).items():
        cause = item.value.trigger
        if cause.case_type == case.type and (not cause.case_levels or case.level in cause.case_levels):
            start_by(unit, key, f"case:{case.id}", f"case:{case.id}:{key}", now)


def on_breach(breach: metrics.Breach, config: Mapping[str, Any]) -> str:
    """A metric's `on_breach` names a playbook: start it, and answer its name."""
    play = start_by(
        breach.branch, str(config["playbook"]), f"metric:{breach.metric.key}", f"{breach.key}:play", breach.now
    )
    return f"play:{play}"


def figures(key: str, unit: OrgUnit, on: date) -> list[metrics.Metric]:
    """The figures whose breach starts a plan at a branch."""
    known = metrics.metrics(on, unit.rule_pack, unit.path)
    return [one for one in known.values() if one.on_breach.get("playbook") == key]


def register() -> None:
    """Listen to the primitives below."""
    cases.register_listener(on_case)
    metrics.register_breach_handler("playbook", on_breach)
