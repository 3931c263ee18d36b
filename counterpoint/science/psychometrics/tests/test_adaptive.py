"""Adaptive sittings: the right item, the content wanted, nobody's favourite item, and half the length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.tests.drawn import answered, drawn_items, sitting

THIRDS = {"cash": 0.5, "law": 0.3, "people": 0.2}
CELLS = ("cash", "law", "people")


def bank_of(count, seed=1, spread=0.3):
    return p.Bank(drawn_items(count, seed, spread), tuple(CELLS[i % 3] for i in range(count)))


@given(mean=st.floats(-3, 3), given_items=st.sets(st.integers(0, 29), max_size=20))
def test_among_one_the_most_informative_free_item_of_its_cell_comes(mean, given_items):
    bank, done = bank_of(30), sorted(given_items)
    plan = p.Plan(THIRDS, among=1)
    found = p.choose(bank, plan, done, p.Ability(mean, 1.0), draw=0.7)
    assert found not in given_items
    told = bank.items.information(mean)
    assert all(told[i] <= told[found] for i in range(30) if i not in given_items and bank.cells[i] == bank.cells[found])


@given(mean=st.floats(-3, 3), draw=st.floats(0, 1, exclude_max=True), among=st.integers(1, 8))
def test_a_draw_takes_one_of_the_best_few_and_nothing_else(mean, draw, among):
    bank = bank_of(60)
    found = p.choose(bank, p.Plan(THIRDS, among=among), [], p.Ability(mean, 1.0), draw=draw)
    told = bank.items.information(mean)
    better = sum(told[i] > told[found] for i in range(60) if bank.cells[i] == bank.cells[found])
    assert better < among


@given(shares=st.lists(st.integers(1, 9), min_size=3, max_size=3), length=st.integers(1, 30), seed=st.integers(0, 99))
def test_content_never_runs_more_than_one_item_ahead_of_its_share(shares, length, seed):
    bank = bank_of(90)
    wanted = {cell: share / sum(shares) for cell, share in zip(CELLS, shares, strict=True)}
    plan, done = p.Plan(wanted), []
    for slot in range(length):
        done.append(p.choose(bank, plan, done, p.EVERYBODY, draw=p.chance(seed, slot)))
        counts = {cell: sum(bank.cells[i] == cell for i in done) for cell in CELLS}
        assert all(counts[cell] <= wanted[cell] * len(done) + 1 + 1e-9 for cell in CELLS)
    assert len(set(done)) == length


def test_a_cell_that_is_used_up_gives_way_to_the_others_and_an_empty_bank_says_so():
    bank = p.Bank(drawn_items(5, 1), ("cash", "law", "law", "law", "attic"))
    plan = p.Plan({"cash": 0.9, "law": 0.1})
    done = []
    while (item := p.choose(bank, plan, done, p.EVERYBODY, draw=0.0)) is not None:
        done.append(item)
    assert sorted(done) == [0, 1, 2, 3]


def test_of_a_family_only_one_stands_in_a_sitting():
    bank = p.Bank(drawn_items(6, 1), ("cash",) * 6, ("a", "a", "b", "b", "b", "c"))
    plan, done = p.Plan({"cash": 1.0}), []
    while (item := p.choose(bank, plan, done, p.EVERYBODY, draw=0.5)) is not None:
        done.append(item)
    assert sorted(bank.families[i] for i in done) == ["a", "b", "c"]


def test_no_item_stands_in_more_sittings_than_its_cap():
    bank, plan = bank_of(120), p.Plan(THIRDS, fewest=10, most=10, cap=0.2)
    shown = np.zeros(120)
    marks = answered(bank.items, np.random.default_rng(1).normal(size=60), 2)
    for n in range(60):
        done, _, _ = sitting(bank, plan, marks[n], f"person {n}", exposure=p.Exposure(shown.copy(), n))
        shown[done] += 1
        assert shown.max() <= 0.2 * (n + 1) + 1
    loose = np.zeros(120)
    for n in range(60):
        loose[sitting(bank, p.Plan(THIRDS, fewest=10, most=10, among=1), marks[n], f"person {n}")[0]] += 1
    assert loose.max() == 60  # without cap and draw everybody begins with the same item


def test_where_all_are_at_their_cap_the_least_shown_stands_in():
    bank = p.Bank(drawn_items(3, 1), ("cash",) * 3)
    full = p.Exposure(np.array([9, 8, 9]), 10)
    assert p.choose(bank, p.Plan({"cash": 1.0}, cap=0.1), [], p.EVERYBODY, draw=0.0, exposure=full) == 1


@pytest.mark.parametrize(
    ("given_count", "sd", "left", "why"),
    [
        (4, 0.1, True, None),
        (5, 0.32, True, "sure"),
        (39, 0.33, True, None),
        (40, 0.33, True, "long"),
        (40, 0.1, True, "long"),
        (7, 0.9, False, "empty"),
    ],
)
def test_a_sitting_ends_when_it_is_sure_long_or_empty(given_count, sd, left, why):
    assert p.stopped(p.Plan(THIRDS), given_count, p.Ability(0, sd), left=left) == why


@pytest.mark.parametrize(
    "bad",
    [
        {"shares": {}},
        {"shares": {"cash": 0.5}},
        {"shares": {"cash": 1.5, "law": -0.5}},
        {"fewest": 9, "most": 8},
        {"among": 0},
        {"enough": 0},
        {"cap": 0},
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(bad):
    with pytest.raises(ValueError):
        p.Plan(**({"shares": THIRDS} | bad))


def test_a_bank_with_an_item_without_a_cell_is_refused():
    with pytest.raises(ValueError, match="one cell"):
        p.Bank(drawn_items(3, 1), ("cash", "law"))


def halves(people, bank_size=300, length=40):
    """(fixed form's median sd, items an adaptive sitting needs to reach it, biases, shares within 1.96 sd)."""
    bank = bank_of(bank_size)
    truth = np.random.default_rng(5).normal(size=people)
    marks = answered(bank.items, truth, 6)
    form = list(p.draw_form(bank, {"cash": length // 2, "law": length * 3 // 10, "people": length // 5}, seed=3))
    fixed_mean, fixed_sd = p.abilities(bank.items.take(form), marks[:, form])
    goal = float(np.median(fixed_sd))
    plan = p.Plan(THIRDS, enough=goal, fewest=5, most=length)
    ended = [sitting(bank, plan, marks[n], f"person {n}") for n in range(people)]
    needed = np.array([len(done) for done, _, _ in ended])
    mean = np.array([after[-1].mean for _, after, _ in ended])
    sd = np.array([after[-1].sd for _, after, _ in ended])
    off = mean - truth
    return {
        "goal": goal,
        "needed": float(np.median(needed)),
        "bias": float(off.mean()),
        "held": float((np.abs(off) < 1.96 * sd).mean()),
        "error": float(np.sqrt((off**2).mean())),
        "stated": float(np.sqrt((sd**2).mean())),
        "fixed_error": float(np.sqrt(((fixed_mean - truth) ** 2).mean())),
        "length": length,
        "reached": float((sd <= goal).mean()),
    }


def test_an_adaptive_sitting_is_as_sure_as_a_fixed_one_in_half_the_items():
    found = halves(120)
    assert found["needed"] <= found["length"] / 2
    assert found["reached"] > 0.95
    assert found["held"] > 0.90
    assert abs(found["bias"]) < 0.1
    assert found["error"] < 1.3 * found["stated"]


@pytest.mark.slow
def test_for_two_thousand_people_bias_and_limits_are_as_stated():
    found = halves(2000)
    assert found["needed"] <= found["length"] / 2
    assert abs(found["bias"]) <= 0.05
    assert 0.935 <= found["held"] <= 0.965
    assert found["error"] == pytest.approx(found["stated"], rel=0.05)
