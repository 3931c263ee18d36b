"""Fixed forms and their scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.tests.drawn import drawn_items

CELLS = tuple("cash" if i % 3 else "law" for i in range(60))
BANK = p.Bank(drawn_items(60, 1), CELLS)
WANTED = {"cash": 12, "law": 8}


@given(seed=st.integers(0, 10**6), order=st.permutations(range(60)))
def test_a_form_has_the_wanted_content_and_hangs_on_the_seed_alone(seed, order):
    form = p.draw_form(BANK, WANTED, seed=seed)
    assert len(set(form)) == 20
    assert {cell: sum(CELLS[i] == cell for i in form) for cell in WANTED} == WANTED
    mixed = p.Bank(BANK.items.take(order), tuple(CELLS[i] for i in order))
    names = [BANK.items.names[i] for i in form]
    assert [mixed.items.names[i] for i in p.draw_form(mixed, WANTED, seed=seed)] == names


def test_an_item_more_in_the_bank_changes_at_most_one_place_of_a_form():
    more = p.Bank(p.items(np.ones(61), np.zeros(61)), (*CELLS, "cash"))
    less = p.Bank(p.items(np.ones(60), np.zeros(60)), CELLS)
    for seed in range(50):
        assert len(set(p.draw_form(more, WANTED, seed=seed)) - set(p.draw_form(less, WANTED, seed=seed))) <= 1


def test_items_of_a_cell_stand_about_equally_often():
    shown = np.zeros(60)
    for seed in range(400):
        shown[list(p.draw_form(BANK, WANTED, seed=seed))] += 1
    expected = np.where(np.array(CELLS) == "cash", 400 * 12 / 40, 400 * 8 / 20)
    assert (np.abs(shown - expected) < 4.5 * np.sqrt(expected)).all()


def test_no_two_of_a_family_stand_in_a_form():
    bank = p.Bank(drawn_items(60, 1), CELLS, tuple(f"family {i // 2}" for i in range(60)))
    for seed in range(30):
        form = p.draw_form(bank, {"cash": 10, "law": 5}, seed=seed)
        assert len({bank.families[i] for i in form}) == 15


def test_a_cell_with_too_few_items_is_named():
    with pytest.raises(ValueError, match="law needs 21 items and has 20"):
        p.draw_form(BANK, {"law": 21}, seed=1)


def test_options_are_shown_in_an_order_of_the_sitting():
    orders = {p.shuffled(seed, "q1", ("a", "b", "c", "d")) for seed in range(300)}
    assert len(orders) == 24
    assert p.shuffled(5, "q1", ("d", "c", "b", "a")) == p.shuffled(5, "q1", ("a", "b", "c", "d"))


@given(seed=st.integers(0, 10**9))
def test_named_draws_lie_in_the_unit_interval_and_differ_by_name(seed):
    assert 0 <= p.chance(seed, "a") < 1
    assert len({p.chance(seed, name) for name in ("a", "b", "ab", ("a", "b"))}) == 4
    assert p.chance(seed, "a", "b") != p.chance(seed, "ab")


def test_named_draws_are_even():
    draws = np.array([p.chance(1, n) for n in range(5000)])
    assert np.histogram(draws, 10, (0, 1))[0] == pytest.approx(500, abs=110)


@given(marks=st.lists(st.sampled_from([1, 0, -1]), min_size=1, max_size=30))
def test_cells_add_up_and_an_open_item_is_not_right(marks):
    cells = ["cash" if i % 2 else "law" for i in range(len(marks))]
    found = p.score(marks, cells)
    assert (found.right, found.of, found.open) == (marks.count(1), len(marks), marks.count(-1))
    assert sum(right for right, _ in found.by_cell.values()) == found.right
    assert sum(of for _, of in found.by_cell.values()) == found.of
    assert found.low <= found.share <= found.high


@given(marks=st.lists(st.sampled_from([1, 0, -1]), min_size=2, max_size=30), j=st.integers(0, 29))
def test_dropping_an_item_that_was_missed_never_costs_anybody(marks, j):
    """What an upheld appeal does to all sittings."""
    j %= len(marks)
    kept = [i != j for i in range(len(marks))]
    before, after = p.score(marks, ["x"] * len(marks)), p.score(marks, ["x"] * len(marks), kept)
    assert after.of == before.of - 1
    assert after.share >= before.share if marks[j] != 1 else after.share <= before.share


def test_a_share_at_the_cut_passes_and_one_item_less_does_not():
    assert p.score([1] * 7 + [0] * 3, ["x"] * 10).passed(0.7)
    assert not p.score([1] * 6 + [0] * 4, ["x"] * 10).passed(0.7)
    assert p.score([1] * 7 + [0] * 3, ["x"] * 10).close_to(0.8)
    assert not p.score([1] * 100, ["x"] * 100).close_to(0.8)


def test_a_form_on_which_nothing_counts_has_no_score():
    with pytest.raises(ValueError, match="counts"):
        p.score([1, 0], ["x", "x"], [False, False])
