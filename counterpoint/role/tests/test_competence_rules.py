"""The published formula of levels, against numerical integration, and what must hold for any evidence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from counterpoint.role.rules.competence import (
    FLOORS,
    Piece,
    best_before,
    estimate,
    falls_in,
    level_of,
    points,
    posterior,
    shown,
    together,
)

HALF = 240.0
pieces = st.lists(
    st.builds(
        Piece,
        score=st.floats(0, 1),
        weight=st.sampled_from([0.3, 0.2, 0.1]),
        size=st.sampled_from([0.2, 0.5, 1.0]),
        age=st.floats(0, 1500),
    ),
    max_size=12,
)


def integrated(alpha, beta, share):
    """The same point by integrating the density, substituted so that it is finite at both ends."""

    def mass(until):
        body = quad(lambda u: (u ** (alpha - 1)) * ((1 - u) ** (beta - 1)), 0, until, limit=200)[0]
        return body / whole - share

    whole = quad(lambda u: (u ** (alpha - 1)) * ((1 - u) ** (beta - 1)), 0, 1, limit=200)[0]
    return 100 * brentq(mass, 0, 1, xtol=1e-10)


def test_the_example_of_the_design():
    held = [Piece(0.9, 0.3, 1, 0), Piece(0.8, 0.3, 1, HALF)]
    assert posterior(held, HALF) == pytest.approx((4.9, 1.6))
    found = estimate(held, HALF)
    assert (found.value, found.level) == (pytest.approx(75.38, abs=0.01), 2)
    assert (found.low, found.quartile, found.high) == pytest.approx((45.41, 65.59, 96.07), abs=0.01)


@pytest.mark.parametrize("alpha, beta", [(1, 1), (1.2, 1.0), (4.9, 1.6), (2.5, 7.5), (30, 2), (1, 12)])
def test_points_agree_with_integration(alpha, beta):
    for share in (0.05, 0.25, 0.95):
        assert points(alpha, beta, share) == pytest.approx(integrated(alpha, beta, share), abs=1e-5)


@given(pieces, st.sampled_from([0.3, 0.2, 0.1]), st.sampled_from([0.2, 1.0]))
@settings(max_examples=200, deadline=None)
def test_more_perfect_evidence_never_lowers(held, weight, size):
    before, after = estimate(held, HALF), estimate([*held, Piece(1.0, weight, size, 0.0)], HALF)
    assert after.value >= before.value and after.quartile >= before.quartile - 1e-9 and after.level >= before.level


@given(pieces, st.floats(0, 1500))
@settings(max_examples=300, deadline=None)
def test_time_alone_never_raises_the_shown_level(held, later):
    assert shown(held, HALF, later) <= shown(held, HALF)


@given(pieces, st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_evidence_does_not_matter(held, random):
    mixed = list(held)
    random.shuffle(mixed)
    assert estimate(mixed, HALF) == estimate(held, HALF)


def test_without_evidence_the_first_level_is_shown():
    found = estimate([], HALF)
    assert (found.value, found.low, found.quartile, found.high, found.level) == pytest.approx((50, 5, 25, 95, 1))


def test_levels_begin_at_their_floors():
    assert [level_of(floor) for floor in FLOORS] == [2, 3, 4, 5]
    assert [level_of(floor - 1e-9) for floor in FLOORS] == [1, 2, 3, 4]


def test_a_level_once_shown_is_told_with_its_age():
    held = [Piece(1.0, 0.3, 1, 300.0 + day) for day in range(0, 40, 10)]  # four perfect exams, 300 days ago
    best, ago = best_before(held, HALF)
    then = shown([one for one in held if one.age >= 300], HALF, -300)
    assert best == then > shown(held, HALF)
    assert 0 < ago <= 300
    assert shown(held, HALF, -ago - 0.01) >= best > shown(held, HALF, -ago + 0.01)


@given(pieces)
@settings(max_examples=100, deadline=None)
def test_the_past_agrees_with_looking_at_every_day(held):
    days = sorted({one.age for one in held} | {float(day) for day in range(0, 1500, 60)})
    by_hand = max((shown([one for one in held if one.age >= day], HALF, -day) for day in days), default=1)
    told = best_before(held, HALF)
    assert (told[0] if told else shown(held, HALF)) == max(by_hand, shown(held, HALF))


def test_the_day_on_which_a_level_is_lost():
    held = [Piece(1.0, 0.3, 1, 0.0)] * 3
    level = shown(held, HALF)
    days = falls_in(held, HALF, level, 720)
    assert shown(held, HALF, days - 0.01) == level > shown(held, HALF, days + 0.01)
    assert falls_in(held, HALF, level + 1, 720) == 0.0
    assert falls_in(held, HALF, 1, 720) is None and falls_in(held, HALF, level, days / 2) is None


def test_a_mean_with_weights():
    assert together([(80, 40), (70, 30), (75, 10), (60, 20)]) == pytest.approx(72.5)
    assert together([(80, 0), (60, 0)]) == 70 and together([]) == 0
