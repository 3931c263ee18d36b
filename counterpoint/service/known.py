"""What a complaint's own record knows for its report: the case's fields, the steps of its journal and their times, the
words of who solved it, and the measures that other cases carry."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import Scope
from counterpoint.primitives.cases import CaseDetail, Told, timeline
from counterpoint.service.entry import TYPE
from counterpoint.service.models import Complaint
from counterpoint.ui.punctuation import listed, sign

STEPS = frozenset({
    "opened", "assigned", "accepted", "level", "milestone", "paused", "resumed", "resolved", "verified", "extended",
    "reopened", "breached",
})  # fmt: skip


def facts_of(scope: Scope, row: Complaint, detail: CaseDetail) -> dict[str, str]:
    """Facts by name in the reader's language; "" for what nobody recorded. Inside `scoped(scope)`."""
    shown = {field.slug: field.shown for field in detail.fields}
    told = timeline(scope=scope, case=row.case)
    round_ = told[max((n for n, line in enumerate(told) if line.kind == "reopened"), default=0) :]
    zone = ZoneInfo(row.org_unit.time_zone)
    accepted, resolved, verified = (_last(round_, kind) for kind in ("accepted", "resolved", "verified"))
    return {
        "received": _moment(row.received_at, zone), "channel": shown.get("channel", ""),
        "level": detail.case.level_name, "category": shown.get("category", ""), "label": detail.case.label,
        "owner": (accepted.actor_name if accepted else "") or detail.case.owner_name,
        "taken": _moment(accepted.at, zone) if accepted else "",
        "steps": "\n".join(_step(line, zone) for line in told if line.kind in STEPS),
        "root_cause": shown.get("root_cause", ""), "remedy": _paragraphs(shown.get("remedy", ""), resolved),
        "resolved": _moment(resolved.at, zone) if resolved else "",
        "verified": _who(verified, zone) if verified and detail.verified else "",
        "satisfied": shown.get("satisfied", ""), "measures": "\n".join(_measures(detail, zone)),
    }  # fmt: skip


def _last(told: Iterable[Told], kind: str) -> Told | None:
    return next((line for line in reversed([*told]) if line.kind == kind), None)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _who(line: Told, zone: ZoneInfo) -> str:
    return " ".join(part for part in (_moment(line.at, zone), line.actor_name) if part)


def _step(line: Told, zone: ZoneInfo) -> str:
    """A line of the journal: when, what, by whom; never the words of a note."""
    what = f"{line.label}{sign(':')}{line.detail}" if line.detail else line.label
    return " ".join(part for part in (_moment(line.at, zone), what, line.actor_name) if part)


def _paragraphs(remedy: str, resolved: Told | None) -> str:
    """The remedy as the case holds it, and what its solver wrote beside it."""
    parts = [remedy, resolved.text if resolved else ""]
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _measures(detail: CaseDetail, zone: ZoneInfo) -> Iterable[str]:
    """The cases of other kinds that belong to the complaint: what is done, by whom, by when, and how far it is."""
    for link in detail.links:
        one = link.case
        if one.type == TYPE:
            continue
        due = one.ended_at or one.due_at
        day = f"{due.astimezone(zone):%Y-%m-%d}" if due else ""
        about = listed(part for part in (one.owner_name, day, one.stage_name) if part)
        yield f"{one.label} {one.title}{sign(':')}{about}"
