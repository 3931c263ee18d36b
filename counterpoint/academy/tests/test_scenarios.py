"""Scenarios become games: one seed one day, dialogues asked node by node, skill worth a hundred minutes and more."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from counterpoint.academy.catalogue.scenarios import GAP, Inject, When
from counterpoint.academy.drill import golden, steps
from counterpoint.academy.drill.branches import model_branch, own_branch, rates_of
from counterpoint.academy.drill.games import asked, draw, game_of_scenario, key_of, parts_of
from counterpoint.academy.rules.happening import Step
from counterpoint.primitives import content
from counterpoint.primitives.content.checking import check_items
from counterpoint.science import playing, twin

TWELVE = {
    "usual_tuesday", "payday", "pension_day", "absentee", "kiosk_down", "core_outage", "vip_complaint", "rumour_run",
    "fire_alarm", "inspectors_visit", "elder_fraud", "all_at_once",
}  # fmt: skip
SIZES = ("small", "medium", "flagship")
KINDS = ("scenarios", "dialogues", "scoring", "branch_models")
LADY = "academy.scenario.elder_fraud"


def scenario(slug):
    return golden.scenarios()[f"academy.scenario.{slug}"]


def branch(size="medium", day="usual"):
    held = next(one.value for one in content.every("branch_models") if one.value.size == size)
    return model_branch(held, day)


def items(kind):
    return content.every(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_content_of_drills_holds_with_all_its_examples(kind):
    assert items(kind) and check_items(content.kind_of(kind), items(kind)) == []
    assert all(item.examples for item in items(kind))


def test_there_are_twelve_scenarios_of_one_to_four_dialogues_each():
    assert {key.removeprefix("academy.scenario.") for key in golden.scenarios()} == TWELVE
    for body in golden.scenarios().values():
        assert 1 <= sum(bool(one.dialogue) for one in body.injects) <= 4, body.key


@pytest.mark.parametrize("item", items("dialogues"), ids=lambda item: item.key)
def test_a_dialogue_has_one_right_answer_a_node_and_silence_is_never_it(item):
    talk = item.value.talk
    assert 2 <= len(talk.nodes) <= 6
    weights = next(iter(items("scoring"))).value.minutes
    costs = talk.costs(weights)
    for node in talk.nodes:
        free = [slug for slug in node.slugs if costs[node.slug, slug] == 0]
        assert len(free) == 1 and node.default not in free, node.slug
    worths = {sum(example["score"].values()) for example in item.examples}
    assert talk.best().total in worths and len(worths) > 1


@pytest.mark.parametrize("item", items("scenarios"), ids=lambda item: item.key)
def test_a_golden_day_comes_out_bit_for_bit(item):
    for example in item.examples:
        game = golden.game_of_example(item.value, example)
        day = playing.play(game, golden.orders_of_example(example))
        assert day.digest() == example["digest"], "see docs/how-to/write-a-scenario.md"
        assert day.points == 0 and example["naive"] - example["loss"] >= GAP


def test_an_example_that_does_not_hold_is_told():
    item = next(one for one in items("scenarios") if one.key == LADY)
    kind, example = content.kind_of("scenarios"), dict(item.examples[0])
    assert kind.check_example(item.value, example) == ""
    assert kind.check_example(item.value, example | {"loss": example["loss"] + 1})
    assert kind.check_example(item.value, example | {"naive": example["naive"] - 1})
    answers = [row for row in example["orders"] if row[1] != "answer"]
    assert kind.check_example(item.value, example | {"orders": answers})
    idle = example | {"orders": [], "loss": example["naive"]}
    assert kind.check_example(item.value, idle), "a day on which skill saves nothing is no scenario"


def test_a_seed_is_a_day():
    body = scenario("all_at_once")
    one, again, other = (game_of_scenario(body, seed=seed) for seed in (3, 3, 4))
    assert one.hash() == again.hash() != other.hash()
    assert playing.Game.from_bytes(one.to_bytes()).hash() == one.hash()
    assert {i.minute for i in one.injects} != {i.minute for i in other.injects}
    orders = [[c.key for c in i.choices] for i in one.injects]
    assert orders != [[c.key for c in i.choices] for i in other.injects], "answers are not always in the author's order"
    assert [sorted(keys) for keys in orders] == [sorted(c.key for c in i.choices) for i in other.injects]


@pytest.mark.parametrize("slug", ["core_outage", "absentee"])
def test_a_day_of_dialogues_in_pieces_is_the_day_in_one(slug):
    game = game_of_scenario(scenario(slug), seed=5, size="small")
    orders = playing.answered(game)
    for given in ((), orders):
        whole, at = playing.play(game, given), None
        for cut in (521.5, 600.0, 633.0, 641.25, 655.0, 700.0, 701.0, 1500.0):
            begin = at.until if at else 0.0
            at = playing.play(game, [o for o in given if begin <= o.minute < cut], cut, begin=at)
        at = playing.play(game, (), begin=at)
        assert (at.digest(), at.loss, at.answers, at.raised) == (
            whole.digest(),
            whole.loss,
            whole.answers,
            whole.raised,
        )


def test_an_answer_leads_to_its_node_and_never_to_another():
    game = game_of_scenario(scenario("elder_fraud"), seed=7)
    minute = game.inject("lady.desk").minute
    day = playing.play(game, [playing.Order.of(minute * 60 + 30, "answer", inject="lady.desk", choice="refuse")])
    raised = [key for key, _ in day.raised]
    assert "lady.angry" in raised and "lady.aside" not in raised
    assert {"lady.desk.refuse", "lady.angry", "lady:lost"} <= day.flags
    aside = [playing.Order.of(minute * 60 + 30, "answer", inject="lady.desk", choice="aside")]
    known = dict(playing.play(game, aside).raised)
    assert known["lady.aside"] == minute + 1 + 3, "three minutes after the next whole minute"


def test_silence_costs_the_points_of_every_default_and_the_best_answers_none():
    body = content.version("scenarios", "academy.scenario.fire_alarm", 1).value  # the one without an errand
    weights = next(iter(items("scoring"))).value.minutes
    game = game_of_scenario(body, seed=7)
    silent, best = playing.play(game), playing.play(game, playing.answered(game))
    talk = parts_of(body).dialogues["academy.dialogue.the_bell"].talk
    costs = talk.costs(weights)
    told = [key.partition(".")[2] for key, _, _ in silent.answers]
    assert told == ["bell", "smoke", "door", "head", "safe"]
    assert silent.points == pytest.approx(sum(costs[slug, talk.by_slug[slug].default] for slug in told))
    assert best.points == 0
    assert best.scores == {name: float(points) for name, points in talk.best().score}


def test_chance_falls_as_often_as_it_says_and_by_name_alone():
    body = scenario("absentee")
    parts = parts_of(body)
    for seed in range(30):
        game = game_of_scenario(body, seed=seed, size="small", parts=parts)
        assert ("nobody_free" in game.inject("morning.morning").choice("region").flag) == (
            draw(seed, body.key, "morning", "helper") < 0.3
        )
    names = ("academy.scenario.absentee", "morning", "helper")
    assert abs(sum(draw(seed, *names) < 0.3 for seed in range(2000)) - 600) < 4 * (2000 * 0.3 * 0.7) ** 0.5
    numbers = np.array([draw(seed, "name") for seed in range(4000)])
    assert numbers.min() >= 0 and numbers.max() < 1
    assert np.histogram(numbers, 8, (0, 1))[0] == pytest.approx(np.full(8, 500), abs=4 * 21)


def test_an_inject_may_wait_for_an_answer_or_a_full_hall():
    body = scenario("usual_tuesday")
    words = {"zh-hans": "话", "en": "words"}
    crowd = Inject("crowd", words, when=When("waiting", value=4, after=2), hall=(Step("pace", percent=90, minutes=10),))
    echo = Inject("echo", words, when=When("flag", flag="third:filed", after=5), hall=(Step("send_home"),))
    more = replace(body, injects=(*body.injects, crowd, echo))
    raised = dict(playing.play(game_of_scenario(more, seed=7)).raised)
    answers = {key: minute for key, _, minute in playing.play(game_of_scenario(more, seed=7)).answers}
    assert raised["echo"] == int(answers["third.complains"]) + 1 + 5
    assert "crowd" in raised
    kind = content.kind_of("scenarios")
    assert ("", "") not in kind.references(more) and not [one for one in kind.references(more) if one[0] == ""]
    lost = replace(echo, when=When("flag", flag="third:nowhere"))
    assert [one for one in kind.references(replace(body, injects=(*body.injects, lost))) if one[0] == ""]


def test_what_the_game_asks_is_found_in_content():
    body = scenario("elder_fraud")
    game = game_of_scenario(body, seed=1, errands=False)
    for inject in game.injects:
        told, talk, node = asked(body, inject.key)
        assert (talk is None) == (not inject.choices)
        if node is not None:
            assert key_of(told.slug, node.slug) == inject.key
            assert {c.key for c in inject.choices} == set(node.slugs) and inject.default == node.default


def test_the_own_branch_is_played_on_its_own_figures():
    held = branch("small")
    inputs = SimpleNamespace(model=held.model, staffing=held.staffing, commands=(), rates=held.rates[0], start=540.0)
    body = replace(scenario("pension_day"), day=replace(scenario("pension_day").day, arrivals=50))
    game = game_of_scenario(body, seed=2, inputs=inputs)
    assert game.model.counter_codes == branch("small").model.counter_codes
    assert game.model.delays == twin.planned_delays()
    usual = next(one.value for one in items("branch_models") if one.value.size == "small")
    own = own_branch(inputs, usual, "pension_day")
    assert own.rates[0] == pytest.approx(rates_of(usual, "pension_day"))
    assert own_branch(inputs, usual, "usual").rates[0] == pytest.approx(inputs.rates)
    payday = scenario("payday")
    assert game_of_scenario(payday, seed=2).hash() == game_of_scenario(payday, seed=2, size="medium").hash()


def test_a_branch_with_other_codes_can_be_played():
    demo = twin.demo_branch(1, "small")
    inputs = SimpleNamespace(model=demo.model, staffing=demo.staffing, commands=(), rates=demo.rates, start=540.0)
    for body in golden.scenarios().values():
        game = game_of_scenario(body, seed=1, inputs=inputs)
        assert playing.play(game, playing.answered(game)).points == 0


@pytest.mark.parametrize("size", SIZES)
def test_every_step_of_the_content_means_something_at_every_size(size):
    held = branch(size)
    told = [step for body in golden.scenarios().values() for one in body.injects for step in one.hall]
    talks = [one.value for one in items("dialogues")]
    told += [step for talk in talks for node in talk.nodes for one in node.choices for step in one.hall]
    assert {step.do for step in told} == set(steps.MAKERS)
    for step in told:
        assert steps.commands_of([step], held), step


def played(*some):
    """A usual day with steps at ten o'clock."""
    held = branch()
    moved = tuple(replace(c, minute=c.minute + 600) for c in steps.commands_of(some, held))
    return playing.play(playing.Game.of_plan(held.model, held.staffing, held.rates, seed=11, given=moved))


def test_steps_do_what_they_say():
    usual = played()
    count = round(0.2 * branch().rates.sum())
    crowd = played(Step("come", percent=20, service="cash_withdrawal", minutes=30))
    assert len(crowd.game.people) == len(usual.game.people) + count
    slow, fast = played(Step("pace", percent=50)), played(Step("pace", percent=150))
    dismissed = played(Step("pace", percent=50), Step("send_home", after=60))
    assert dismissed.refused == 0 and dismissed.digest() != slow.digest()
    assert dismissed.loss.waited < slow.loss.waited
    assert fast.loss.waited < usual.loss.waited < slow.loss.waited
    assert played(Step("absent", count=1, service="cash_withdrawal")).loss.waited > usual.loss.waited
    assert played(Step("windows_shut", minutes=30)).loss.waited > usual.loss.waited
    away = played(Step("away", count=1, service="cash_withdrawal", minutes=20))
    assert usual.loss.waited != away.loss.waited
    down = played(Step("machines_down", kind="crs", minutes=60))
    assert down.refused == 0 and down.loss.waited > usual.loss.waited


def test_the_bank_reads_its_own_words_on_the_day():
    on = date(2026, 12, 1)
    assert {key.removeprefix("academy.scenario.") for key in content.items("scenarios", on)} == TWELVE


@pytest.mark.slow
@pytest.mark.parametrize("slug", sorted(TWELVE))
def test_skill_beats_silence_on_nearly_every_day(slug):
    body = scenario(slug)
    parts, above = parts_of(body), 0
    for seed in range(1000, 1200):
        game = game_of_scenario(body, seed=seed, size="medium", parts=parts)
        orders = golden.skilled(game, seed, futures=20)
        above += playing.play(game, orders, log=False).loss.total < playing.play(game, log=False).loss.total
    assert above >= 190
