"""Marking, checking and comparing are pure: the same values give the same verdict, and every fault is told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.academy.rules.answering import at, done, score
from counterpoint.academy.rules.checking import NOTHING, Ask, Check, agrees, compare, holds, judge, number_of
from counterpoint.academy.rules.diffing import changes, diff, touches
from counterpoint.primitives.content import Item
from counterpoint.ui import reader

WORDS = {"zh-hans": "投诉", "en": "complaint"}
SLUGS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)


def check(op, *values, must=True):
    return Check("p", op, WORDS, values=values, must=must)


@pytest.mark.parametrize(
    ("op", "found", "values", "wanted"),
    [
        ("is", 30, (30,), True),
        ("is", 31, (30,), False),
        ("not", 31, (30,), True),
        ("in", "b", ("a", "b"), True),
        ("at_least", 3, (3,), True),
        ("at_most", 3, (2,), False),
        ("between", 5, (1, 9), True),
        ("between", 10, (1, 9), False),
        ("contains", ("a", "b"), ("a",), True),
        ("exists", 0, (), True),
        ("none", None, (), True),
        ("none", 0, (), False),
        ("is", None, (None,), False),
        ("not", None, (30,), False),
        ("at_most", None, (30,), False),
    ],
)
def test_a_check_compares_as_it_says_and_nothing_found_never_passes(op, found, values, wanted):
    assert holds(op, found, values) is wanted


def test_a_must_decides_alone_and_of_the_rest_six_in_ten():
    checks = [check("is", 1), *(check("is", 1, must=False) for _n in range(5))]
    assert judge(checks, [1, 1, 1, 1, 0, 0]).passed
    assert not judge(checks, [1, 1, 1, 0, 0, 0]).passed
    assert not judge(checks, [0, 1, 1, 1, 1, 1]).passed
    assert not judge([], []).passed


@given(st.floats(-1e9, 1e9), st.floats(0, 10))
def test_a_figure_read_off_the_page_agrees_and_one_beyond_the_tolerance_does_not(value, tolerance):
    ask = Ask("n", WORDS, "p", "f", tolerance=tolerance)
    assert agrees(ask, f"{value:.6f}", round(value, 6))
    assert not agrees(ask, f"{value + 2 * tolerance + 1:.6f}", value)


@pytest.mark.parametrize(
    ("typed", "number"), [("88%", 88), ("1,200", 1200), (" 3.5 ", 3.5), ("８８％", 88), ("几", None)]
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert number_of(typed) == number


@pytest.mark.parametrize("typed", ["nan", "inf", "-inf", "1e400"])
def test_what_is_no_finite_number_is_none(typed):
    assert number_of(typed) is None


def test_a_blank_answer_never_passes_and_where_nothing_stands_one_says_so():
    for ask in (Ask("n", WORDS, "p", "f"), Ask("n", WORDS, "p", "f", form="choice")):
        assert compare([ask], {"n": NOTHING}, {"n": None}).passed
        for typed, found in (({}, None), ({"n": " "}, None), ({"n": "0"}, None), ({"n": ""}, 0), ({"n": NOTHING}, 0)):
            assert not compare([ask], typed, {"n": found}).passed


@given(SLUGS, SLUGS, st.sampled_from(["single", "several", "order"]))
def test_a_mark_lies_between_nothing_and_all_and_only_the_right_answer_gets_all(right, chosen, form):
    found = score(form, right, chosen)
    assert 0 <= found <= 1
    same = set(right) == set(chosen) if form == "several" else right == chosen
    assert (found == 1) is same


def test_choosing_everything_earns_nothing_by_luck():
    assert score("several", ["a", "b"], ["a", "b", "c", "d"]) == 0
    assert score("several", ["a", "b"], ["a"]) == 0.5


def test_a_lesson_is_done_when_all_is_answered_and_four_in_five_are_right():
    keys = list("abcde")
    assert done(keys, dict.fromkeys(keys, 1.0) | {"a": 0.0})
    assert not done(keys, dict.fromkeys(keys, 1.0) | {"a": 0.0, "b": 0.5})
    assert not done(keys, dict.fromkeys("abcd", 1.0))


BODY = {"clocks": [{"slug": "contact", "within": {"level_1": {"minutes": 30}}}, {"slug": "legal"}], "list": [1, 2]}


def test_a_field_of_a_rule_is_found_by_its_path():
    assert at(BODY, "clocks.contact.within.level_1.minutes") == 30
    assert at(BODY, "list.1") == 2
    assert [at(BODY, path) for path in ("clocks.gone.within", "list.9", "clocks.contact.slug.deep")] == [None] * 3


def test_a_diff_lists_exactly_the_field_that_changed():
    new = {**BODY, "clocks": [{"slug": "legal"}, {"slug": "contact", "within": {"level_1": {"minutes": 20}}}]}
    (one,) = changes(BODY, new)
    assert (one.path, one.old, one.new) == ("clocks.contact.within.level_1.minutes", 30, 20)


JSON = st.recursive(
    st.none() | st.integers(0, 5) | st.text("ab", max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from("xyz"), JSON, max_size=3)


@given(BODIES, BODIES)
def test_equal_rules_have_no_diff_and_different_ones_have_one(old, new):
    found = list(changes(old, new))
    said_apart = {key: one for key, one in old.items() if one is not None} != {
        key: one for key, one in new.items() if one is not None
    }
    assert not found or old != new
    if said_apart and not any(None in _leaves(one) for one in (old, new)):
        assert found


def _leaves(node):
    if isinstance(node, dict):
        return [leaf for one in node.values() for leaf in (_leaves(one) or [one])]
    return [leaf for one in node for leaf in (_leaves(one) or [one])] if isinstance(node, list) else [node]


def test_only_a_change_of_a_cited_field_concerns_a_lesson():
    (one,) = changes(BODY, {**BODY, "list": [1, 3]})
    assert touches([one], ["list"]) and touches([one], [""]) and not touches([one], ["clocks.contact"])


def test_a_diff_tells_since_when():
    was = Item("k", 1, "cn", "order", "V", date(2026, 1, 1), None, None, body={"days": 15})
    now = replace(was, version=2, effective_from=date(2027, 1, 1), body={"days": 10})
    found = diff("rules", was, now)
    assert (found.since, [one.path for one in found.changes]) == (date(2027, 1, 1), ["days"])


def test_traditional_words_are_made_where_nobody_wrote_them():
    assert reader.said(WORDS, "zh-hant") != reader.said(WORDS, "zh-hans") == "投诉"
    assert reader.said({**WORDS, "zh-hant": "申訴"}, "zh-hant") == "申訴"
    assert reader.said(WORDS, "en") == "complaint"
