"""Acts on the register of risks and on incidents."""

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound
from counterpoint.risk import api as risks


@act("risk.register")
def register(doing: Doing, _args: Args) -> None:
    """Put the risks in force into the branch's register."""
    risks.register_set_up(scope=doing.scope, now=doing.now, branch=doing.branch)


def line_of(doing: Doing, key: str) -> Any:
    """A risk of the branch by its key."""
    rows = risks.risks(scope=doing.scope, now=doing.now, branch=doing.branch)
    found = next((one for one in rows if one.key == key), None)
    if found is None:
        raise NotFound(_("There is no such risk here."))
    return found


@act("risk.collect")
def collect(doing: Doing, _args: Args) -> None:
    """Look for evidence that the register does not know yet."""
    risks.evidence_collect(scope=doing.scope, now=doing.now, branch=doing.branch)


@act("risk.follow_up", takes="key kind control")
def follow_up(doing: Doing, args: Args) -> None:
    """Open a measure or a finding against a risk, with the words as its title."""
    risks.follow_up(
        scope=doing.scope, now=doing.now, risk=line_of(doing, str(args["key"])).id, kind=str(args["kind"]),
        title=doing.words[:200], control=str(args.get("control", "")),
    )  # fmt: skip


@act("risk.incident", takes="kind error level amount")
def incident(doing: Doing, args: Args) -> None:
    """Report something that went wrong, or nearly did."""
    risks.incident_report(
        scope=doing.scope, now=doing.now, branch=doing.branch, kind=str(args["kind"]), title=doing.words[:200],
        level=str(args["level"]), error=str(args.get("error", "")), text=doing.words,
        amount=float(args["amount"]) if "amount" in args else None,
    )  # fmt: skip
