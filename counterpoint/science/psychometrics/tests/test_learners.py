"""The learner model: nothing of the future in it, better than the plain means, honest about repeated rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from counterpoint.science import psychometrics as p


def drawn(students=150, length=30, seed=1):
    """Students with an ability and a pace of learning, items of five skills."""
    rng = np.random.default_rng(seed)
    difficulty = rng.normal(0, 1, 60)
    ability, gain = rng.normal(0, 1, students), rng.uniform(0, 0.05, students)
    student = np.repeat(np.arange(students), length)
    item = rng.integers(0, 60, student.shape)
    step = np.tile(np.arange(length), students)
    chance = expit(ability[student] + gain[student] * step - difficulty[item])
    return p.Attempts(student, item, item % 5, (rng.random(student.shape) < chance).astype(int))


TRAIN = drawn(seed=1)
MODEL = p.fit_learner(TRAIN)


@given(row=st.integers(0, 89), other=st.integers(0, 1))
def test_no_chance_hangs_on_its_own_answer_or_a_later_one(row, other):
    test = drawn(3, 30, 2)
    changed = test.right.copy()
    changed[row] = other
    later = p.Attempts(test.student, test.item, test.skill, changed)
    before, after = MODEL.chances(test), MODEL.chances(later)
    same = (test.student != test.student[row]) | (np.arange(90) <= row)
    assert (before[same] == after[same]).all()


def test_students_that_are_mixed_in_the_log_get_the_same_chances():
    test = drawn(6, 30, 3)
    order = np.argsort(np.tile(np.arange(30), 6), kind="stable")  # everybody's first row, everybody's second, …
    assert MODEL.chances(test.take(order)) == pytest.approx(MODEL.chances(test)[order])


def test_students_never_seen_are_told_better_than_by_items_alone():
    fresh = drawn(300, 30, 1)  # the same items, since the seed draws them first
    test = fresh.take(fresh.student >= 150)
    rates = MODEL.rates
    alone = np.array([rates.easiness(i, s) for i, s in zip(test.item.tolist(), test.skill.tolist(), strict=True)])
    told = MODEL.chances(test)
    assert p.area(test.right, told) > p.area(test.right, alone) + 0.03


def test_chances_are_calibrated():
    fresh = drawn(300, 30, 1)
    test = fresh.take(fresh.student >= 150)
    told = MODEL.chances(test)
    for low, high in ((0, 0.35), (0.35, 0.65), (0.65, 1)):
        inside = (told >= low) & (told < high)
        assert test.right[inside].mean() == pytest.approx(told[inside].mean(), abs=0.06)


def test_the_outlook_is_the_chance_the_next_row_would_get():
    test = drawn(1, 12, 4)
    past = test.take(np.arange(11))
    nexts = [(int(test.item[11]), int(test.skill[11])), (3, 3), (99, 77)]
    found = MODEL.outlook(past, nexts)
    assert found[0] == pytest.approx(MODEL.chances(test)[11])
    assert len(found) == 3 and ((found > 0) & (found < 1)).all()


def test_an_item_or_a_skill_never_seen_falls_back_to_what_is_known_above_it():
    rates = MODEL.rates
    assert rates.easiness(999, 888) == pytest.approx((rates.right + 1) / (rates.answers + 2))
    of_skill = rates.skills[2]
    assert rates.easiness(999, 2) == pytest.approx(of_skill[0] / of_skill[1], abs=0.01)


def test_the_own_answer_of_a_training_row_does_not_make_its_item_easier():
    one = p.Attempts([1, 1, 2, 2], [5, 6, 6, 6], [1, 1, 1, 1], [1, 0, 1, 0])
    rates = p.fit_learner(one).rates
    assert rates.easiness(5, 1, own=1) == pytest.approx(rates.easiness(4, 1))


def test_a_fit_to_coin_tosses_promises_next_to_nothing():
    """Counted with its own row, an item seen three times half gives its answer away, and the model would trust it."""
    rng = np.random.default_rng(1)
    student, item = np.repeat(np.arange(60), 40), np.arange(2400) % 800
    model = p.fit_learner(p.Attempts(student, item, item % 2, rng.integers(0, 2, 2400)))
    fresh = p.Attempts(student, rng.permutation(item), item % 2, rng.integers(0, 2, 2400))
    assert np.std(model.chances(fresh)) < 0.1


def test_rows_that_repeat_the_item_before_are_found_for_each_student_alone():
    log = p.Attempts([1, 2, 1, 1, 2, 1], [7, 7, 7, 8, 9, 7], [1, 1, 2, 1, 1, 1], [1, 0, 1, 0, 1, 0])
    assert p.repeats(log).tolist() == [False, False, True, False, False, False]
    assert p.without_repeats(log).item.tolist() == [7, 7, 8, 9, 7]


def test_copied_rows_flatter_a_model_and_leaving_them_out_gives_the_figure_back():
    """Every answer is written twice, as logs do that write a problem once for each of its skills."""
    test = drawn(60, 30, 5)
    train = TRAIN.take(TRAIN.student < 75)
    copied, learned = (log.take(np.repeat(np.arange(len(log)), 2)) for log in (test, train))
    flattered = p.area(copied.right, p.fit_learner(learned).chances(copied))
    plain = p.fit_learner(p.without_repeats(learned)).chances(p.without_repeats(copied))
    bare = p.area(p.without_repeats(copied).right, plain)
    assert flattered > bare + 0.1
    assert bare == pytest.approx(p.area(test.right, p.fit_learner(train).chances(test)), abs=0.02)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows):
    right, told = np.array([r for r, _ in rows]), np.array([t for _, t in rows])
    if len(set(right.tolist())) < 2:
        with pytest.raises(ValueError, match="alike"):
            p.area(right, told)
        return
    pairs = [(a > b) + (a == b) / 2 for a in told[right == 1] for b in told[right == 0]]
    assert p.area(right, told) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("bad", [([1], [1], [1], [2]), ([1, 1], [1], [1], [1])])
def test_what_is_no_log_of_attempts_is_refused(bad):
    with pytest.raises(ValueError):
        p.Attempts(*bad)


def test_answers_that_are_all_right_teach_nothing():
    with pytest.raises(ValueError, match="alike"):
        p.fit_learner(p.Attempts([1, 1], [1, 2], [1, 1], [1, 1]))
