"""Acts of emergency plans: start one, settle its steps."""

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound
from counterpoint.primitives import playbooks


@act("play.start", takes="key")
def start(doing: Doing, args: Args) -> None:
    """Begin a plan, as something that has happened."""
    playbooks.play_start(scope=doing.scope, org_unit=doing.branch, playbook=str(args["key"]), now=doing.now)


@act("play.step", takes="key step answer field value")
def step(doing: Doing, args: Args) -> None:
    """Settle an open step of the newest play of a plan; `field` and `value` one field of its form, without a value with
    the words."""
    rows = playbooks.plays(scope=doing.all_seeing, org_unit=doing.branch, playbook=str(args["key"]), limit=1)
    if not rows:
        raise NotFound(_("There is no such play here."))
    values: dict[str, Any] = {str(args["field"]): args.get("value", doing.words)} if "field" in args else {}
    playbooks.step_done(
        scope=doing.scope, play=rows[0].id, step=str(args["step"]), now=doing.now, answer=str(args.get("answer", "")),
        values=values,
    )  # fmt: skip
