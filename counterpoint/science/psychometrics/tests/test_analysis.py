"""Item analysis: by hand, by planted faults, and quiet where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.tests import lsat
from counterpoint.science.psychometrics.tests.drawn import answered, drawn_items


def drawn(count=15, people=600, seed=1):
    return answered(drawn_items(count, seed), np.random.default_rng(seed + 1).normal(size=people), seed + 2)


def test_figures_of_a_small_table_are_those_counted_by_hand():
    rows = [[1, 1, 1], [1, 1, 0], [1, 0, -1], [0, 0, 1], [0, -1, 0], [-1, -1, -1]]
    first, second, third = p.analyse(p.responses(rows))
    assert (first.answers, first.difficulty, first.left_out, first.not_reached) == (5, 0.6, 0, 1)
    assert (second.answers, second.difficulty, second.left_out, second.not_reached) == (4, 0.5, 1, 1)
    assert (third.answers, third.left_out, third.not_reached) == (4, 0, 2)
    rest = [1, 0.5, 0, 0.5, 0]  # share right of the others, of those who answered the first
    assert first.separation == pytest.approx(np.corrcoef([1, 1, 1, 0, 0], rest)[0, 1])
    assert first.flags == ("few",)


def test_section_six_separates_as_the_correlation_of_item_and_rest_says():
    answers = lsat.answers(lsat.SECTION_6)
    total = answers.marks.sum(axis=1)
    for j, report in enumerate(p.analyse(answers)):
        own = answers.marks[:, j]
        assert report.difficulty == pytest.approx(own.mean())
        assert report.separation == pytest.approx(np.corrcoef(own, total - own)[0, 1])
    assert [round(report.difficulty, 3) for report in p.analyse(answers)] == [0.924, 0.709, 0.553, 0.763, 0.870]


@given(order=st.permutations(range(12)))
def test_the_order_of_people_does_not_matter(order):
    rows = drawn(6, 12)
    for here, there in zip(p.analyse(p.responses(rows[order])), p.analyse(p.responses(rows)), strict=True):
        assert here.separation == pytest.approx(there.separation)
        assert (here.answers, here.difficulty, here.flags) == (there.answers, there.difficulty, there.flags)


def test_planted_faults_are_flagged_and_nothing_else_is():
    rows = drawn(people=2000)
    rng = np.random.default_rng(9)
    rows[:, 0] = 1 - rows[:, 0]
    rows[:, 1] = rng.random(2000) < 0.5
    rows[:, 2] = rng.random(2000) < 0.99
    rows[:, 3] = rng.random(2000) < 0.05
    rows[rng.random(2000) < 0.2, 4] = p.OPEN
    flags = [report.flags for report in p.analyse(p.responses(rows))]
    assert "backwards" in flags[0]
    assert "weak" in flags[1]
    assert "easy" in flags[2]
    assert "hard" in flags[3]
    assert flags[4] == ("skipped",)
    assert all(own == () for own in flags[5:])
    assert set().union(*flags) <= set(p.FLAGS)


def test_sound_items_are_rarely_flagged():
    flagged = sum(bool(report.flags) for seed in range(20) for report in p.analyse(p.responses(drawn(10, 80, seed))))
    assert flagged <= 6  # of 200


def test_who_was_not_asked_has_left_nothing_open():
    """Forms that differ: only what was asked and left open counts as left open."""
    rows, rng = drawn(people=2000), np.random.default_rng(9)
    asked = rng.random(rows.shape) < 0.5
    rows[~asked] = p.OPEN
    open_too = asked[:, 4] & (rng.random(2000) < 0.3)
    rows[open_too, 4] = p.OPEN
    reports = p.analyse(p.responses(rows), asked=asked)
    assert [report.flags for report in reports] == [("skipped",) if n == 4 else () for n in range(len(reports))]
    assert [report.left_out for report in reports] == [
        int(open_too.sum()) if n == 4 else 0 for n in range(len(reports))
    ]
    assert reports[0].not_reached == int((~asked[:, 0]).sum())
    with pytest.raises(ValueError, match="who was asked"):
        p.analyse(p.responses(rows), asked=asked[:5])


def test_those_who_ran_out_of_time_do_not_count_as_leaving_out():
    rows = drawn()
    rows[:200, 10:] = p.OPEN
    reports = p.analyse(p.responses(rows))
    assert [report.not_reached for report in reports[10:]] == [200] * 5
    assert all(report.left_out == 0 for report in reports)


def test_a_wrong_option_that_draws_the_able_is_flagged():
    """The key of the first item was entered wrongly: the able take what is right and are marked wrong."""
    rows = drawn()
    truth = np.where(rows == 1, "a", np.where(np.random.default_rng(1).random(rows.shape) < 0.5, "b", "c"))
    keys = ["b", *["a"] * 14]
    marked = (truth == np.array(keys)).astype(int)
    reports = p.analyse(p.responses(marked), truth.tolist(), keys)
    assert "tempting" in reports[0].flags
    assert not any("tempting" in report.flags for report in reports[1:])
    assert sum(option.chosen for option in reports[3].options) == 600
    by_name = {option.name: option.rest for option in reports[3].options}
    assert by_name["a"] > max(by_name["b"], by_name["c"])


def test_options_without_keys_are_refused():
    with pytest.raises(ValueError, match="keys"):
        p.analyse(p.responses([[1, 0]]), [["a", "b"]])


def test_an_item_that_nobody_answered_says_so_and_does_not_crash():
    report = p.analyse(p.responses([[1, -1], [0, -1]]))[1]
    assert (report.answers, report.difficulty, report.separation, report.not_reached) == (0, None, None, 2)


def test_an_item_harder_for_a_group_of_the_same_ability_is_found_and_ability_alone_is_not():
    known = drawn_items(20, 1)
    rng = np.random.default_rng(2)
    group = np.arange(3000) % 2 == 0
    ability = rng.normal(size=3000) - 0.5 * group  # the group is less able, which is no fault of an item
    harder = p.items(known.slope, known.difficulty + np.where(np.arange(20) == 4, 1.0, 0.0))
    rows = np.where(group[:, None], answered(harder, ability, 3), answered(known, ability, 4))
    found = p.differential(p.responses(rows), group)
    assert found[4].grade in ("B", "C") and found[4].delta < -1
    assert sum(one.grade != "A" for one in found) == 1


def test_the_common_odds_ratio_of_one_table_is_its_own():
    """One level: 30 of 40 against 20 of 40 is an odds ratio of 3."""
    rows = np.array([[1, 0]] * 30 + [[0, 1]] * 10 + [[1, 0]] * 20 + [[0, 1]] * 20)
    found = p.differential(p.responses(rows), [False] * 40 + [True] * 40)[0]
    assert found.delta == pytest.approx(-2.35 * np.log(3))
    assert found.error == pytest.approx(2.35 * np.sqrt(1 / 30 + 1 / 10 + 1 / 20 + 1 / 20), rel=1e-6)


def test_where_a_group_is_missing_nothing_is_graded():
    assert all(one.grade == "" for one in p.differential(p.responses(drawn(5, 50)), [False] * 50))


def test_items_fitted_on_a_stronger_class_land_on_the_old_scale_by_common_items():
    old = drawn_items(40, 1)
    new = p.items(old.slope * 0.8, (old.difficulty - 0.7) / 0.8)
    found = p.linked(new.take(range(10, 40)), old.take(range(25)))
    assert found.slope == pytest.approx(old.slope[10:])
    assert found.difficulty == pytest.approx(old.difficulty[10:])
    with pytest.raises(ValueError, match="9 items stand on both"):
        p.linked(new.take(range(16, 40)), old.take(range(25)))
