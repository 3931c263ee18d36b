"""Scenarios in force as drills to choose from, and the words of what their days ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from numpy.typing import NDArray

from counterpoint.academy.catalogue.errands import Errand
from counterpoint.academy.catalogue.scenarios import OWN as OWN_BRANCH
from counterpoint.academy.catalogue.scenarios import SCENARIOS, ScenarioBody
from counterpoint.academy.drill import games, given, offers, own, told
from counterpoint.academy.models import DrillSession
from counterpoint.academy.rules import errand as rule
from counterpoint.academy.science import advice, playing, twin
from counterpoint.foundation.api import DomainError, OrgUnit
from counterpoint.onsite import api as onsite
from counterpoint.primitives.content import ContentError, Item, items, version
from counterpoint.ui import reader

EASY = 2  # up to this difficulty a drill is recommended to whoever begins


@dataclass(frozen=True)
class _Usual:
    """The own branch's day to come, one person a worker."""

    model: twin.BranchModel
    staffing: twin.Staffing
    commands: tuple[Any, ...]
    rates: NDArray[Any]
    start: float


def _held(unit: OrgUnit, now: datetime) -> dict[str, Item]:
    return items(SCENARIOS, unit.date_at(now), unit.rule_pack, bank=unit.path)


class Scenes:
    """The shelf of scenarios."""

    def offers(self, unit: OrgUnit, now: datetime, language: str) -> list[offers.Offer]:
        """What is in force at a unit."""
        return [
            offers.Offer(
                key, reader.said(item.value.names, language), reader.said(item.value.story, language), item.value.level,
                item.value.level <= EASY,
            )
            for key, item in _held(unit, now).items()
        ]  # fmt: skip

    def make(self, unit: OrgUnit, key: str, seed: int, now: datetime) -> tuple[playing.Game, int] | None:
        """The day of a scenario: at the own branch where its day can be told, else at the branch model. Errands are
        done in a copy of the own branch; above branches there is none."""
        item = _held(unit, now).get(key)
        if item is None:
            return None
        body: ScenarioBody = item.value
        parts = games.parts_of(body, bank=unit.path)
        inputs, loss = _usual(unit, now) if body.branch == OWN_BRANCH else (None, None)
        errands = unit.kind == OrgUnit.Kind.BRANCH
        game = games.game_of_scenario(body, seed=seed, inputs=inputs, loss=loss, parts=parts, errands=errands)
        return game, item.version


def _usual(unit: OrgUnit, now: datetime) -> tuple[_Usual | None, advice.Loss | None]:
    """The own branch and how its content weighs a day; nothing where too little is known of it, as above branches."""
    if unit.kind != OrgUnit.Kind.BRANCH:
        return None, None
    try:
        ground = own.own_ground(unit, None, now)
        inputs = onsite.day_inputs(ground, onsite.Scenario())
    except (DomainError, onsite.Impossible):
        return None, None
    staffing, moves = own.crew(ground, inputs)
    posts = {person.post for person in staffing.people} | {move.to for move in moves}
    counters = tuple(replace(one, open=one.code in posts) for one in inputs.model.counters)
    commands = tuple(sorted((*inputs.commands, *moves), key=lambda one: one.minute))
    weights = onsite.loss_of(onsite.catalogue(ground.on, unit.rule_pack))
    model = replace(inputs.model, counters=counters)
    return _Usual(model, staffing, commands, inputs.rates, inputs.start), weights


def tell(session: DrillSession, inject: str, language: str) -> told.Asked | None:
    """What an inject of a session's scenario says, in the version that it plays; None for other sessions."""
    by_hand = given.dialogue(inject)
    if by_hand is not None:
        body, slug = by_hand
        asks = body.talk.by_slug[slug]
        words = tuple((one.slug, reader.said(one.words, language)) for one in asks.choices)
        return told.Asked(reader.said(body.names, language), reader.said(asks.says, language), words)
    if not session.scenario.startswith("academy."):
        return None
    unit = session.org_unit
    try:
        item = version(SCENARIOS, session.scenario, session.version, unit.rule_pack, bank=unit.path)
    except ContentError:
        return None
    scenario: ScenarioBody = item.value
    if not inject:
        return told.Asked(reader.said(scenario.names, language), reader.said(scenario.story, language))
    try:
        scene, talk, node = games.asked(scenario, inject, games.parts_of(scenario, bank=unit.path))
    except KeyError:  # a trainer's own
        return None
    title = "" if scene.silent else reader.said(scene.names, language)
    if scene.errand is not None:
        return told.Asked(title, reader.said(scene.errand.words, language), _endings(scene.errand, inject, language))
    if talk is None or node is None:
        return told.Asked(title)
    words = tuple((one.slug, reader.said(one.words, language)) for one in node.choices)
    return told.Asked(title, reader.said(node.says, language), words)


def _endings(errand: Errand, inject: str, language: str) -> tuple[tuple[str, str], ...]:
    """How a check of an errand may end, in the words of what is looked for; none for the errand itself."""
    _slug, sought = rule.of_check(inject)
    words = next((reader.said(one.words, language) for one in errand.checks if one.slug == sought), "")
    ends = {
        rule.DONE: _("done: %(what)s"), rule.MISSED: _("missed: %(what)s"), rule.UNREAD: _("not read: %(what)s"),
    }  # fmt: skip
    return tuple((key, text % {"what": words}) for key, text in ends.items()) if words else ()


offers.register(Scenes())
told.register(tell)
