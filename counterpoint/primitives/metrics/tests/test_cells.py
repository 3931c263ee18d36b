"""The cells are a cache that nobody can catch lying: any order of rows, entries, refreshes and questions."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import journal, scoped
from counterpoint.primitives.metrics import cells, frames, periods, reading
from counterpoint.primitives.metrics.models import MetricCell, MetricCover
from counterpoint.primitives.metrics.tests import feeds

FACT = "primitives.metric_unmuted"  # any kind that carries a date of its own


@pytest.fixture
def feed(monkeypatch):
    return feeds.offer(monkeypatch)


METRICS = [feeds.metric(), feeds.spread("p90", "test.p90"), feeds.spread("mean", "test.mean")]
PARTS = [part for one in METRICS for part in one.parts]

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"), st.integers(0, 50), st.integers(1, 4), st.sampled_from([1.0, 5.04, 12.5]), st.booleans()
        ),
        st.tuples(st.just("refresh")),
        st.tuples(st.just("later"), st.integers(1, 30)),
        st.tuples(st.just("ask"), st.sampled_from(["hour", "day", "week", "month"]), st.integers(0, 50)),
    ),
    max_size=12,
)


def by_rows(feed, bank, one, period, last):
    """The answer from all rows, read afresh."""
    from counterpoint.primitives.metrics import relations

    frame = relations.read(
        feeds.KEY, scope=None, branch=bank.b01, since=period.since, until=min(period.until, last + timedelta(days=1))
    )
    return frames.answer_of(one, {feeds.KEY: frame})


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=steps)
def test_any_story_gives_what_the_rows_say(monkeypatch, bank, script):
    feed = feeds.offer(monkeypatch)
    relation = feeds.relations._relations[feeds.KEY]
    object.__setattr__(relation, "facts", (FACT,))
    begin = bank.now.date()
    object.__setattr__(relation, "days", lambda touch: [begin - timedelta(days=int(touch.data["metric"]))])
    scope, now = bank.scope("Sun"), bank.now
    with transaction.atomic():
        for step in script:
            today = bank.b01.date_at(now)
            match step:
                case ("add", back, n, wait, bad):
                    feed.add(bank.now.date() - timedelta(days=back), n, wait=wait, bad=bad)
                    with scoped(scope):
                        journal.record(
                            scope=scope, org_unit=bank.b01, kind=FACT, subject="x", at=now, data={"metric": str(back)}
                        )
                case ("refresh",):
                    cells.refresh(scope=scope, branch=bank.b01, parts={feeds.KEY: PARTS}, now=now)
                case ("later", hours):
                    now += timedelta(hours=hours)
                case ("ask", grain, back):
                    period = periods.of(grain, today - timedelta(days=back), 10)
                    found = reading.board(scope=scope, units=[bank.b01], metrics=METRICS, periods=[period], now=now)
                    for one in METRICS:
                        told, expected = found[bank.b01.pk, one.key, period], by_rows(feed, bank, one, period, today)
                        assert (told.value, told.n) == (pytest.approx(expected.value), expected.n)
        transaction.set_rollback(True)


def test_what_happens_while_a_branch_is_counted_is_counted_at_the_next_look(bank, feed, monkeypatch):
    relation = feeds.relations._relations[feeds.KEY]
    object.__setattr__(relation, "facts", (FACT,))
    object.__setattr__(relation, "days", lambda _touch: [bank.now.date()])
    scope, today, count = bank.scope("Sun"), bank.now.date(), cells.counted
    here = {"scope": scope, "branch": bank.b01, "parts": {feeds.KEY: PARTS}, "now": bank.now, "growth": 0}
    cells.refresh(**here)

    def happens(n):
        feed.add(today, n, wait=1.0, bad=True)
        with scoped(scope):
            journal.record(scope=scope, org_unit=bank.b01, kind=FACT, subject="x", at=bank.now, data={"metric": "0"})

    def meanwhile(*given, **named):
        found = count(*given, **named)
        monkeypatch.setattr(cells, "counted", count)
        happens(4)
        return found

    def held():
        with scoped(scope):
            return MetricCell.objects.get(org_unit=bank.b01, part=PARTS[0].signature, date=today).n

    happens(3)
    monkeypatch.setattr(cells, "counted", meanwhile)
    cells.refresh(**here)
    assert held() == 3
    cells.refresh(**here)
    assert held() == 7


def test_a_new_part_makes_the_cells_anew_and_a_day_without_rows_has_none(bank, feed):
    today = bank.now.date()
    feed.days(today, 3, n=4)
    here = {"scope": bank.scope("Sun"), "branch": bank.b01, "now": bank.now}
    cells.refresh(**here, parts={feeds.KEY: PARTS[:1]})
    with scoped(bank.scope("Sun")):
        assert MetricCell.objects.count() == 0  # nothing is bad
        cells.refresh(**here, parts={feeds.KEY: PARTS})
        assert MetricCell.objects.filter(part=PARTS[-1].signature).count() == 3
        cover = MetricCover.objects.get()
        assert cover.until == today + timedelta(days=1) and len(cover.parts) == len({p.signature for p in PARTS})


def test_the_cells_reach_back_five_quarters_chunk_by_chunk_and_their_margins_one(bank, feed):
    here = {"scope": bank.scope("Sun"), "branch": bank.b01, "parts": {feeds.KEY: PARTS}, "now": bank.now}
    for _round in range(14):
        cells.refresh(**here)
    with scoped(bank.scope("Sun")):
        cover = MetricCover.objects.get()
    assert (bank.now.date() - cover.since).days == cells.KEPT_DAYS
    assert (bank.now.date() - cover.margins_since).days == cells.MARGIN_DAYS
    reads = feed.reads
    cells.refresh(**here)
    assert feed.reads == reads


def test_many_branches_are_told_as_of_the_last_tick(bank, feed, monkeypatch):
    """Above so many branches nobody waits for every hall to be counted again."""
    today = bank.now.date()
    relation = feeds.relations._relations[feeds.KEY]
    object.__setattr__(relation, "facts", (FACT,))
    object.__setattr__(relation, "days", lambda touch: [today])
    feed.add(today, 4)
    scope = bank.scope("Sun")
    cells.refresh(scope=scope, branch=bank.b01, parts={feeds.KEY: PARTS}, now=bank.now)
    feed.add(today, 4)
    with scoped(scope):
        journal.record(scope=scope, org_unit=bank.b01, kind=FACT, subject="x", at=bank.now, data={"metric": "0"})

    def asked():
        board = reading.board(
            scope=scope, units=[bank.b01], metrics=METRICS[2:], periods=[periods.of("day", today)], now=bank.now
        )
        return next(iter(board.values())).n

    assert asked() == 8
    monkeypatch.setattr(reading, "MANY_BRANCHES", 0)
    assert asked() == 4
