"""Snapshots in the words of the reader's language, arranged for each page. Pure: no queries."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.queries.snapshot import Lane, Queue, Snapshot

RECENT = 8


def skill_names() -> dict[str, str]:
    """Skills as queue names."""
    return {
        "cash": _("Cash"),
        "non_cash": _("Non-cash"),
        "wealth": _("Wealth and loans"),
        "corporate": _("Business customers"),
        "lobby": _("Lobby"),
        "other": _("Other"),
    }


def _content(hall: Snapshot, branch: OrgUnit) -> Catalogue:
    return catalogue(hall.on, branch.rule_pack)


def _names(content: Catalogue, language: str) -> dict[str, dict[str, str]]:
    return {
        "services": {key: s.name(language) for key, s in content.services.items()},
        "tiers": {key: t.name(language) for key, t in content.tiers.items()},
        "kinds": {key: k.name(language) for key, k in content.counter_kinds.items()},
        "skills": skill_names(),
    }


def calls(hall: Snapshot) -> list[Lane]:
    """Windows with a called or served number, the latest call first."""
    with_ticket = [lane for lane in hall.lanes if lane.ticket is not None]
    ordered = sorted(with_ticket, key=lambda lane: (lane.stage != "called", -_stamp(lane)))
    return ordered[:RECENT]


def _stamp(lane: Lane) -> float:
    return lane.stage_since.timestamp() if lane.stage_since else 0.0


def console(hall: Snapshot, user: UUID, number: int | None, language: str, branch: OrgUnit) -> dict[str, Any]:
    """The teller's window (the one they sit at, else the chosen one) and who waits for it."""
    content = _content(hall, branch)
    own = next((lane for lane in hall.lanes if lane.user == user), None)
    lane = own or next((one for one in hall.lanes if one.number == number), None)
    mine = [q for q in hall.queues if lane is not None and q.skill in lane.skills]
    return {
        "hall": hall, "lane": lane, "seated": own is not None, "queues": mine, "names": _names(content, language),
        "waiting": sum(len(q.dots) for q in mine), "counters": [one for one in hall.lanes if one.user is None],
        "services": [(key, s.name(language)) for key, s in content.services.items()],
        "held": [(d, content.services[d.service].name(language)) for d in hall.held if d.service in content.services],
        "next_up": [d for q in mine for d in q.dots][:5],
    }  # fmt: skip


def lobby(hall: Snapshot, language: str, branch: OrgUnit) -> dict[str, Any]:
    """Queues, the longest waits first, services for a new ticket, machines."""
    content = _content(hall, branch)
    dots = sorted((d for q in hall.queues for d in q.dots), key=lambda d: -d.minutes)
    return {
        "hall": hall, "names": _names(content, language), "dots": dots[:30], "more": max(0, len(dots) - 30),
        "services": [(key, s.name(language)) for key, s in content.services.items()],
        "tiers": [(key, t.name(language)) for key, t in content.tiers.items()],
        "divertible": {key for key, s in content.services.items() if s.device},
    }  # fmt: skip


def hall(found: Snapshot, language: str, branch: OrgUnit) -> dict[str, Any]:
    """Lanes, queues with their faint future, the verdict in one sentence."""
    content = _content(found, branch)
    divertible = [(key, s.name(language), s.divertible) for key, s in content.services.items() if s.divertible > 0]
    return {
        "hall": found, "branch": branch, "names": _names(content, language), "verdict": verdict(found),
        "divertible": divertible, "level": level(found), "bars": {q.skill: bars(q) for q in found.queues},
    }  # fmt: skip


def level(found: Snapshot) -> str:
    """How loud the hall is: red only when somebody must act."""
    if found.late >= 3 or any(q.dots and not q.windows for q in found.queues):
        return "act"
    return "watch" if found.late or any(lane.state == "unstaffed" for lane in found.lanes) else "calm"


def verdict(found: Snapshot) -> str:
    """The hall in one sentence."""
    stuck = next((q for q in found.queues if q.dots and not q.windows), None)
    if stuck is not None:
        return _("%(count)d wait for %(queue)s and no window serves them.") % {
            "count": len(stuck.dots), "queue": skill_names().get(stuck.skill, stuck.skill),
        }  # fmt: skip
    if not found.waiting:
        return _("Nobody is waiting.")
    if found.late:
        return _("%(waiting)d wait, the longest %(longest)d minutes; %(late)d beyond the promise.") % {
            "waiting": found.waiting, "longest": found.longest, "late": found.late,
        }  # fmt: skip
    return _("%(waiting)d wait, the longest %(longest)d minutes; all within the promise.") % {
        "waiting": found.waiting, "longest": found.longest,
    }  # fmt: skip


def bars(queue: Queue) -> list[dict[str, float]]:
    """The coming quarter hours as bars of a 100 × 40 drawing: expected number, and its 90 % quantile behind it."""
    if not queue.future:
        return []
    top = max(8.0, *queue.future_high, float(len(queue.dots)))
    width = 100 / len(queue.future)
    return [
        {
            "x": round(i * width + 0.5, 2), "width": round(width - 1, 2), "mean": mean, "high": high,
            "mean_y": round(40 - 40 * mean / top, 2), "mean_h": round(40 * mean / top, 2),
            "high_y": round(40 - 40 * high / top, 2), "high_h": round(40 * high / top, 2),
        }
        for i, (mean, high) in enumerate(zip(queue.future, queue.future_high, strict=True))
    ]  # fmt: skip
