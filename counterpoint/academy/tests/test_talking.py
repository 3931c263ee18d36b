"""A dialogue as a graph: what an answer costs is what it gives away, reckoned a second way; and what is refused."""

from copy import deepcopy
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.rules.talking import DIMENSIONS, Answer, Chance, Ending, Node, Talk, loops
from counterpoint.primitives import content
from counterpoint.primitives.content import yaml_text
from counterpoint.primitives.content.bodies import BodyError
from tests.properties import dose

WORDS = {"zh-hans": "话", "en": "words"}
WEIGHTS = {"service": 15.0, "risk": 40.0, "people": 20.0, "cost": 10.0}
POINTS = st.dictionaries(st.sampled_from(DIMENSIONS), st.integers(-5, 5), min_size=1)


@st.composite
def talks(draw, chance=True):
    """Up to four nodes in a row of which each leads to later ones or to an end."""
    count = draw(st.integers(1, 4))
    nodes = []
    for i in range(count):
        ahead = st.sampled_from([*(f"n{j}" for j in range(i + 1, count)), "over", "lost"])
        answers = []
        for one in range(2):
            other = Chance("luck", draw(st.sampled_from([0.25, 0.5])), draw(ahead))
            luck = other if chance and draw(st.booleans()) else None
            answers.append(Answer(f"a{one}", WORDS, draw(POINTS), draw(ahead), WORDS, chance=luck))
        nodes.append(Node(f"n{i}", "customer", WORDS, tuple(answers), "a0"))
    return Talk("n0", nodes, (Ending("over", WORDS), Ending("lost", WORDS)))


def expected(talk, plan):
    """The mean of the points of a plan (an answer for each node), walked from the start."""

    def walk(slug):
        if slug not in talk.by_slug:
            return 0.0
        one = talk.by_slug[slug].choice(plan[slug])
        own = sum(WEIGHTS[name] * points for name, points in one.score.items())
        if one.chance is None:
            return own + walk(one.to)
        return own + (1 - one.chance.share) * walk(one.to) + one.chance.share * walk(one.chance.to)

    return walk(talk.start)


@settings(max_examples=dose(30))
@given(talks())
def test_the_best_value_is_that_of_the_best_of_all_plans(talk):
    slugs = [one.slug for one in talk.nodes]
    plans = [dict(zip(slugs, picked, strict=True)) for picked in product(("a0", "a1"), repeat=len(slugs))]
    best = max(expected(talk, plan) for plan in plans)
    assert talk.values(WEIGHTS)[talk.start] == pytest.approx(best)


@settings(max_examples=dose(30))
@given(talks(chance=False))
def test_costs_along_a_path_add_up_to_its_distance_from_the_best(talk):
    costs = talk.costs(WEIGHTS)
    assert min(costs.values()) >= 0
    worth = {path: sum(WEIGHTS[name] * points for name, points in path.score) for path in talk.paths()}
    for path, found in worth.items():
        assert sum(costs[step] for step in path.answers) == pytest.approx(max(worth.values()) - found)


def test_luck_costs_nothing():
    safe = Answer("safe", WORDS, {"risk": 1}, "over", WORDS)
    bet = Answer("bet", WORDS, {"risk": 0}, "lost_it", WORDS, chance=Chance("luck", 0.5, "won"))
    after = [
        Node(slug, "customer", WORDS, (Answer("yes", WORDS, {"risk": worth}, "over", WORDS),), "yes")
        for slug, worth in (("lost_it", -1), ("won", 3))
    ]
    talk = Talk("start", [Node("start", "customer", WORDS, (safe, bet), "safe"), *after], (Ending("over", WORDS),))
    assert talk.costs(WEIGHTS) == {("start", "safe"): 0, ("start", "bet"): 0, ("lost_it", "yes"): 0, ("won", "yes"): 0}


def body(**more):
    """A dialogue that holds, with some fields changed."""
    held = next(one for one in content.every("dialogues") if one.key == "academy.dialogue.who_is_first")
    return deepcopy(yaml_text.plain(dict(held.body))) | more


def refused(found):
    with pytest.raises(BodyError) as wrong:
        content.kind_of("dialogues").value_of("academy.dialogue.some", found)
    return str(wrong.value)


def changed(node, choice=None, **fields):
    found = body()
    at = found["nodes"][node] if choice is None else found["nodes"][node]["choices"][choice]
    at.update(fields)
    return found


def without(node, name, choice=None):
    found = body()
    at = found["nodes"][node] if choice is None else found["nodes"][node]["choices"][choice]
    del at[name]
    return found


FAULTS = {
    "goes round": (changed(1, 0, to="shout"), "circle|绕圈"),
    "leads nowhere": (changed(1, 0, to="nowhere"), "nowhere|没有去处"),
    "no start": (body(start="somewhere"), "begins|起点"),
    "no default": (changed(0, default="nobody"), "answers|回答"),
    "no points": (changed(0, 0, score={}), "points|得分"),
    "unknown dimension": (changed(0, 0, score={"luck": 1}), "luck"),
    "no reason's source": (without(0, "rule"), "reason|出处"),
    "two answers": (changed(0, choices=body()["nodes"][0]["choices"][:2]), "3"),
    "same names": (changed(0, 1, slug="own_it"), "short name|短名"),
    "an end nobody reaches": (body(ends=[*body()["ends"], {"slug": "never", "words": WORDS}]), "never"),
    "a language missing": (changed(0, says={"zh-hans": "话"}), "says"),
    "a step that does not fit": (changed(0, 0, hall=[{"do": "come", "percent": 5}]), "service"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_dialogue_is_refused(fault):
    found, words = FAULTS[fault]
    assert any(word in refused(found) for word in words.split("|"))


def test_a_dialogue_whose_paths_are_all_worth_the_same_is_refused():
    found = body()
    for node in found["nodes"]:
        for one in node["choices"]:
            one["score"] = {"service": 0}
    assert any(word in refused(found) for word in ("worth more", "得分高"))


def test_a_node_that_leads_to_itself_is_a_loop():
    talk = Node("a", "customer", WORDS, (Answer("x", WORDS, {"risk": 1}, "a", WORDS),), "x")
    assert loops([talk])
