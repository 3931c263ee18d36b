"""Statistics of complaints: by cause, level, channel and time, with counts and intervals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import OrgUnit, Scope, calendar, scoped
from counterpoint.primitives.metrics import intervals
from counterpoint.service.models import Complaint
from counterpoint.service.verbs import STATS

FEW = 30  # below this many a share is shown with the word that it is few


@dataclass(frozen=True)
class Share:
    """A share of `n`, with its 95 % interval (Wilson); None without cases."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def few(self) -> bool:
        """Whether the sample is small."""
        return self.n < FEW


@dataclass(frozen=True)
class Group:
    """A row of a table: its key, how many, the share of all, the running share (Pareto), and how many in time."""

    key: str
    count: int
    part: float
    running: float
    on_time: Share


@dataclass(frozen=True)
class Counted:
    """Statistics of a period. `months` are (year-month, count by level)."""

    since: date
    until: date
    total: int
    open: int
    on_time: Share
    satisfied: Share
    repeated: Share
    agreed: Share
    by_cause: tuple[Group, ...]
    by_category: tuple[Group, ...]
    by_level: tuple[Group, ...]
    by_channel: tuple[Group, ...]
    months: tuple[tuple[str, dict[str, int]], ...]


def counted(*, scope: Scope, branch: OrgUnit | None, since: date, until: date) -> Counted:
    """Complaints received from `since` to `until` (both inclusive) of a branch, or of all that the caller may count."""
    zone = ZoneInfo(branch.time_zone if branch else "Asia/Shanghai")
    begin, end = calendar.local(since, 0, zone), calendar.local(until + timedelta(days=1), 0, zone)
    with scoped(scope):
        rows = Complaint.objects.filter(received_at__gte=begin, received_at__lt=end, merged=False)
        rows = rows.filter(org_unit=branch) if branch else rows.filter(org_path__within=scope.grants.get(STATS, ()))
        return count([*rows.order_by("received_at")], since, until, zone)


def count(rows: list[Complaint], since: date, until: date, zone: ZoneInfo) -> Counted:
    """The same, of given rows."""
    closed = [one for one in rows if one.stage_kind == "closed"]
    answered = [one for one in closed if one.satisfied is not None]
    confirmed = [one for one in rows if one.confirmed_at is not None]
    return Counted(
        since=since, until=until, total=len(rows),
        open=sum(one.stage_kind in ("open", "doing", "resolved") for one in rows),
        on_time=_share(one.breaches == 0 for one in closed), satisfied=_share(bool(one.satisfied) for one in answered),
        repeated=_share(one.repeats > 0 for one in rows),
        agreed=_share(one.level == one.proposed_level for one in confirmed),
        by_cause=_groups(rows, "root_cause"), by_category=_groups(rows, "category"), by_level=_groups(rows, "level"),
        by_channel=_groups(rows, "channel"), months=_months(rows, zone),
    )  # fmt: skip


def _share(values: Iterable[bool]) -> Share:
    held = list(values)
    hits, n = sum(held), len(held)
    span = intervals.share(hits, n)
    return Share(hits, n, hits / n if n else None, span[0] if span else None, span[1] if span else None)


def _groups(rows: list[Complaint], column: str) -> tuple[Group, ...]:
    """By size, largest first; what has no value yet stays out of causes."""
    known = [one for one in rows if getattr(one, column)]
    counts = Counter(str(getattr(one, column)) for one in known)
    found, running = [], 0
    for key, many in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        running += many
        mine = [one for one in known if getattr(one, column) == key and one.stage_kind == "closed"]
        on_time = _share(one.breaches == 0 for one in mine)
        found.append(Group(key, many, many / len(known), running / len(known), on_time))
    return tuple(found)


def _months(rows: list[Complaint], zone: ZoneInfo) -> tuple[tuple[str, dict[str, int]], ...]:
    months: dict[str, Counter[str]] = {}
    for one in rows:
        months.setdefault(f"{one.received_at.astimezone(zone):%Y-%m}", Counter())[one.level] += 1
    return tuple((month, dict(levels)) for month, levels in sorted(months.items()))
