"""Acts on plans that run against the clock: begun, done step by step, closed."""

from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound
from counterpoint.primitives import playbooks


@act("play.start", takes="key mode")
def start(doing: Doing, args: Args) -> None:
    """Begin a plan, in earnest unless `mode` says drill; the words are what set it off."""
    playbooks.play_start(
        scope=doing.scope, org_unit=doing.branch, playbook=str(args["key"]), now=doing.now,
        mode=str(args.get("mode", "real")), trigger=doing.words[:120],
    )  # fmt: skip


def _running(doing: Doing, args: Args) -> dict[str, Any]:
    found = playbooks.plays(
        scope=doing.scope, org_unit=doing.branch, playbook=str(args["key"]), states=("running", "paused")
    )
    if not found:
        raise NotFound(_("There is no such play here."))
    return {"scope": doing.scope, "play": found[0].id, "now": doing.now}


@act("play.step", takes="key step answer fill")
def step(doing: Doing, args: Args) -> None:
    """Say that a step is done; `fill` is its form, `waiting=34; since=10:20`, the words are its note."""
    pairs = (one.partition("=") for one in str(args.get("fill", "")).split(";") if one.strip())
    playbooks.step_done(
        **_running(doing, args), step=str(args["step"]), answer=str(args.get("answer", "")), note=doing.words,
        values={name.strip(): value.strip() for name, _sign, value in pairs},
    )  # fmt: skip


@act("play.complete", takes="key")
def complete(doing: Doing, args: Args) -> None:
    """Declare it over, with the words as the reason."""
    playbooks.play_complete(**_running(doing, args), reason=doing.words)
