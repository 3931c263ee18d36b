"""The question as plain values, written in an address and read from one; what makes no sense is said and left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import calendar
from counterpoint.onsite.whatif.ground import Ground

Sent = Mapping[str, Sequence[str]]
LEAST, MOST = -50, 200
MOST_ROWS = 4
MOST_COUNT = 500
MOST_ADDED = 6
LONGEST_PROMISE = 120
USUAL_UPTAKE = 50  # per cent of those whom a machine could serve and who are guided there (planning value)
LUNCHES = ("planned", "staggered", "together")
OFF = "off"
EVERY = "all"
MIXED = "any"  # tier; a word, so that no field of a written address is empty


@dataclass(frozen=True)
class Surge:
    """`count` more customers of a service, evenly at random from `start` to `end`; of a tier, or mixed as usual."""

    service: str
    count: int
    start: int
    end: int
    tier: str = ""


@dataclass(frozen=True)
class Added:
    """`count` more people of a skill at windows from `start` to `end`."""

    skill: str
    count: int
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A counter's number or a machine's code (a kind, or all) that is out from `start` to `end`."""

    what: str
    start: int
    end: int


@dataclass(frozen=True)
class Slow:
    """Everybody at the windows works at `percent` of the usual speed from `start` to `end`."""

    percent: int
    start: int
    end: int


@dataclass(frozen=True)
class Scenario:
    """What is different from the plan; the default changes nothing. Percentages are whole numbers."""

    arrivals: int = 0
    groups: tuple[tuple[str, int], ...] = ()
    surges: tuple[Surge, ...] = ()
    posts: tuple[tuple[str, str], ...] = ()  # person → off, or the skill that they do all day
    added: tuple[Added, ...] = ()
    closed: tuple[Span, ...] = ()
    outages: tuple[Span, ...] = ()
    slow: Slow | None = None
    seniors: bool = True
    vips: bool = True
    first: str = ""  # the service called before all others
    promise: int | None = None
    uptake: int = USUAL_UPTAKE
    lunch: str = "planned"
    moved: tuple[tuple[str, int], ...] = ()  # person → minute at which lunch begins

    @property
    def absent(self) -> frozenset[str]:
        """Who does not come."""
        return frozenset(key for key, post in self.posts if post == OFF)


@dataclass
class _Reader:
    """Reads one address for one ground; collects in words what it had to leave out."""

    sent: Sent
    ground: Ground
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        return (self.sent.get(name) or [""])[-1].strip()

    def odd(self, words: str, text: str, label: str) -> None:
        """Note what was sent and for what; never more of it than is worth reading."""
        self.problems.append(words % {"text": text[:20], "label": label})

    def number(self, text: str, low: int, high: int, label: str, default: int = 0) -> int:
        """A whole number within limits; beyond them the nearest limit, and a word about it."""
        if not text:
            return default
        try:
            found = int(text) if len(text) <= 9 else None
        except ValueError:
            found = None
        if found is None:
            self.odd(_("“%(text)s” is no number for %(label)s; left out."), text, label)
            return default
        if not low <= found <= high:
            values = {"label": label, "low": low, "high": high}
            self.problems.append(_("%(label)s goes from %(low)d to %(high)d; the nearest was taken.") % values)
        return min(high, max(low, found))

    def choice(self, text: str, known: Iterable[str], label: str, default: str = "") -> str:
        """A known word, the default when it is empty or unknown."""
        if not text or text == default or text in known:
            return text or default
        self.odd(_("“%(text)s” is not known here (%(label)s); left out."), text, label)
        return default

    def minute(self, text: str, default: int, label: str) -> int:
        """HH:MM as a minute within the opening hours."""
        if not text:
            return default
        hours, colon, minutes = text.replace("：", ":").partition(":")
        sound = colon and hours.isdecimal() and minutes.isdecimal() and len(hours) <= 2 and len(minutes) == 2
        if not sound or int(hours) > 24 or int(minutes) > 59:
            self.odd(_("“%(text)s” is no time for %(label)s; left out."), text, label)
            return default
        return min(self.ground.closes, max(self.ground.opens, 60 * int(hours) + int(minutes)))

    def span(self, start: str, end: str, label: str) -> tuple[int, int] | None:
        """From–to; empty ends are opening and closing. None, and a word, when nothing lies between."""
        first, last = self.minute(start, self.ground.opens, label), self.minute(end, self.ground.closes, label)
        if first < last:
            return first, last
        self.problems.append(_("%(label)s: the end does not lie after the beginning; left out.") % {"label": label})
        return None

    def rows(self, *names: str) -> list[tuple[str, ...]]:
        """Rows of repeated fields whose first field is filled, at most MOST_ROWS."""
        columns = [self.sent.get(name, []) for name in names]
        every = [tuple(cell.strip() for cell in row) for row in zip_longest(*columns, fillvalue="")]
        return [row for row in every if row[0]][:MOST_ROWS]


def read(sent: Sent, ground: Ground) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario of an address, and in words what was left out or bounded."""
    r = _Reader(sent, ground)
    label = _("customer numbers")
    groups = [(s, r.number(r.text(f"more_{s}"), LEAST, MOST, label)) for s in ground.skills]
    promise = r.number(r.text("promise"), 1, LONGEST_PROMISE, _("promise"))
    found = Scenario(
        arrivals=r.number(r.text("arrivals"), LEAST, MOST, label),
        groups=tuple((skill, percent) for skill, percent in groups if percent),
        surges=_surges(r),
        posts=_posts(r),
        added=_added(r),
        closed=_spans(r, "close", [str(d.number) for d in ground.desks], _("closed windows")),
        outages=_spans(r, "out", machine_words(ground), _("machines out of order")),
        slow=_slow(r),
        seniors=r.choice(r.text("seniors"), ("off",), _("rules")) != "off",
        vips=r.choice(r.text("vips"), ("off",), _("rules")) != "off",
        first=r.choice(r.text("first"), [s.key for s in ground.services], _("rules")),
        promise=promise or None,
        uptake=r.number(r.text("uptake"), 0, 100, _("use of machines"), USUAL_UPTAKE),
        lunch=r.choice(r.text("lunch"), LUNCHES, _("lunch"), "planned"),
        moved=_moved(r),
    )
    return found, tuple(dict.fromkeys(f"{p[:1].upper()}{p[1:]}" for p in r.problems))


def machine_words(ground: Ground) -> list[str]:
    """What may be named as out of order: all machines, a kind, or one machine."""
    kinds = dict.fromkeys(m.kind for m in ground.machines)
    return [EVERY, *kinds, *(m.code for m in ground.machines)] if ground.machines else []


def _surges(r: _Reader) -> tuple[Surge, ...]:
    label = _("surge")
    found = []
    fields = ("surge_service", "surge_count", "surge_from", "surge_to", "surge_tier")
    for service, count, start, end, tier in r.rows(*fields):
        key = r.choice(service, [s.key for s in r.ground.services], label)
        number, span = r.number(count, 0, MOST_COUNT, label), r.span(start, end, label)
        if key and number and span:
            mixed = "" if tier == MIXED else tier
            found.append(Surge(key, number, *span, r.choice(mixed, [t.key for t in r.ground.tiers], label)))
    return tuple(found)


def _posts(r: _Reader) -> tuple[tuple[str, str], ...]:
    words = (OFF, *r.ground.skills, "lobby")
    chosen = [(w.key, r.choice(r.text(f"post_{w.key}"), words, w.name)) for w in r.ground.workers]
    return tuple((key, post) for key, post in chosen if post)


def _added(r: _Reader) -> tuple[Added, ...]:
    label = _("more people")
    found = []
    for skill, count, start, end in r.rows("add_skill", "add_count", "add_from", "add_to"):
        key = r.choice(skill, (*r.ground.skills, "lobby"), label)
        number, span = r.number(count, 1, MOST_ADDED, label, 1), r.span(start, end, label)
        if key and span:
            found.append(Added(key, number, *span))
    return tuple(found)


def _spans(r: _Reader, name: str, known: Sequence[str], label: str) -> tuple[Span, ...]:
    found = []
    for what, start, end in r.rows(name, f"{name}_from", f"{name}_to"):
        key, span = r.choice(what, known, label), r.span(start, end, label)
        if key and span:
            found.append(Span(key, *span))
    return tuple(found)


def _slow(r: _Reader) -> Slow | None:
    label = _("slower service")
    percent = r.number(r.text("speed"), 10, 100, label, 100)
    span = r.span(r.text("speed_from"), r.text("speed_to"), label) if percent < 100 else None
    return Slow(percent, *span) if span else None


def _moved(r: _Reader) -> tuple[tuple[str, int], ...]:
    found = []
    for worker in r.ground.workers:
        minute = r.minute(r.text(f"lunch_{worker.key}"), -1, worker.name)
        if worker.lunch and minute >= 0 and minute != worker.lunch[0]:
            found.append((worker.key, minute))
    return tuple(found)


def clock(minute: float) -> str:
    """``640`` → ``10:40``."""
    return calendar.wall(minute)


def query(one: Scenario) -> list[tuple[str, str]]:
    """The fields of the shortest address that `read` turns into the same scenario."""
    plain: list[tuple[str, Any, Any]] = [
        ("arrivals", one.arrivals, 0), ("first", one.first, ""), ("uptake", one.uptake, USUAL_UPTAKE),
        ("promise", one.promise, None), ("lunch", one.lunch, "planned"),
        ("seniors", "" if one.seniors else "off", ""), ("vips", "" if one.vips else "off", ""),
        *((f"more_{skill}", percent, 0) for skill, percent in one.groups),
        *((f"post_{key}", post, "") for key, post in one.posts),
        *((f"lunch_{key}", clock(minute), "") for key, minute in one.moved),
    ]  # fmt: skip
    found = [(name, str(value)) for name, value, default in plain if value != default]
    times: Callable[[str, Any], list[tuple[str, str]]] = lambda name, row: [  # noqa: E731
        (f"{name}_from", clock(row.start)), (f"{name}_to", clock(row.end))
    ]  # fmt: skip
    for surge in one.surges:
        found += [("surge_service", surge.service), ("surge_count", str(surge.count)), *times("surge", surge)]
        found.append(("surge_tier", surge.tier or MIXED))
    for more in one.added:
        found += [("add_skill", more.skill), ("add_count", str(more.count)), *times("add", more)]
    for name, spans in (("close", one.closed), ("out", one.outages)):
        for span in spans:
            found += [(name, span.what), *times(name, span)]
    if one.slow:
        found += [("speed", str(one.slow.percent)), *times("speed", one.slow)]
    return found
