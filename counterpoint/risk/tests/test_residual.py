"""The published formula: without evidence nothing moves, nor by time; better never raises; no opinion enters."""

import inspect
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.risk.rules import errors
from counterpoint.risk.rules.residual import Piece, Residual, Scale, as_of, effect, residual, weight, would_move

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SCALE = Scale({"test": 180.0, "drill": 365.0, "incident": 365.0, "metric": 120.0})
CONTROLS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.sampled_from(["preventive", "detective", "corrective"]), min_size=1
)
GRADE = st.integers(1, 5)
AGE = st.integers(0, 2000)
SHOWN = st.builds(
    lambda kind, value, days, control: Piece(kind, value, NOW - timedelta(days=days), control),
    st.sampled_from(["test", "drill"]), st.floats(0, 1), AGE, st.sampled_from(["a", "b", "c"]),
)  # fmt: skip
PRESSING = st.builds(
    lambda kind, value, days: Piece(kind, value, NOW - timedelta(days=days)),
    st.sampled_from(["incident", "metric"]), st.floats(0, 2), AGE,
)  # fmt: skip
EVIDENCE = st.lists(st.one_of(SHOWN, PRESSING), max_size=12)
EXAMPLES = settings(max_examples=300)
TINY = 1e-9


def left(likelihood, impact, controls, evidence, now=NOW, scale=SCALE):
    return residual(likelihood=likelihood, impact=impact, controls=controls, evidence=evidence, scale=scale, now=now)


def naive(likelihood, impact, controls, evidence):
    """The same rule written a second time, step by step, without sharing a line."""
    lives = {"test": 180, "drill": 365, "incident": 365, "metric": 120}
    shrunk = {"preventive": 1.0, "other": 1.0}
    for slug, kind in controls.items():
        top, bottom = 0.0, 1.0
        for piece in evidence:
            if piece.control == slug and piece.kind in ("test", "drill"):
                share = 2 ** (-((NOW - piece.at) / timedelta(days=1)) / lives[piece.kind])
                top += share * piece.value
                bottom += share
        shrunk["preventive" if kind == "preventive" else "other"] *= 1 - 0.9 * top / bottom
    burden = 0.0
    for piece in evidence:
        if piece.kind in ("incident", "metric"):
            burden += piece.value * 2 ** (-((NOW - piece.at) / timedelta(days=1)) / lives[piece.kind])
    chance = (likelihood - 1) * shrunk["preventive"] + 1
    chance = 5 - (5 - chance) * 2 ** (-burden / 2)
    return chance * ((impact - 1) * shrunk["other"] + 1)


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE)
def test_two_independent_answers_agree(likelihood, impact, controls, evidence):
    found = left(likelihood, impact, controls, evidence)
    assert found.score == pytest.approx(naive(likelihood, impact, controls, evidence), rel=1e-9)
    assert 1 <= found.likelihood <= 5 and 1 <= found.impact <= 5


@given(GRADE, GRADE, CONTROLS)
def test_p_r1_without_evidence_the_residual_is_the_inherent_risk(likelihood, impact, controls):
    assert left(likelihood, impact, controls, []) == Residual(likelihood, impact, dict.fromkeys(controls, 0.0), 0.0)


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE)
def test_p_r1_what_is_missing_unknown_or_still_to_come_changes_nothing(likelihood, impact, controls, evidence):
    strange = [
        Piece("test", 1.0, NOW - timedelta(days=1), "nobody's"), Piece("test", 0.0, NOW - timedelta(days=1)),
        Piece("test", 1.0, NOW + timedelta(days=1), next(iter(controls))),
        Piece("incident", 2.0, NOW + timedelta(days=1)),
    ]  # fmt: skip
    assert left(likelihood, impact, controls, [*evidence, *strange]) == left(likelihood, impact, controls, evidence)


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE, st.data())
def test_p_r2_a_better_result_never_raises_and_a_graver_incident_never_lowers(
    likelihood, impact, controls, evidence, data
):
    if not evidence:
        return
    place = data.draw(st.integers(0, len(evidence) - 1))
    one = evidence[place]
    shown = one.kind in ("test", "drill")
    more = data.draw(st.floats(one.value, 1.0 if shown else 3.0))
    other = [*evidence[:place], replace(one, value=more), *evidence[place + 1 :]]
    before, after = (left(likelihood, impact, controls, some).score for some in (evidence, other))
    assert after <= before + TINY if shown else after >= before - TINY


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE, AGE)
def test_p_r2_a_pass_never_raises_a_fail_never_lowers_an_incident_never_lowers(
    likelihood, impact, controls, evidence, days
):
    at, slug = NOW - timedelta(days=days), next(iter(controls))
    here = left(likelihood, impact, controls, evidence).score
    assert left(likelihood, impact, controls, [*evidence, Piece("test", 1.0, at, slug)]).score <= here + TINY
    assert left(likelihood, impact, controls, [*evidence, Piece("drill", 0.0, at, slug)]).score >= here - TINY
    assert left(likelihood, impact, controls, [*evidence, Piece("incident", 1.0, at)]).score >= here - TINY


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE, st.integers(0, 3000))
def test_p_r3_seen_from_a_later_piece_older_evidence_counts_less(likelihood, impact, controls, evidence, days):
    later = NOW + timedelta(days=days)
    tests = [p for p in evidence if p.control]
    presses = [p for p in evidence if not p.control]
    assert (
        left(likelihood, impact, controls, tests, later).score >= left(likelihood, impact, controls, tests).score - TINY
    )
    assert left(likelihood, impact, controls, presses, later).score <= (
        left(likelihood, impact, controls, presses).score + TINY
    )
    far = left(likelihood, impact, controls, evidence, NOW + timedelta(days=365 * 60))
    assert far.score == pytest.approx(likelihood * impact, rel=1e-3)


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE, st.integers(0, 3000))
def test_p_r4_time_alone_moves_nothing(likelihood, impact, controls, evidence, days):
    later = NOW + timedelta(days=days)
    assert as_of(evidence, later) == as_of(evidence, NOW) or not evidence
    if evidence:
        told = [left(likelihood, impact, controls, evidence, as_of(evidence, at)) for at in (NOW, later)]
        assert told[0] == told[1]
    to_come = Piece("test", 1.0, later + timedelta(days=1), "a")
    assert as_of([*evidence, to_come], later) == as_of(evidence, later)


@given(GRADE, GRADE, CONTROLS, EVIDENCE, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(likelihood, impact, controls, evidence, random):
    mixed = list(evidence)
    random.shuffle(mixed)
    assert left(likelihood, impact, controls, mixed) == left(likelihood, impact, controls, evidence)


def test_half_after_a_half_life_a_quarter_after_two():
    pieces = [Piece(kind, 1.0, NOW, "a") for kind in SCALE.half_life]
    for piece in pieces:
        days = SCALE.half_life[piece.kind]
        for lives in (0, 1, 2, 3):
            assert weight(SCALE, piece, NOW + timedelta(days=days * lives)) == pytest.approx(0.5**lives)


def test_a_control_needs_more_than_one_test_and_is_never_perfect():
    passed = [Piece("test", 1.0, NOW, "a")] * 100
    shown = [effect(SCALE, passed[:n], NOW) for n in (0, 1, 3, 100)]
    assert shown == [0.0, pytest.approx(0.45), pytest.approx(0.675), pytest.approx(0.9 * 100 / 101)]


def test_nobodys_opinion_is_an_argument():
    assert set(inspect.signature(residual).parameters) == {
        "likelihood", "impact", "controls", "evidence", "scale", "now",
    }  # fmt: skip
    assert set(Piece.__dataclass_fields__) == {"kind", "value", "at", "control"}


@EXAMPLES
@given(GRADE, GRADE, CONTROLS, EVIDENCE)
def test_what_would_move_it_is_what_does(likelihood, impact, controls, evidence):
    told = would_move(likelihood=likelihood, impact=impact, controls=controls, evidence=evidence, scale=SCALE, now=NOW)
    here = left(likelihood, impact, controls, evidence).score
    assert set(told) == set(controls)
    for slug, change in told.items():
        after = left(likelihood, impact, controls, [*evidence, Piece("test", 1.0, NOW, slug)]).score
        assert change == pytest.approx(after - here) and change <= TINY


def test_a_rate_says_how_sure_it_is_and_none_without_deals():
    one = errors.rate("cash", 3, 20_000)
    assert (one.value, one.few) == (1.5, True) and one.low < 0.31 and 4.3 < one.high < 4.4
    assert errors.rate("cash", 0, 20_000).value == 0 and errors.rate("cash", 0, 20_000).high > 1.8
    assert errors.rate("cash", 3, None).value is None
