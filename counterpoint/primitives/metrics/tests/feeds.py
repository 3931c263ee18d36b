"""A relation that tests feed by hand, and metrics on it."""

from datetime import timedelta

import pandas as pd

from counterpoint.primitives.content import kind_of
from counterpoint.primitives.metrics import relations
from counterpoint.primitives.metrics.kind import NAME
from counterpoint.primitives.metrics.relations import Relation

COLUMNS = {"hour": "number", "person": "word", "service": "word", "wait": "number", "bad": "yes_no"}
KEY = "test.things"


class Feed:
    """Rows by branch code; `broken` makes reading fail."""

    def __init__(self):
        self.rows, self.broken, self.reads = {}, False, 0

    def read(self, scope, branch, since, until):
        self.reads += 1
        if self.broken:
            raise RuntimeError("the feed's table is gone")
        mine = [r for r in self.rows.get(branch.code, []) if since <= r["date"] < until]
        return pd.DataFrame(mine, columns=["date", *COLUMNS])

    def add(self, on, n=1, branch="b01", **values):
        """`n` equal rows on a date."""
        row = {"date": on, "hour": 10, "person": "mei", "service": "cash", "wait": 5.0, "bad": False} | values
        self.rows.setdefault(branch, []).extend([row] * n)

    def days(self, until, count, n, branch="b01", bad=0, **values):
        """`n` rows on each of the `count` days before `until`, of which `bad` are bad."""
        for back in range(1, count + 1):
            on = until - timedelta(days=back)
            self.add(on, n - bad, branch, **values)
            self.add(on, bad, branch, **values, bad=True)


def offer(monkeypatch, **more):
    """Register the fed relation for one test."""
    feed = Feed()
    monkeypatch.setitem(
        relations._relations,
        KEY,
        Relation(KEY, COLUMNS, relations.one_by_one(feed.read), {"zh-hans": "样例"}, facts=("test.",), **more),
    )
    return feed


def body(*thresholds, **more):
    """The content of a share of bad things, at most 5 %."""
    return {
        "code": "BAD", "names": {"zh-hans": "不良率", "en": "Bad share"}, "unit": "%", "direction": "down",
        "relation": KEY, "measure": "ratio", "numerator": [{"count": True, "where": {"bad": True}}],
        "denominator": [{"count": True}], "target": 5, "thresholds": list(thresholds), **more,
    }  # fmt: skip


def spread(measure, key):
    """A metric on the waits."""
    plain = {name: value for name, value in body().items() if name not in ("numerator", "denominator")}
    return made(key, {**plain, "measure": measure, "value": "wait"})


def metric(*thresholds, key="test.bad", **more):
    """The same, parsed."""
    return made(key, body(*thresholds, **more))


def made(key, content):
    """The metric that a body of content means."""
    return kind_of(NAME).value_of(key, content)
