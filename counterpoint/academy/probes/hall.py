"""Probes of the hall: windows that the learner opened, and the ways that customers walk."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import colleagues, counters, journal, scoped
from counterpoint.onsite import api as onsite

WALKS = "onsite.twin.judge"  # who may open the page that draws the plan


def _made_up_first(one: Any) -> tuple[bool, str]:
    """Colleagues in the order in which acts count them: made-up people have a number with a tilde."""
    return not one.staff_no.startswith("~"), one.staff_no


@probe("windows", verb=LEARN, takes=frozenset({"kind", "counter", "role", "nth"}), gives={"count": _("Windows opened")})
def windows(look: Look, args: Args) -> Found:
    """How many windows of a kind, or with a number, the learner opened, with somebody of a role or the `nth` of them;
    any where nothing is said."""
    if not look.people:
        return {}
    with scoped(look.scope):
        rows = journal.of_kind("onsite.window_opened", look.people)
    kinds = {one.number: one.kind for one in counters(scope=look.scope, branch=look.branch)}
    here = colleagues(scope=look.scope, org_unit=look.branch, on=look.today)
    kind, number, role = args.get("kind"), args.get("counter"), args.get("role")
    held = [str(one.id) for one in sorted(here, key=_made_up_first) if role is None or role in one.roles]
    wanted = held[int(args["nth"]) - 1 : int(args["nth"])] if "nth" in args else held
    rows = [row for row in rows if kind is None or kinds.get(row.data["counter"]) == kind]
    rows = [row for row in rows if number is None or row.data["counter"] == number]
    rows = [row for row in rows if role is None or row.data["user"] in wanted]
    return {"count": len({row.data["counter"] for row in rows})}


@probe(
    "walks",
    verb=WALKS,
    takes=frozenset(),
    gives={"windows": _("Windows on the plan"), "nearest": _("Seconds to the nearest window"),
           "furthest": _("Seconds to the furthest window")},
)  # fmt: skip
def walks(look: Look, _args: Args) -> Found:
    """Walking from the chairs to the branch's windows in whole seconds, as its plan tells; nothing without a plan."""
    floor: Any = onsite.floor_of(look.branch, look.today)
    if floor is None:
        return {}
    with scoped(look.scope):
        here = {str(one.number) for one in counters(scope=look.scope, branch=look.branch)}
    drawn = [place.code for place in floor.plan.places if place.kind == "counter" and place.code in here]
    seconds = sorted(round(60 * floor.walks.minutes("counter", code)) for code in drawn)
    return {"windows": len(seconds), "nearest": seconds[0], "furthest": seconds[-1]} if seconds else {}
