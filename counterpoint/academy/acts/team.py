"""Acts of the team: disputes on their way up the ladder, leave, staff profiles, virtual teams."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.cases import chosen
from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound, User
from counterpoint.team import api as team

TYPE = "team.dispute"


@act("dispute.open", takes="respondent topic")
def dispute_open(doing: Doing, args: Args) -> None:
    """Raise a dispute with a colleague of a role; the words are its title and what is said."""
    team.dispute_open(
        scope=doing.scope, now=doing.now, branch=doing.branch, respondent=doing.colleague(str(args["respondent"])),
        topic=str(args["topic"]), title=doing.words[:80], text=doing.words,
    )  # fmt: skip


def _about(doing: Doing, args: Args) -> dict[str, Any]:
    return {"scope": doing.scope, "now": doing.now, "dispute": chosen(doing, {**args, "type": TYPE}).id}


@act("dispute.climb", takes="nth")
def dispute_climb(doing: Doing, args: Args) -> None:
    """Pass it up."""
    team.dispute_climb(**_about(doing, args))


@act("dispute.settle", takes="nth decision")
def dispute_settle(doing: Doing, args: Args) -> None:
    """Agree or decide; the words are the reasons and the point for later cases."""
    team.dispute_settle(
        **_about(doing, args), decision=str(args["decision"]), reasons=doing.words, holding=doing.words[:400]
    )


@act("dispute.confirm", takes="nth agreed")
def dispute_confirm(doing: Doing, args: Args) -> None:
    """The other side confirms what was agreed, or somebody else that a decision was carried out."""
    team.dispute_confirm(**_about(doing, args), agreed=args["agreed"] == "yes")


@act("team.profile", takes="role nth skills")
def profile(doing: Doing, args: Args) -> None:
    """Enter the staff profile of the `nth` colleague of a role; `skills` with the days that each is valid still,
    `cash=50; non_cash=300`."""
    today = doing.branch.date_at(doing.now)
    pairs = (one.partition("=") for one in str(args["skills"]).split(";"))
    team.staff_profile_set(
        scope=doing.scope, now=doing.now, branch=doing.branch,
        user=User.objects.get(pk=doing.colleague(str(args["role"]), int(args.get("nth", 1)))),
        skills=[team.SkillInput(name.strip(), 3, today + timedelta(days=int(days))) for name, _sign, days in pairs],
    )  # fmt: skip


@act("team.leave", takes="kind days length")
def leave(doing: Doing, args: Args) -> None:
    """Ask for leave of `length` days that begins in `days`; the words are the reason."""
    since = doing.branch.date_at(doing.now) + timedelta(days=int(args["days"]))
    team.leave_request(
        scope=doing.scope, now=doing.now, branch=doing.branch, kind=str(args["kind"]), since=since,
        until=since + timedelta(days=int(args.get("length", 1)) - 1), reason=doing.words,
    )  # fmt: skip


@act("team.leave_decide", takes="role approve")
def leave_decide(doing: Doing, args: Args) -> None:
    """Grant or refuse what a colleague of a role asked for."""
    people = doing.people(str(args["role"]))
    asked = [one for one in team.leaves(scope=doing.scope, branch=doing.branch) if one.profile.user_id in people]
    if not asked:
        raise NotFound(_("There is no such request here."))
    team.leave_decide(scope=doing.scope, now=doing.now, leave_id=asked[0].pk, approve=args["approve"] == "yes")


@act("team.group", takes="members days")
def group(doing: Doing, args: Args) -> None:
    """Form a virtual team that one leads, with a colleague of each role named, for some days; the words are what it is
    for."""
    lead = doing.scope.actor
    if lead is not None:
        team.group_form(
            scope=doing.scope, now=doing.now, above=doing.branch, name=doing.words[:40], purpose=doing.words,
            ends_on=doing.branch.date_at(doing.now) + timedelta(days=int(args["days"])), lead=lead,
            members=[doing.colleague(role) for role in str(args["members"]).split()],
        )  # fmt: skip


@act("team.card", takes="owner days")
def card(doing: Doing, args: Args) -> None:
    """Put a card on the newest team's board, for a colleague of a role, wanted in some days."""
    found = sorted(team.groups_of(scope=doing.scope), key=lambda one: one.formed_at)
    if not found:
        raise NotFound(_("Nobody formed a team here."))
    due = doing.branch.date_at(doing.now) + timedelta(days=int(args["days"])) if "days" in args else None
    team.card_add(
        scope=doing.scope, now=doing.now, team=found[-1].pk, title=doing.words[:200], due_on=due,
        owner=doing.colleague(str(args["owner"])) if "owner" in args else None,
    )  # fmt: skip
