"""Fact types of the playbooks. Data carries slugs, ids and numbers; what people wrote stays in rows that can be
erased. Every fact says whether the play is a drill."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import FactType, facts

_PLAY = frozenset({"playbook", "mode"})


def _play(key: str, label: object, *more: str) -> FactType:
    return FactType(f"primitives.{key}", label, _PLAY | set(more))  # type: ignore[arg-type]


FACTS = (
    _play("play_started", _("Play started"), "version", "trigger", "claimed"),
    _play("play_step_done", _("Step of a play done"), "step", "round", "answer", "late", "claimed", "by", "ended"),
    _play("play_step_skipped", _("Step of a play skipped"), "step", "round", "answer", "ended"),
    _play("play_step_overran", _("Step of a play over its time"), "step", "round"),
    _play("play_told", _("Somebody was told of a step"), "step", "round", "order", "role", "people"),
    _play("play_acknowledged", _("Step of a play acknowledged"), "step", "round"),
    _play("play_limit_passed", _("Play over its time limit")),
    _play("play_inject_shown", _("News of the drill came in"), "inject"),
    _play("play_inject_reacted", _("Reaction to news of the drill"), "inject", "late"),
    _play("play_noted", _("Line in the log of a play"), "note", "link", "claimed"),
    _play("play_paper_entered", _("Paper record of a play entered"), "steps", "ended"),
    _play("play_paused", _("Play paused")),
    _play("play_resumed", _("Play goes on"), "minutes"),
    _play("play_aborted", _("Play broken off"), "open"),
    _play("play_completed", _("Play closed"), "open"),
    _play("play_lesson", _("Lesson of a play became a case"), "finding", "case"),
    _play("start_planned", _("Plan put on a date"), "at"),
    _play("start_moved", _("Date of a plan moved"), "at"),
    _play("start_cancelled", _("Date of a plan cancelled"), "at"),
    _play("start_failed", _("Plan did not start on its date"), "at", "why"),
    _play("drill_planned", _("Drill planned"), "duty", "year", "number"),
    _play("drill_missed", _("Drill missed"), "duty", "year", "number"),
)
facts.register(FACTS)

LIVE = tuple(fact.key for fact in FACTS if fact.key.startswith("primitives.play_"))
