"""The form of the question as rows for the template: every field with what it stands at. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.onsite.whatif.ground import LOBBY, Ground
from counterpoint.onsite.whatif.scenario import LEAST, LUNCHES, MOST, OFF, Scenario, Span, clock, machine_words
from counterpoint.onsite.whatif.words import Names

SPARE = 1  # empty rows offered besides the filled ones
STEP = 5


@dataclass(frozen=True)
class Slider:
    """A percentage that a slider sets."""

    name: str
    label: str
    value: int
    low: int = LEAST
    high: int = MOST

    @property
    def step(self) -> int:
        """Steps of 5, unless an address stands between two: a browser would move it to the nearest."""
        return STEP if (self.value - self.low) % STEP == 0 else 1


def fields(ground: Ground, one: Scenario, names: Names) -> dict[str, Any]:
    """Everything that the form template draws."""
    more = dict(one.groups)
    posts = dict(one.posts)
    moved = dict(one.moved)
    offered = [(OFF, _("not there")), *((s, names.skills.get(s, s)) for s in (*ground.skills, LOBBY))]
    machines = [(word, names.machines[word]) for word in machine_words(ground)]
    return {
        "arrivals": Slider("arrivals", _("All customers"), one.arrivals),
        "groups": [Slider(f"more_{s}", names.skills.get(s, s), more.get(s, 0)) for s in ground.skills],
        "uptake": Slider("uptake", _("Use of machines by those who could"), one.uptake, 0, 100),
        "surges": [*((s.service, s.count, clock(s.start), clock(s.end), s.tier) for s in one.surges), *[EMPTY] * SPARE],
        "added": [*((a.skill, a.count, clock(a.start), clock(a.end)) for a in one.added), *[EMPTY[:4]] * SPARE],
        "closed": _spans(one.closed),
        "outages": _spans(one.outages),
        "slow": (one.slow.percent, clock(one.slow.start), clock(one.slow.end)) if one.slow else ("", "", ""),
        "people": [
            (
                w, names.people[w.key], names.skills.get(w.main, w.main), posts.get(w.key, ""),
                clock(moved.get(w.key, w.lunch[0])) if w.lunch else "",
            )
            for w in ground.workers
        ],
        "posts": offered,
        "services": [(s.key, names.services[s.key]) for s in ground.services],
        "skills": [(s, names.skills.get(s, s)) for s in (*ground.skills, LOBBY)],
        "tiers": list(names.tiers.items()),
        "windows": [(str(d.number), d.number, names.skills.get(d.kind, d.kind)) for d in ground.desks],
        "machines": machines,
        "lunches": [(key, lunch_words()[key]) for key in LUNCHES],
        "opens": clock(ground.opens), "closes": clock(ground.closes),
        "scenario": one,
        "promise": max(ground.tiers, key=lambda t: t.share).promise,
    }  # fmt: skip


EMPTY = ("", "", "", "", "")


def _spans(spans: tuple[Span, ...]) -> list[tuple[str, str, str]]:
    return [*((s.what, clock(s.start), clock(s.end)) for s in spans), *[("", "", "")] * SPARE]


def lunch_words() -> dict[str, str]:
    """How lunch may be taken."""
    return {"planned": _("as planned"), "staggered": _("in turn from 11:00"), "together": _("all at 12:00")}
