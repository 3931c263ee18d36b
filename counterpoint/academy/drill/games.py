"""From a scenario to a game: the branch, the day, the people who come, and dialogues as questions of the day.

A dialogue's node is one inject of the game, `inject.node`. Its answer raises the flag of the node to which it leads
(`inject.node`) or of the ending (`inject:ending`), and its own (`inject.node.answer`); the next node waits for its
flag. Chance is drawn here by (seed, scenario, inject, name), in no order: the same seed is the same day. So is the
order in which answers are offered.

A check of an errand is an inject, too, `inject.check`, whose answer is what was found (`rules/errand.py`). A game
without errands has everything else of the same day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from counterpoint.academy.catalogue.branch_models import BRANCH_MODELS, BranchModelBody
from counterpoint.academy.catalogue.dialogues import DIALOGUES, DialogueBody
from counterpoint.academy.catalogue.scenarios import OWN, ScenarioBody
from counterpoint.academy.catalogue.scenarios import Inject as Told
from counterpoint.academy.catalogue.scoring import SCORING, ScoringBody
from counterpoint.academy.drill.branches import Branch, Inputs, model_branch, own_branch
from counterpoint.academy.drill.steps import commands_of
from counterpoint.academy.rules.errand import DONE, MISSED, PATIENCE, UNREAD
from counterpoint.academy.rules.talking import Answer, Node
from counterpoint.academy.science import advice, playing
from counterpoint.primitives.content import every, minute_of

MEDIUM = "medium"
STANDARD = "academy.scoring.standard"
LAST = 10  # minutes before closing at which something may still come


@dataclass(frozen=True)
class Parts:
    """Content that a scenario is made of: dialogues by key, its scoring, branch models by size."""

    dialogues: Mapping[str, DialogueBody]
    scoring: ScoringBody
    branches: Mapping[str, BranchModelBody]


def parts_of(body: ScenarioBody, *, bank: str | None = None) -> Parts:
    """The newest versions of what the scenario names. A game keeps what it was made of; later versions change later
    games only."""
    talks = newest(DIALOGUES, bank)
    named = {one.dialogue for one in body.injects if one.dialogue}
    branches = {one.size: one for one in newest(BRANCH_MODELS, bank).values()}
    return Parts({key: talks[key] for key in sorted(named)}, newest(SCORING, bank)[body.scoring], branches)


def newest(kind: str, bank: str | None = None) -> dict[str, Any]:
    """Bodies of a kind by key, each in its newest version."""
    held = sorted(every(kind, bank=bank), key=lambda item: item.version)
    return {item.key: item.value for item in held}


def game_of_scenario(
    body: ScenarioBody, *, seed: int, inputs: Inputs | None = None, size: str = "", loss: advice.Loss | None = None,
    parts: Parts | None = None, errands: bool = True,
) -> playing.Game:  # fmt: skip
    """The day of a seed. With `inputs` at the player's own branch (a usual day of it), else at the branch model of
    `size`, else at the one that the scenario names; `own` without inputs is the medium one. `loss` weighs the day as
    the branch's content does; the scoring may set figures of its own. `errands` are left out where nobody could do
    them."""
    held = parts or parts_of(body)
    named = MEDIUM if body.branch == OWN else body.branch.removeprefix("model:")
    model = held.branches[size or named]
    found = own_branch(inputs, model, body.day.like) if inputs is not None else model_branch(model, body.day.like)
    found = replace(found, rates=found.rates * (1 + body.day.arrivals / 100))
    begins = float(minute_of(body.begins)) if body.begins else found.model.open_minute
    return playing.Game.of_plan(
        found.model, found.staffing, found.rates, seed=seed, given=found.given,
        injects=injects_of(body, held, found, seed, begins, errands=errands),
        loss=replace(loss or advice.Loss(), **held.scoring.loss), start=found.start, opens=begins,
    )  # fmt: skip


def game_of_window(
    body: ScenarioBody, *, seed: int, size: str, start: str, minutes: int, parts: Parts | None = None
) -> playing.Game:  # fmt: skip
    """A part of the day at a branch model: `minutes` from `start`, in which orders are given; the day runs on to its
    end. What would come before begins with it; what could come in its last minutes, or later, does not come, nor do
    errands."""
    end = minute_of(start) + minutes
    held = [one for one in body.injects if one.at is None or minute_of(one.at) + one.spread < end - LAST]
    game = game_of_scenario(
        replace(body, begins=start, injects=tuple(held)), seed=seed, size=size, parts=parts, errands=False
    )
    return replace(game, closes=float(min(end, game.closes)))


def injects_of(
    body: ScenarioBody, parts: Parts, branch: Branch, seed: int, begins: float, *, errands: bool = True
) -> tuple[playing.Inject, ...]:
    """Everything that the day throws at the player, dialogues node by node and errands check by check."""
    found: list[playing.Inject] = []
    for told in body.injects:
        first = _coming(told, body, branch, seed, begins)
        if told.dialogue:
            found += _talk(told.slug, parts.dialogues[told.dialogue], first, parts.scoring, branch, (body.key, seed))
        elif told.errand is None or errands:
            found += [first, *_checks(told, first, parts.scoring)]
        elif first.commands:
            found.append(first)
    return tuple(found)


def _checks(told: Told, first: playing.Inject, scoring: ScoringBody) -> list[playing.Inject]:
    """An errand's checks, all of them raised when it comes; what is never found is missed."""
    found = []
    for check in told.errand.checks if told.errand is not None else ():
        key = key_of(told.slug, check.slug)
        [(dimension, points)] = check.score.items()
        minutes = float(points * scoring.minutes[dimension])
        choices = (
            playing.Choice(DONE, flag=f"{key}.{DONE}", scores=((dimension, float(points)),)),
            playing.Choice(MISSED, points=minutes, flag=f"{key}.{MISSED}"), playing.Choice(UNREAD),
        )  # fmt: skip
        found.append(replace(first, key=key, commands=(), choices=choices, default=MISSED, patience=PATIENCE))
    return found


def _coming(told: Told, body: ScenarioBody, branch: Branch, seed: int, begins: float) -> playing.Inject:
    commands = commands_of(told.hall, branch)
    if told.when is not None:
        held = told.when
        when = playing.Condition(held.measure, held.op, float(held.value), float(held.after), held.flag)
        return playing.Inject(told.slug, None, when, commands)
    later = int(draw(seed, body.key, told.slug, "spread") * (told.spread + 1))
    minute = min(max(minute_of(told.at or "00:00") + later, begins), branch.model.close_minute - LAST)
    return playing.Inject(told.slug, float(minute), None, commands)


def _talk(
    slug: str, body: DialogueBody, first: playing.Inject, scoring: ScoringBody, branch: Branch, drawn: tuple[str, int]
) -> list[playing.Inject]:
    """A dialogue's nodes as injects, the one at its start coming as `first` does."""
    costs = body.talk.costs({str(name): worth for name, worth in scoring.minutes.items()})
    found = []
    for node in body.nodes:
        told = sorted(node.choices, key=lambda one: draw(drawn[1], drawn[0], slug, node.slug, one.slug))
        choices = tuple(_choice(slug, body, node, one, costs, branch, drawn) for one in told)
        key = key_of(slug, node.slug)
        waits = playing.Inject(key, None, playing.Condition("flag", after=float(node.after), flag=key))
        begun = first if node.slug == body.start else waits
        found.append(replace(begun, key=key, choices=choices, default=node.default, patience=float(node.wait)))
    return found


def _choice(
    slug: str, body: DialogueBody, node: Node, one: Answer, costs: Mapping[tuple[str, str], float], branch: Branch,
    drawn: tuple[str, int],
) -> playing.Choice:  # fmt: skip
    scenario, seed = drawn
    to = one.to
    if one.chance is not None and draw(seed, scenario, slug, one.chance.name) < one.chance.share:
        to = one.chance.to
    ends = {end.slug for end in body.ends}
    leads = f"{slug}:{to}" if to in ends else key_of(slug, to)
    points = round(costs[node.slug, one.slug], 9) + 0.0
    return playing.Choice(
        one.slug, commands_of(one.hall, branch), points, f"{key_of(slug, node.slug)}.{one.slug} {leads}",
        tuple((name, float(worth)) for name, worth in sorted(one.score.items())),
    )  # fmt: skip


def key_of(inject: str, node: str) -> str:
    """The key under which a game asks what a dialogue's node asks."""
    return f"{inject}.{node}"


def asked(body: ScenarioBody, key: str, parts: Parts | None = None) -> tuple[Told, DialogueBody | None, Node | None]:
    """What an inject of the game is in content: the scenario's inject, and its dialogue and node when it has one.
    KeyError when the scenario has none of that key."""
    slug, _dot, node = key.partition(".")
    told = body.inject(slug)
    if not told.dialogue:
        return told, None, None
    talk = (parts or parts_of(body)).dialogues[told.dialogue]
    return told, talk, talk.talk.by_slug[node]


def dialogue_of(key: str, version: int) -> DialogueBody | None:
    """A dialogue in a version; None for one that does not exist."""
    held = (item for item in every(DIALOGUES) if (item.key, item.version) == (key, version))
    return next((item.value for item in held), None)


def talk_by_hand(
    slug: str, body: DialogueBody, minute: float, minutes: Mapping[str, float], branch: Branch, seed: int
) -> list[playing.Inject]:
    """A dialogue that begins at a minute of a day whose scenario has none of it; `minutes` are what a point of each
    dimension is worth."""
    scoring = replace(newest(SCORING)[STANDARD], minutes=dict(minutes))
    return _talk(slug, body, playing.Inject(slug, minute, None), scoring, branch, ("hand", seed))


def draw(seed: int, *names: str) -> float:
    """A number from 0 to 1 (exclusive) by the seed and names, whatever else is drawn."""
    text = "\0".join((str(int(seed)), *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") / 2**56
