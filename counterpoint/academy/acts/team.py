"""Acts of the team: disputes on their way up the ladder."""

from typing import Any

from counterpoint.academy.acts.cases import chosen
from counterpoint.academy.acts.registry import Args, Doing, act
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
