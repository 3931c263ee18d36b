"""Series flow by key against the order of the floors: declared columns, exclusive ends, nobody out of scope."""

from datetime import date, timedelta
from importlib import import_module

import pandas as pd
import pytest

from counterpoint.foundation.api import ScopeError
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources

DAY = date(2026, 11, 23)
OFFERED = ("onsite.arrivals", "onsite.days", "onsite.tickets", "role.calendar", "team.forecast", "team.shifts")


@pytest.fixture
def alone(monkeypatch):
    """An empty registry."""
    monkeypatch.setattr(import_module(metrics.fetch.__module__), "_sources", {})


def one(key="x.n", columns=("n",), frame=None):
    return Source(key, columns, "customers", lambda *asked: pd.DataFrame({"n": [1]}) if frame is None else frame)


def asked(key, **more):
    return metrics.fetch(key, **{"scope": None, "branch": None, "since": DAY, "until": DAY + timedelta(days=1), **more})


def test_sources_are_listed_by_key_whatever_the_order_of_registration(alone):
    for key in ("b.x", "a.y", "c.z"):
        metrics.register(one(key))
    assert [source.key for source in sources()] == ["a.y", "b.x", "c.z"]


def test_a_key_registered_again_is_held_once_by_the_last(alone):
    metrics.register(one())
    metrics.register(one(frame=pd.DataFrame({"n": [7]})))
    assert len(sources()) == 1 and asked("x.n")["n"].tolist() == [7]


def test_more_columns_than_declared_are_welcome_and_fewer_are_all_named(alone):
    metrics.register(one(frame=pd.DataFrame({"n": [1], "more": [2]})))
    assert list(asked("x.n").columns) == ["n", "more"]
    metrics.register(one("x.m", ("n", "a", "b")))
    with pytest.raises(ValueError, match=r"x\.m did not deliver \['a', 'b'\]"):
        asked("x.m")


def test_an_empty_series_still_has_its_columns(alone):
    metrics.register(one(frame=pd.DataFrame(columns=["n"])))
    assert asked("x.n").empty
    metrics.register(one(frame=pd.DataFrame()))
    with pytest.raises(ValueError, match="n"):
        asked("x.n")


def test_the_reader_gets_exactly_the_dates_that_were_asked_for(alone):
    seen = []

    def read(scope, branch, since, until):
        seen.append((since, until))
        return pd.DataFrame({"n": []})

    metrics.register(Source("x.n", ("n",), "", read))
    asked("x.n", since=DAY, until=DAY)
    assert seen == [(DAY, DAY)]


@pytest.mark.parametrize("key", OFFERED)
def test_the_assembled_house_offers_every_series_that_the_desk_reads(bank, key):
    assert key in {source.key for source in sources()}
    frame = asked(key, scope=bank.scope("Sun"), branch=bank.b01)
    (source,) = [source for source in sources() if source.key == key]
    assert set(source.columns) <= set(frame.columns)


@pytest.mark.parametrize("key", OFFERED)
def test_an_empty_span_is_an_empty_series(bank, key):
    assert asked(key, scope=bank.scope("Sun"), branch=bank.b01, since=DAY, until=DAY).empty


@pytest.mark.parametrize("key", ["onsite.tickets", "onsite.arrivals", "onsite.days", "team.shifts"])
def test_a_branch_outside_the_callers_scope_has_no_rows(bank, key):
    scope = bank.scope("Stranger")
    try:
        frame = asked(key, scope=scope, branch=bank.b01)
    except Exception as refused:
        assert isinstance(refused, ScopeError) or getattr(refused, "status", 0) in (403, 404)
    else:
        assert frame.empty
