"""One definition, two executions and a third by hand: equal on random rows, random conditions and every measure."""

from datetime import date, timedelta
from itertools import pairwise
from math import isclose

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.config import Config

from counterpoint.primitives.metrics import cells, expressions, frames, relations, warehouse
from counterpoint.primitives.metrics.definition import MEASURES
from counterpoint.primitives.metrics.relations import Relation
from counterpoint.primitives.metrics.states import State, merge, pack, unpack
from counterpoint.primitives.metrics.tests import feeds, naive

COLUMNS = {"hour": "number", "person": "word", "service": "word", "minutes": "number", "good": "yes_no"}
SOME = Relation("test.some", COLUMNS, lambda *asked: None)
OTHER = Relation("test.other", COLUMNS, lambda *asked: None)
FIRST = date(2026, 9, 28)  # three days before a month and a quarter end

values = st.one_of(st.none(), st.integers(0, 90).map(float), st.floats(0, 120).map(lambda v: round(v, 3)))
row = st.fixed_dictionaries(
    {
        "date": st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n)),
        "branch": st.sampled_from(["b01", "b02"]),
        "hour": st.one_of(st.none(), st.integers(9, 11).map(float)),
        "person": st.sampled_from([None, "mei", "omar"]),
        "service": st.sampled_from([None, "cash", "转账", ""]),
        "minutes": values,
        "good": st.sampled_from([None, True, False]),
    }
)
test_of = {
    "service": st.one_of(
        st.sampled_from(["cash", "转账", ""]), st.just({"known": False}), st.just({"known": True}),
        st.just({"not": "cash"}), st.just({"not": ["cash", ""]}), st.just(["cash", "转账"]),
    ),
    "minutes": st.one_of(
        st.builds(dict, gt=st.integers(0, 60)), st.builds(dict, ge=st.integers(0, 60), lt=st.integers(20, 90)),
        st.just({"known": True}), st.just({"known": False}),
    ),
    "good": st.one_of(st.booleans(), st.just({"known": True}), st.just({"not": True})),
}  # fmt: skip
where = st.fixed_dictionaries({}, optional=test_of)
term = st.one_of(
    st.builds(lambda w, r, s: {"count": True, "where": w, "relation": r, "sign": s}, where,
              st.sampled_from(["test.some", "test.other"]), st.sampled_from(["plus", "plus", "minus"])),
    st.builds(lambda w, r: {"sum": "minutes", "where": w, "relation": r}, where,
              st.sampled_from(["test.some", "test.other"])),
)  # fmt: skip


@st.composite
def metric(draw):
    measure = draw(st.sampled_from(MEASURES))
    body = {"code": "M", "names": {"zh-hans": "测"}, "unit": "x", "direction": "down",
            "relation": "test.some", "measure": measure, "where": draw(where)}  # fmt: skip
    if measure in ("ratio", "rate_per"):
        body |= {"numerator": draw(st.lists(term, min_size=1, max_size=2)), "denominator": [draw(term)], "per": 10000}
    elif measure != "count":
        body |= {"value": "minutes", "grid": draw(st.sampled_from([0.1, 0.5, 1.0]))}
    return feeds.made("test.m", body)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(relations._relations, "test.some", SOME)
    monkeypatch.setitem(relations._relations, "test.other", OTHER)


@pytest.fixture(scope="module")
def engine():
    return warehouse.connect(threads=1)


def frame_of(rows):
    return relations.normal(SOME, pd.DataFrame(rows, columns=["date", "branch", *COLUMNS])).assign(
        branch=[r["branch"] for r in rows]
    )


def table_of(rows):
    return ibis.memtable(warehouse.table(SOME, frame_of(rows).drop(columns="branch"), "", "").set_column(
        1, "branch", [[r["branch"] for r in rows] or pd.array([], dtype="string")]
    ))  # fmt: skip


def same(a, b):
    return a is b is None or (a is not None and b is not None and isclose(a, b, rel_tol=1e-9, abs_tol=1e-9))


def groups(rows, by):
    found = {}
    for one in rows:
        month = one["date"].replace(day=1)
        held = {**one, "week": one["date"] - timedelta(days=one["date"].weekday()), "month": month,
                "quarter": date(month.year, (month.month - 1) // 3 * 3 + 1, 1)}  # fmt: skip
        key = tuple(held[name] for name in by)
        if None not in key:
            found.setdefault(key, []).append(one)
    return found


@settings(max_examples=200)
@given(
    metric(), st.lists(row, max_size=40), st.lists(row, max_size=15),
    st.sampled_from([(), ("branch",), ("month",), ("week", "branch"), ("quarter",), ("hour", "person"), ("date",)]),
)  # fmt: skip
def test_rows_in_memory_and_the_engine_and_plain_python_agree(engine, one, some, other, by):
    tables = {"test.some": table_of(some), "test.other": table_of(other)}
    got = expressions.answers([one], {key: tables[key] for key in one.relations}, by)[one.key]
    by_hand = {"test.some": groups(some, by), "test.other": groups(other, by)}
    keys = {key for relation in one.relations for key in by_hand[relation]} or ({()} if not by else set())
    for key in keys:
        rows = {relation: by_hand[relation].get(key, []) for relation in by_hand}
        expected = naive.value(one, rows)
        live = frames.answer_of(one, {relation: frame_of(rows[relation]) for relation in one.relations})
        assert same(live.value, expected)
        found = got.get(tuple(int(k) if isinstance(k, float) else k for k in key))
        assert same(found.value if found else None, expected) or (found is None and not expected)
        if found is not None:
            assert (found.n, same(found.low, live.low), same(found.high, live.high)) == (live.n, True, True)


@settings(max_examples=200)
@given(metric(), st.lists(row, max_size=40), st.integers(0, 40))
def test_states_of_any_split_merge_to_the_state_of_all(one, rows, at):
    for part in one.parts:
        whole = frames.state(frame_of(rows), part)
        halves = merge([frames.state(frame_of(rows[:at]), part), frames.state(frame_of(rows[at:]), part)])
        by_day = merge(frames.states(frame_of(rows), part, frames.groups(frame_of(rows), ["date"])).values())
        for found in (halves, by_day):
            assert found.n == whole.n and dict(found.steps) == dict(whole.steps)
            assert same(found.total, whole.total) and same(found.squares, whole.squares)


@settings(max_examples=200)
@given(st.lists(st.dictionaries(st.integers(-50, 5000), st.integers(1, 90), max_size=30), max_size=6))
def test_packed_steps_come_back_merged(many):
    assert unpack(pack(one) for one in many) == dict(sorted(merge(State(steps=one) for one in many).steps.items()))


class Spark(Config):
    """What Ibis asks of its Spark back end, which is not installed here."""

    treat_nan_as_null: bool = False


@settings(max_examples=100)
@given(metric())
def test_the_cluster_gets_the_same_expression(one):
    """No cluster here: the expression must at least be told in Spark's SQL."""
    ibis.options.pyspark = Spark()
    table = table_of([])
    for part in one.parts:
        made = [expressions.sums(table, [part], ["week", "branch"], {part.signature})]
        made += [expressions.steps(table, part, ["week", "branch"])] if part.kind == "spread" else []
        assert all("GROUP BY" in ibis.to_sql(each, dialect="pyspark").upper() for each in made)


@given(st.sets(st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))))
def test_spans_hold_exactly_the_dates(dates):
    found = cells.spans(dates)
    assert {a + timedelta(days=n) for a, b in found for n in range((b - a).days)} == dates
    assert all(earlier[1] < later[0] for earlier, later in pairwise(found))
