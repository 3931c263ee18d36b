"""A year of tickets comes in once, whole or not at all, and other rooms read it by key."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.onsite import api, daylog
from counterpoint.onsite.models import DayLog
from counterpoint.primitives import metrics

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def log(days=(MONDAY, TUESDAY), branch="b01", wait=6):
    """Two served customers and one who walked out, every day."""
    rows = []
    for on in days:
        nine = pd.Timestamp(on) + pd.Timedelta(hours=9)
        for i, outcome in enumerate(("served", "served", "abandoned")):
            arrived = nine + pd.Timedelta(minutes=20 * i)
            served = outcome == "served"
            rows.append(
                {
                    "branch": branch, "ticket": f"T{i}", "service": "transfer" if i else "cash_deposit",
                    "tier": "standard", "arrived": arrived,
                    "called": arrived + pd.Timedelta(minutes=wait) if served else pd.NaT,
                    "finished": arrived + pd.Timedelta(minutes=wait + 5) if served else pd.NaT,
                    "left": pd.NaT if served else arrived + pd.Timedelta(minutes=9),
                    "server": "mei" if served else None, "outcome": outcome,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def bring(bank, frame=None, who="Sun", branches=("b01",), **more):
    return api.history_import(
        scope=bank.scope(who), branches=[bank.units[code] for code in branches], now=bank.now,
        log=log() if frame is None else frame, label="log.csv", **more,
    )  # fmt: skip


@pytest.mark.django_db
def test_days_are_written_with_their_summary_and_one_journal_entry(bank):
    result = bring(bank)
    assert (result.days, result.tickets, result.since, result.until) == (2, 6, MONDAY, TUESDAY)
    with scoped(bank.scope("Sun")):
        first = DayLog.objects.order_by("business_date").first()
        entries = journal.JournalEntry.objects.filter(kind="onsite.history_imported")
        assert [e.data["tickets"] for e in entries] == [6]
    assert first.summary == {
        "arrivals": 3, "served": 2, "abandoned": 1, "mean_wait": 6.0, "p90_wait": 6.0, "promised": 0,
        "promise_kept": None,
    }  # fmt: skip


@pytest.mark.django_db
def test_the_same_history_again_changes_nothing(bank):
    bring(bank)
    again = bring(bank)
    assert (again.days, again.same) == (0, 2)
    with scoped(bank.scope("Sun")):
        assert journal.JournalEntry.objects.filter(kind="onsite.history_imported").count() == 1


@pytest.mark.django_db
def test_other_tickets_for_the_same_day_are_refused_until_asked_to_replace(bank):
    bring(bank)
    with pytest.raises(api.DaysExist) as refused:
        bring(bank, log(days=(TUESDAY, date(2026, 11, 18)), wait=9))
    assert refused.value.details["days"] == ["2026-11-17"]
    with scoped(bank.scope("Sun")):
        assert DayLog.objects.count() == 2
    replaced = bring(bank, log(days=(TUESDAY,), wait=9), replace=True)
    assert (replaced.days, replaced.replaced) == (1, 1)


@pytest.mark.django_db
def test_several_branches_come_in_together_or_not_at_all(bank):
    both = pd.concat([log(), log(branch="b02")])
    assert bring(bank, both, who="Rita", branches=("b01", "b02")).days == 4
    with pytest.raises(Invalid):
        bring(bank, log(branch="b09"), who="Rita", branches=("b01", "b02"))


@pytest.mark.django_db
def test_strangers_and_tellers_import_nothing(bank):
    with pytest.raises(NotFound):
        bring(bank, who="Stranger")
    with pytest.raises(Forbidden):
        bring(bank, who="Mei")


@pytest.mark.django_db
def test_arrivals_are_read_by_key_per_service_and_half_hour(bank):
    bring(bank)
    frame = metrics.fetch("onsite.arrivals", scope=bank.scope("Sun"), branch=bank.b01, since=MONDAY, until=TUESDAY)
    rows = [tuple(r) for r in frame[["service", "minute", "arrivals", "abandoned"]].itertuples(index=False)]
    assert rows == [("cash_deposit", 540, 1, 0), ("transfer", 540, 1, 0), ("transfer", 570, 1, 1)]


@pytest.mark.django_db
def test_tickets_come_back_as_they_went_in_and_live_tickets_follow(bank):
    bring(bank)
    api.ticket_take(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now, service="transfer")
    frame = metrics.fetch(
        "onsite.tickets", scope=bank.scope("Sun"), branch=bank.b01, since=MONDAY, until=date(2026, 11, 24)
    )
    pd.testing.assert_frame_equal(
        frame.iloc[:6].reset_index(drop=True), log().assign(window=None), check_dtype=False, check_column_type=False
    )
    assert frame.iloc[6]["arrived"] == pd.Timestamp("2026-11-23 10:30")
    assert frame.iloc[6]["outcome"] == "waiting"


@pytest.mark.django_db
def test_days_say_whether_they_are_closed(bank):
    bring(bank, log(days=(TUESDAY,)))
    api.ticket_take(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now, service="transfer")
    frame = metrics.fetch(
        "onsite.days", scope=bank.scope("Sun"), branch=bank.b01, since=MONDAY, until=date(2026, 11, 24)
    )
    assert list(frame.itertuples(index=False, name=None)) == [(TUESDAY, True, 3), (date(2026, 11, 23), False, 1)]


@pytest.mark.django_db
def test_a_branch_without_tickets_gives_empty_frames_with_columns(bank):
    for key in ("onsite.arrivals", "onsite.tickets"):
        frame = metrics.fetch(key, scope=bank.scope("Sun"), branch=bank.b01, since=MONDAY, until=TUESDAY)
        assert frame.empty


seconds = st.integers(0, 86_399)
row = st.fixed_dictionaries(
    {
        "ticket": st.text(max_size=6), "service": st.sampled_from(["a", "b", "柜"]),
        "tier": st.sampled_from(["", "vip"]),
        "server": st.sampled_from(["", "mei", "omar"]), "outcome": st.sampled_from(daylog.OUTCOMES), "taken": seconds,
        "called": st.one_of(st.just(-1), seconds), "finished": st.just(-1), "left": st.just(-1),
        "low": st.none(), "high": st.one_of(st.none(), st.floats(0, 240, width=32)),
        "window": st.sampled_from(["", "3", "12"]),
    }
)  # fmt: skip


@given(st.lists(row, max_size=30))
def test_a_packed_day_unpacks_to_itself(rows):
    day = daylog.from_rows(rows)
    back = daylog.unpack(daylog.pack(day))
    for name in ("services", "tiers", "servers", "tickets", "windows"):
        assert getattr(back, name) == getattr(day, name)
    for name, _kind in daylog.ARRAYS:
        np.testing.assert_array_equal(back.columns[name], day.columns[name])
    assert list(back.words("server")) == [r["server"] or None for r in rows]
    assert list(back.words("window")) == [r["window"] or None for r in rows]


@given(st.lists(row, max_size=30))
def test_a_days_frame_packs_to_the_same_day(rows):
    on = MONDAY + timedelta(days=1)
    day = daylog.from_rows([{**r, "low": None, "high": None} for r in rows])
    back = daylog.from_frame(daylog.frame(day, on, "b01"), on)
    assert daylog.summary(back) == daylog.summary(day)
    for name in ("taken", "called", "outcome", "window"):
        np.testing.assert_array_equal(back.columns[name], day.columns[name])


def test_a_day_without_windows_keeps_the_bytes_it_had_before_windows_were_known():
    """The digest of a history that was brought in earlier tells that the same file is sent again."""
    one = {"ticket": "A001", "service": "a", "tier": "", "server": "mei", "outcome": "served", "taken": 32_400,
           "called": 32_460, "finished": 32_700, "left": -1, "low": None, "high": 5.0}  # fmt: skip
    packed = daylog.pack(daylog.from_rows([one]))
    head, body = daylog.zlib.decompress(packed).split(b"\n", 1)
    assert head == (
        b'{"version": 1, "count": 1, "services": ["a"], "tiers": [], "servers": ["mei"], "tickets": ["A001"]}'
    )
    assert len(body) == 29
    assert daylog.pack(daylog.from_rows([{**one, "window": ""}])) == packed
    assert daylog.unpack(packed).words("window").tolist() == [None]


def test_other_bytes_are_no_day():
    for data in (b"", b"not zlib", daylog.zlib.compress(b'{"version": 9}\n')):
        with pytest.raises(daylog.BadDayLog):
            daylog.unpack(data)
