"""Sun imports a month of tickets as the machine wrote them; every oddity is told with its row."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.history import COLUMNS, Mapping, MappingError, TicketLog, normalise

CALLS = {
    "branch_value": "centre",
    "ticket": "id",
    "service": "type",
    "tier": "priority",
    "server": "agent",
    "outcome": "result",
    "date_format": "%y%m%d",
    "zero_is_missing": True,
    "missing": ["", "NO_SERVER"],
    "arrived": {"column": "in", "date": "day"},
    "called": {"column": "start", "date": "day"},
    "finished": {"column": "end", "date": "day"},
    "left": [{"column": "q_out", "date": "day"}, {"column": "out", "date": "day"}],
    "services": {"PS": "regular"},
    "tiers": {"2": "priority"},
    "outcomes": {"AGENT": "served", "HANG": "abandoned", "PHANTOM": "ignore"},
}
USUAL = {
    "id": "1",
    "type": "PS",
    "priority": "2",
    "day": "990201",
    "in": "9:00:00",
    "out": "9:00:10",
    "q_out": "9:01:00",
    "start": "9:01:00",
    "end": "9:03:30",
    "result": "AGENT",
    "agent": "MEI",
}


def calls(*changes, **options):
    frame = pd.DataFrame([USUAL | {"id": str(k)} | change for k, change in enumerate(changes)])
    return normalise(frame, Mapping.from_dict(CALLS | options))


def simple(rows, **mapping):
    frame = pd.DataFrame(rows, columns=["id", "arrived", "called", "finished"])
    base = {"ticket": "id", "arrived": "arrived", "called": "called", "finished": "finished"}
    return normalise(frame, Mapping.from_dict(base | mapping))


def found(log):
    return list(zip(log.issues["row"], log.issues["code"], strict=True))


class TestReading:
    def test_a_usual_row_is_read_without_remark(self):
        log = calls({})
        row = log.frame.iloc[0]
        assert tuple(log.frame.columns) == COLUMNS
        assert row["arrived"] == datetime(1999, 2, 1, 9)
        assert row["finished"] == datetime(1999, 2, 1, 9, 3, 30)
        assert (row["service"], row["tier"], row["server"], row["outcome"]) == ("regular", "priority", "MEI", "served")
        assert log.issues.empty
        assert log.is_clean

    def test_a_served_ticket_has_no_leaving_time_and_an_abandoned_one_no_call(self):
        log = calls({}, {"result": "HANG", "start": "0:00:00", "end": "0:00:00"})
        assert pd.isna(log.frame["left"].iloc[0])
        assert log.frame["left"].iloc[1] == datetime(1999, 2, 1, 9, 1)
        assert pd.isna(log.frame["called"].iloc[1])

    def test_the_first_present_of_several_columns_is_taken(self):
        log = calls({"result": "HANG", "q_out": "0:00:00", "start": "0:00:00", "end": "0:00:00"})
        assert log.frame["left"].iloc[0] == datetime(1999, 2, 1, 9, 0, 10)

    def test_tokens_for_missing_become_empty(self):
        assert calls({"agent": "NO_SERVER"}).frame["server"].iloc[0] is None

    def test_numbers_read_as_dates_need_no_quotes(self):
        frame = pd.DataFrame([USUAL | {"day": 990201}])
        assert normalise(frame, Mapping.from_dict(CALLS)).frame["arrived"].iloc[0] == datetime(1999, 2, 1, 9)

    def test_a_single_column_with_its_own_format_is_read(self):
        frame = pd.DataFrame({"when": ["05/01/2026 09:15", "31/12/2026 10:00"]})
        log = normalise(frame, Mapping.from_dict({"arrived": {"column": "when", "format": "%d/%m/%Y %H:%M"}}))
        assert log.frame["arrived"].tolist() == [pd.Timestamp(2026, 1, 5, 9, 15), pd.Timestamp(2026, 12, 31, 10)]

    def test_real_datetimes_pass_through(self):
        frame = pd.DataFrame({"when": pd.to_datetime(["2026-01-05 09:15"])})
        assert normalise(frame, Mapping.from_dict({"arrived": "when"})).frame["outcome"].tolist() == ["unknown"]

    def test_queue_entry_may_stand_for_arrival(self):
        frame = pd.DataFrame({"a": ["2026-01-05 09:00", "2026-01-05 09:00"], "q": ["2026-01-05 09:05", ""]})
        log = normalise(frame, Mapping.from_dict({"arrived": "a", "queued": "q", "arrival_from": "queued"}))
        assert log.frame["arrived"].dt.minute.tolist() == [5, 0]

    def test_without_an_outcome_column_the_times_tell(self):
        log = simple([(1, "2026-01-05 09:00", "2026-01-05 09:05", ""), (2, "2026-01-05 09:01", "", "")])
        assert log.frame["outcome"].tolist() == ["served", "unknown"]


class TestMidnight:
    def test_a_call_after_midnight_belongs_to_the_next_day(self):
        log = calls({"in": "23:58:00", "start": "0:01:10", "end": "0:04:00", "q_out": "0:01:10"})
        assert log.frame["called"].iloc[0] == datetime(1999, 2, 2, 0, 1, 10)
        assert log.frame["finished"].iloc[0] == datetime(1999, 2, 2, 0, 4)
        assert set(log.issues["code"]) == {"past_midnight"}

    def test_twenty_five_oclock_is_one_in_the_morning(self):
        assert calls({"start": "24:10:00", "end": "25:00:00", "in": "23:50"}).frame["finished"].iloc[0] == datetime(
            1999, 2, 2, 1
        )


class TestDirt:
    def test_phantoms_are_left_out_and_counted(self):
        log = calls({}, {"result": "PHANTOM"})
        assert len(log.usable) == 1
        assert found(log) == [(3, "phantom")]
        assert log.is_clean

    def test_an_unreadable_arrival_refuses_the_row_once(self):
        log = calls({"in": "9:61:00"}, {})
        assert found(log) == [(2, "unparsable")]
        assert not log.is_clean
        assert log.usable["ticket"].tolist() == ["1"]
        assert log.issues["value"].iloc[0] == "9:61:00"

    def test_an_unreadable_finish_keeps_the_customer(self):
        log = calls({"end": "soon"})
        assert log.issues["severity"].tolist() == ["warning"]
        assert len(log.usable) == 1
        assert pd.isna(log.frame["finished"].iloc[0])

    def test_a_missing_arrival_is_an_error(self):
        assert found(calls({"in": ""})) == [(2, "missing_arrival")]

    def test_an_impossible_date_is_an_error(self):
        assert found(calls({"day": "990231"}))[0] == (2, "unparsable")

    def test_rounding_of_clocks_is_repaired(self):
        log = calls({"start": "8:59:59"})
        assert log.frame["called"].iloc[0] == log.frame["arrived"].iloc[0]
        assert found(log) == [(2, "rounding")]

    def test_a_call_long_before_arrival_loses_its_time_not_its_row(self):
        log = calls({"start": "8:40:00"})
        assert (2, "negative_duration") in found(log)
        assert pd.isna(log.frame["called"].iloc[0])
        assert len(log.usable) == 1

    def test_a_service_of_a_whole_day_is_not_believed(self):
        log = simple([(1, "2026-01-05 09:00", "2026-01-05 09:05", "2026-01-06 08:00")])
        assert found(log) == [(2, "too_long")]

    def test_the_same_ticket_twice_counts_once(self):
        rows = [(1, "2026-01-05 09:00", "", ""), (1, "2026-01-05 09:00", "", ""), (1, "2026-01-06 09:00", "", "")]
        log = simple(rows)
        assert found(log) == [(3, "duplicate")]
        assert len(log.usable) == 2

    def test_a_clock_that_steps_back_is_told_when_rows_are_in_order(self):
        rows = [(1, "2026-01-05 09:00", "", ""), (2, "2026-01-05 08:00", "", ""), (3, "2026-01-05 09:01", "", "")]
        assert found(simple(rows, ordered=True)) == [(3, "clock_backwards")]
        assert simple(rows).issues.empty

    def test_an_outcome_without_meaning_is_guessed_and_told(self):
        log = calls({"result": "LUNCH"})
        assert found(log) == [(2, "unknown_outcome")]
        assert log.frame["outcome"].iloc[0] == "served"

    def test_row_numbers_follow_the_source(self):
        assert found(calls({"in": ""}, first_row=11)) == [(11, "missing_arrival")]

    def test_no_row_disappears_from_the_frame(self):
        log = calls({}, {"in": ""}, {"result": "PHANTOM"}, {"day": "x"})
        assert len(log.frame) == 4
        assert log.summary()["rows"] == 4
        assert log.summary()["usable"] == len(log.to_frame()) == 1

    def test_random_dirt_never_raises_and_never_leaves_negative_times(self):
        rng = np.random.default_rng(5)
        words = ["", "0:00:00", "9:00:00", "8:59:00", "25:00:00", "99", "x", "23:59:59", "-1:00:00", "12:3"]
        changes = [{k: words[rng.integers(10)] for k in ("in", "start", "end", "q_out", "out")} for _ in range(300)]
        usable = calls(*changes).usable
        assert usable["arrived"].notna().all()
        assert not (usable["called"] < usable["arrived"]).any()
        assert not (usable["finished"] < usable["called"]).any()
        assert not (usable["finished"] < usable["arrived"]).any()


class TestMappings:
    def test_an_unknown_key_is_named(self):
        with pytest.raises(MappingError, match="arival"):
            Mapping.from_dict({"arival": "x"})

    def test_an_absent_column_is_named(self):
        with pytest.raises(MappingError, match="'when'"):
            normalise(pd.DataFrame({"x": []}), Mapping.from_dict({"arrived": "when"}))

    def test_a_mapping_without_arrival_is_refused(self):
        with pytest.raises(MappingError, match="arrived"):
            Mapping.from_dict({"ticket": "id"})

    def test_an_outcome_outside_the_list_is_refused(self):
        with pytest.raises(MappingError, match="gone"):
            Mapping.from_dict({"arrived": "x", "outcomes": {"A": "gone"}})

    def test_a_malformed_stamp_is_refused(self):
        with pytest.raises(MappingError, match="time stamp"):
            Mapping.from_dict({"arrived": {"col": "x"}})

    def test_an_empty_log_is_an_empty_ticket_log(self):
        log = normalise(pd.DataFrame({"when": pd.Series([], dtype=str)}), Mapping.from_dict({"arrived": "when"}))
        assert isinstance(log, TicketLog)
        assert log.usable.empty
