"""Probes of people: marks that the learner gave, profiles, leave, the virtual team that the learner leads."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import colleagues
from counterpoint.role import api as role_
from counterpoint.team import api as team


def of_role(look: Look, role: str) -> Collection[UUID]:
    """People of the branch with a role; `self` is the learner."""
    if role == "self":
        return look.people
    return {one.id for one in colleagues(scope=look.scope, org_unit=look.branch, on=look.today) if role in one.roles}


@probe("observed", verb="role.competence.observe", takes=frozenset({"role", "of"}), gives={"level": _("Level marked")})
def observed(look: Look, args: Args) -> Found:
    """The level that the learner marked in this quarter of somebody of a role in the competency `of`."""
    for person in of_role(look, str(args["role"])):
        for rater in look.people:
            marks = role_.marks_given(scope=look.scope, unit=look.branch, user=person, rater=rater, on=look.today)
            if args["of"] in marks:
                return {"level": marks[str(args["of"])]}
    return {}


@probe("skill", verb="team.staff.view", takes=frozenset({"role", "of"}),
       gives={"days": _("Days that it is valid"), "level": _("Level")})  # fmt: skip
def skill(look: Look, args: Args) -> Found:
    """The skill `of` in the profile of somebody of a role."""
    people = of_role(look, str(args["role"]))
    held = [
        one for row in team.staff(scope=look.scope, branch=look.branch) if row.user in people
        for one in row.skills if one.skill == args["of"]
    ]  # fmt: skip
    if not held:
        return {}
    last = held[0].expires_on
    return {"days": None if last is None else (last - look.today).days, "level": held[0].level}


@probe("leave", verb="team.leave.decide", takes=frozenset({"role"}), gives={"state": _("State")})
def leave(look: Look, args: Args) -> Found:
    """What became of the leave that somebody of a role asked for."""
    states = ("requested", "approved", "refused", "withdrawn")
    people = of_role(look, str(args["role"]))
    rows = [
        one for one in team.leaves(scope=look.scope, branch=look.branch, states=states) if one.profile.user_id in people
    ]
    return {"state": str(rows[-1].state)} if rows else {}


@probe(
    "virtual_team", verb=LEARN, takes=frozenset(),
    gives={"members": _("Members"), "days": _("Days that it lasts"), "cards": _("Cards on its board"),
           "unowned": _("Cards without owner or date"), "owners": _("Owners of cards")},
)  # fmt: skip
def virtual_team(look: Look, _args: Args) -> Found:
    """The newest virtual team of the learner and its cards."""
    found: list[Any] = sorted(team.groups_of(scope=look.scope, state="active"), key=lambda one: one.formed_at)
    if not found:
        return {}
    board = team.group_board(scope=look.scope, team=found[-1].pk, now=look.now)
    cards = [one for _column, rows in board.columns for one in rows]
    return {
        "members": len(board.mates), "days": (found[-1].ends_on - look.today).days, "cards": len(cards),
        "unowned": sum(one.owner is None or not one.fields.get("due") for one in cards),
        "owners": len({one.owner for one in cards} - {None}),
    }  # fmt: skip
