"""What the caller may do with a case as it stands: the buttons of the page and nothing more than the verbs allow."""

from datetime import datetime

from counterpoint.foundation.api import Scope, roles
from counterpoint.primitives.cases.models import Case
from counterpoint.primitives.cases.state import State
from counterpoint.primitives.cases.types import CASE_TYPES, DEFAULT_RIGHTS, OPEN_KINDS, CaseType, in_force
from counterpoint.primitives.content import ContentError, every


def prefixes() -> list[str]:
    """Verb prefixes of all types, the default one among them."""
    return sorted({DEFAULT_RIGHTS} | {item.value.rights for item in every(CASE_TYPES)})


def may(scope: Scope, row: Case, kind: CaseType, state: State, now: datetime) -> frozenset[str]:
    """Verbs that would be accepted now: accept, move, resolve, verify, close, …"""
    held = {what for what in ("handle", "verify", "manage") if scope.may(kind.verb(what), row.org_path)}
    actor = str(scope.actor or "")
    if actor and state.owner == actor:
        held.add("handle")
    found = {"comment", "watch"}
    if kind.recuse_involved and actor in state.involved:
        return frozenset(found)
    found |= _by_stage(kind, state, held, actor, now)
    if "manage" in held and kind.kind_of(state.stage) in OPEN_KINDS and adoptable(row, kind, state, now):
        found.add("adopt")
    return frozenset(found)


def adoptable(row: Case, kind: CaseType, state: State, now: datetime) -> bool:
    """Whether a newer version of the type is in force than the case keeps, and knows its stage and level."""
    try:
        item = in_force(row.type, row.org_unit.date_at(now), row.pack, row.org_path)
    except ContentError:
        return False
    known = item.value.kind_of(state.stage) == kind.kind_of(state.stage) and item.value.level(state.level) is not None
    return item.version > state.version and known


def _by_stage(kind: CaseType, state: State, held: set[str], actor: str, now: datetime) -> set[str]:
    stage = kind.kind_of(state.stage)
    found: set[str] = set()
    if stage in ("open", "doing"):
        if "handle" in held:
            found |= {"move", "resolve", "level", "fields", "milestone", "link"}
            found |= {"accept"} if stage == "open" or state.owner != actor else set()
            if state.paused_at(now):
                found.add("resume")
            elif kind.reasons:
                found.add("pause")
        if "manage" in held:
            found |= {"assign", "drop", "merge", "involve"}
    elif stage == "resolved":
        others = not kind.verify_by_other or state.fixed_by != actor
        if "verify" in held and others and not state.verified_by:
            found.add("verify")
        if "handle" in held:
            found |= {"fields", "link"} | ({"close"} if state.verified_by or not kind.verify_by_other else set())
        if "manage" in held:
            found.add("assign")
    elif "handle" in held and not state.merged_into:
        found |= {"reopen", "link"}
    return found


def openable(scope: Scope, path: str, kind: CaseType) -> bool:
    """Whether the caller may open a case of this type there."""
    return roles.declared(kind.verb("open")) and scope.may(kind.verb("open"), path)
