"""Bodies of dialogues, and what must hold of them: every path ends, every answer is scored and explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from django.utils.translation import gettext as _

from counterpoint.academy.rules.happening import Step, wrong_step
from counterpoint.academy.rules.talking import Answer, Ending, Node, Rule, Talk, loops, reached, targets
from counterpoint.academy.rules.words import Both
from counterpoint.primitives.content import Text

DIALOGUES = "dialogues"


@dataclass(frozen=True)
class DialogueBody:
    """Somebody comes with something, and the player answers, node by node, until the talk ends."""

    names: Both
    start: Text
    nodes: Annotated[tuple[Node, ...], MinLen(1), MaxLen(30)]
    ends: Annotated[tuple[Ending, ...], MinLen(1), MaxLen(12)]

    @property
    def talk(self) -> Talk:
        """The graph."""
        return Talk(self.start, self.nodes, self.ends)


def wrong_dialogue(body: DialogueBody) -> str:
    """What is wrong with a dialogue; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: DialogueBody) -> Iterator[str]:
    nodes = {one.slug for one in body.nodes}
    known = [*(one.slug for one in body.nodes), *(one.slug for one in body.ends)]
    if len(set(known)) != len(known):
        yield _("Two parts of the dialogue have one short name.")
    if body.start not in nodes:
        yield _("The dialogue begins with a part that it does not have.")
    for node in body.nodes:
        yield from _node_faults(node, set(known))
    if loops(body.nodes):
        yield _("The dialogue can go round in a circle: every path must end.")
        return
    idle = set(known) - reached(body.start, body.nodes)
    if idle:
        yield _("Nothing leads to: %(names)s.") % {"names": ", ".join(sorted(idle))}
    if body.start in nodes and body.talk.best().total - body.talk.worst().total < 1:
        yield _("The best path must be worth more than the worst.")


def _node_faults(node: Node, known: set[str]) -> Iterator[str]:
    told = {"node": node.slug}
    if len(set(node.slugs)) != len(node.slugs):
        yield _("Two answers of “%(node)s” have one short name.") % told
    if node.default not in node.slugs:
        yield _("What counts when nobody answers “%(node)s” must be one of its answers.") % told
    for one in node.choices:
        words = told | {"answer": one.slug}
        if not one.score:
            yield _("The answer “%(answer)s” of “%(node)s” has no points.") % words
        if set(targets(one)) - known:
            yield _("The answer “%(answer)s” of “%(node)s” leads nowhere.") % words
        if not (one.rule or one.origin or node.rule or node.origin):
            yield _("The answer “%(answer)s” of “%(node)s” does not say where its reason comes from.") % words
        yield from (step_fault(step) for step in one.hall)


def step_fault(step: Step) -> str:
    """What a step in the hall lacks, in words; empty when it fits."""
    lacking = wrong_step(step)
    return _("The step “%(do)s” does not fit: %(names)s.") % {"do": step.do, "names": lacking} if lacking else ""


def rule_of(node: Node, one: Answer) -> Rule | None:
    """The rule that an answer's reason cites, its own or the node's."""
    return one.rule or (None if one.origin else node.rule)


def dialogue_cites(body: DialogueBody) -> list[tuple[str, str]]:
    """Every rule that reasons cite."""
    rules = [rule for node in body.nodes for rule in (node.rule, *(one.rule for one in node.choices))]
    return sorted({(one.kind, one.key) for one in rules if one is not None})


def dialogue_example(body: DialogueBody, example: dict[str, Any]) -> str:
    """A worked talk: answers in order, how it ends, and its points."""
    wanted = tuple(example["choices"])
    for path in body.talk.paths():
        if tuple(slug for _node, slug in path.answers) == wanted and path.ends == example["ends"]:
            found = dict(path.score)
            return "" if found == example["score"] else _("is worth %(value)s") % {"value": found}
    return _("no such way through the dialogue")
