"""The score, by hand and by properties: a pure function of answers and version."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.primitives.checklists.definition import Checklist, Expiry, Item, Limits, Section
from counterpoint.primitives.checklists.scoring import Given, Ground, score, wrong

ON = date(2026, 11, 23)
NAMES = {"zh-hans": "项"}


def item(slug, kind="yes_no", **more):
    return Item(slug, NAMES, kind, **({"good": ("yes",)} if kind == "yes_no" else {}) | more)


def checklist(*items, **more):
    return Checklist("x", NAMES, (Section("s", NAMES, items),), **more)


def told(answers, *items, **more):
    return score(checklist(*items, **more), {k: Given(v, 1) for k, v in answers.items()}, ON)


def test_weights_count_and_what_does_not_apply_is_left_out():
    found = told({"a": "yes", "b": "no", "c": "na"}, item("a", weight=3), item("b"), item("c", weight=9), pass_mark=75)
    assert (found.percent, found.passed) == (75.0, True)


def test_a_bad_critical_item_fails_a_round_of_any_score():
    found = told({"a": "yes", "b": "no"}, item("a", weight=99), item("b", critical=True), pass_mark=50)
    assert found.percent == 99.0 and not found.passed and found.critical == ("b",)


def test_an_open_required_item_keeps_a_round_from_passing_and_an_optional_one_does_not():
    assert not told({"a": "yes"}, item("a"), item("b")).passed
    assert told({"a": "yes"}, item("a"), item("b", required=False)).passed


@pytest.mark.parametrize(("value", "good"), [(17.9, False), (18, True), (28, True), (28.1, False)])
def test_limits_include_their_ends(value, good):
    assert told({"a": value}, item("a", "number", limits=Limits(18, 28))).passed is good


@pytest.mark.parametrize(
    ("days", "verdict", "warn"), [(-1, "bad", None), (0, "good", 0), (30, "good", 30), (31, "good", None)]
)
def test_an_expiry_is_good_to_its_last_day_and_warns_before(days, verdict, warn):
    (one,) = told({"a": (ON + timedelta(days)).isoformat()}, item("a", "date", expiry=Expiry(30))).items
    assert (one.verdict, one.warn_days) == (verdict, warn)


def test_when_nothing_applies_nothing_is_wrong_and_when_nothing_is_answered_nothing_is_known():
    assert told({"a": "na"}, item("a")).percent == 100.0
    assert told({}, item("a")).percent is None and not told({}, item("a")).passed


def test_a_failed_item_names_the_machine_scanned_before_it():
    found = score(
        checklist(item("code", "scan", asset="atm"), item("works", asset="atm")),
        {"code": Given("atm-2"), "works": Given("no")}, ON, ground=Ground({"atm": frozenset({"atm-2"})}),
    )  # fmt: skip
    assert [(one.slug, one.asset) for one in found.failed] == [("works", "atm-2")]


def test_another_machine_than_the_rounds_own_is_a_bad_scan():
    found = score(checklist(item("code", "scan")), {"code": Given("atm-2")}, ON, asset="atm-1")
    assert found.slugs("bad") == ("code",)


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", "no", "na", None]), st.integers(0, 50), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_the_score_equals_a_fraction_worked_out_by_hand(rows):
    items = [item(f"i{n}", weight=float(weight), critical=critical) for n, (_, weight, critical) in enumerate(rows)]
    found = told({f"i{n}": value for n, (value, _, _) in enumerate(rows) if value}, *items, pass_mark=60)
    counted = [(value, weight) for value, weight, _ in rows if value in ("yes", "no")]
    whole = sum(weight for _, weight in counted)
    if whole:
        exact = Fraction(100 * sum(weight for value, weight in counted if value == "yes"), whole)
        assert abs(found.percent - float(exact)) <= 0.005
    failed = any(value == "no" and critical for value, _, critical in rows)
    if failed or any(value is None for value, _, _ in rows):
        assert not found.passed


@given(
    st.one_of(
        st.none(), st.booleans(), st.floats(), st.text(max_size=20), st.dictionaries(st.text(max_size=4), st.floats())
    )
)
def test_no_value_that_is_let_in_breaks_the_score(value):
    for kind in ("yes_no", "number", "date", "photo", "signature", "text", "scan", "place"):
        one = item("a", kind, **({"expiry": Expiry(5)} if kind == "date" else {}))
        if not wrong(one, value):
            told({"a": value}, one)
