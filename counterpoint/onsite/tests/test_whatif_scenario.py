"""A question is written in an address and read from one; nonsense is said in words and left out, never an error."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.onsite.tests.whatif_days import CREW, GROUND
from counterpoint.onsite.whatif.scenario import (
    LUNCHES,
    MOST_COUNT,
    Added,
    Scenario,
    Slow,
    Span,
    Surge,
    machine_words,
    query,
    read,
)

SERVICES = [s.key for s in GROUND.services]
TIERS = [t.key for t in GROUND.tiers]
KEYS = [w.key for w in CREW]


def sent(fields):
    """Fields as a request gives them: lists by name."""
    found = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def english(**fields):
    with translation.override("en"):
        return read({name: value if isinstance(value, list) else [value] for name, value in fields.items()}, GROUND)


def spans():
    minutes = st.integers(GROUND.opens, GROUND.closes)
    return st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1])


def rows(one):
    return st.lists(one, max_size=3).map(tuple)


def spanned(kind, *parts):
    return st.tuples(*parts, spans()).map(lambda got: kind(*got[:-1], *got[-1]))


def moves(pairs):
    return tuple(sorted(pairs.items(), key=lambda pair: KEYS.index(pair[0])))


scenarios = st.builds(
    Scenario,
    arrivals=st.integers(-50, 200),
    groups=st.dictionaries(st.sampled_from(GROUND.skills), st.integers(-50, 200).filter(bool)).map(
        lambda found: tuple((s, found[s]) for s in GROUND.skills if s in found)
    ),
    surges=rows(
        st.tuples(st.sampled_from(SERVICES), st.integers(1, MOST_COUNT), spans(), st.sampled_from(["", *TIERS])).map(
            lambda got: Surge(got[0], got[1], *got[2], got[3])
        )
    ),
    posts=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["off", "cash", "lobby"])).map(moves),
    added=rows(spanned(Added, st.sampled_from(GROUND.skills), st.integers(1, 6))),
    closed=rows(spanned(Span, st.sampled_from(["1", "4"]))),
    outages=rows(spanned(Span, st.sampled_from(machine_words(GROUND)))),
    slow=st.none() | spanned(Slow, st.integers(10, 99)),
    seniors=st.booleans(),
    vips=st.booleans(),
    first=st.sampled_from(["", *SERVICES]),
    promise=st.none() | st.integers(1, 120),
    uptake=st.integers(0, 100),
    lunch=st.sampled_from(LUNCHES),
    moved=st.dictionaries(st.sampled_from(KEYS), st.sampled_from([600, 645, 780])).map(moves),
)


@given(scenarios)
def test_a_question_survives_the_way_through_an_address(one):
    assert read(sent(query(one)), GROUND) == (one, ())


def test_nothing_changed_is_an_empty_address_and_an_empty_address_changes_nothing():
    assert query(Scenario()) == []
    assert read({}, GROUND) == (Scenario(), ())


def test_empty_rows_of_the_form_change_nothing():
    blank = {name: [""] for name in ("surge_service", "surge_count", "surge_from", "surge_to", "surge_tier")}
    blank |= {"add_skill": [""], "add_count": ["1"], "close": [""], "out": [""], "speed": [""], "promise": [""]}
    blank |= {f"post_{key}": [""] for key in KEYS} | {f"lunch_{w.key}": [f"{w.lunch[0] // 60}:30"] for w in CREW[:1]}
    assert read(blank, GROUND) == (Scenario(), ())


NAMES = sorted({name for name, _value in query(Scenario())} | {
    "arrivals", "more_cash", "surge_service", "surge_count", "surge_from", "surge_to", "surge_tier", "add_skill",
    "add_count", "add_from", "add_to", "close", "close_from", "close_to", "out", "out_from", "out_to", "speed",
    "speed_from", "speed_to", "promise", "uptake", "lunch", "first", "seniors", "vips", "post_mei", "lunch_mei",
})  # fmt: skip
odd = st.text(max_size=12) | st.sampled_from(
    ["²", "99:99", "24:00", "-1", "1e9", "cash", "all", "off", "１２", "9" * 400]
)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(odd, max_size=6)))
def test_whatever_is_sent_a_scenario_comes_out_that_can_be_written_again(fields):
    one, problems = read(fields, GROUND)
    assert read(sent(query(one)), GROUND) == (one, ())
    assert all(len(problem) < 200 for problem in problems)


SAID = {
    "a word for a number": ({"arrivals": "many"}, {}, "“many” is no number for customer numbers; left out."),
    "too many": (
        {"arrivals": "900"}, {"arrivals": 200}, "Customer numbers goes from -50 to 200; the nearest was taken.",
    ),
    "no such service": ({"first": "haircut"}, {}, "“haircut” is not known here (rules); left out."),
    "backwards": (
        {"out": "all", "out_from": "12:00", "out_to": "11:00"}, {},
        "Machines out of order: the end does not lie after the beginning; left out.",
    ),
    "no time": (
        {"close": "1", "close_from": "noon"}, {"closed": (Span("1", 540, 1020),)},
        "“noon” is no time for closed windows; left out.",
    ),
    "no such machine": ({"out": "crs9"}, {}, "“crs9” is not known here (machines out of order); left out."),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "left", "words"), SAID.values(), ids=SAID)
def test_what_makes_no_sense_is_said_and_left_out(fields, left, words):
    assert english(**fields) == (Scenario(**left), (words,))


def test_times_outside_the_hours_are_moved_into_them_and_full_width_signs_are_read():
    one, problems = english(close="2", close_from="06:00", close_to="23:00", arrivals="２０")
    assert (one.closed, one.arrivals, problems) == ((Span("2", 540, 1020),), 20, ())
    assert english(out="stm", out_from="１０：３０", out_to="11:00")[0].outages == (Span("stm", 630, 660),)


def test_no_more_rows_are_read_than_the_form_offers():
    one, _problems = english(add_skill=["cash"] * 9, add_count=["1"] * 9)
    assert len(one.added) == 4


def test_somebody_of_another_branch_is_nobody_here():
    assert english(post_stranger="off") == (Scenario(), ())
