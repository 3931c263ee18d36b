"""Probe of plans that ran against the clock."""

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.primitives import playbooks


@probe(
    "play",
    verb=playbooks.VIEW,
    takes=frozenset({"key", "step", "of"}),
    gives={
        "count": _("How often"), "state": _("State"), "step": _("State of the step"), "answer": _("Answer"),
        "minutes": _("Minutes from the start to the step"), "kept": _("Step in time"), "value": _("Value"),
    },
)  # fmt: skip
def play(look: Look, args: Args) -> Found:
    """How often a plan was begun here, and how the newest play stands; of its `step` the first round, `of` a field of
    the step's form."""
    found = playbooks.plays(scope=look.scope, org_unit=look.branch, playbook=str(args["key"]))
    if not found:
        return {"count": 0}
    newest = playbooks.play(scope=look.scope, play=found[0].id, now=look.now)
    one = next((each for each in newest.steps if each.slug == args.get("step")), None)
    return {"count": len(found), "state": newest.state, **_step(newest, one, str(args.get("of", "")))}


def _step(newest: playbooks.PlayDetail, one: playbooks.StepView | None, field: str) -> Found:
    if one is None:
        return {}
    settled = one.state == "done" and one.at is not None
    took = (one.at - newest.started_at).total_seconds() / 60 if settled and one.at else None
    kept = None if not settled else "no" if one.overran else "yes"
    return {
        "step": one.state, "answer": one.answer or None, "minutes": None if took is None else round(took, 1),
        "kept": kept, "value": one.values.get(field),
    }  # fmt: skip
