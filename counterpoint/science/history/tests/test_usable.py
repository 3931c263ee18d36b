"""Which rows count as customers: phantoms, repeats, outcomes and clocks, each told with its row and none lost."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.history import COLUMNS, OUTCOMES, Mapping, normalise

MAPPING = {
    "branch": "branch",
    "ticket": "id",
    "service": "kind",
    "outcome": "how",
    "arrived": "in",
    "called": "start",
    "finished": "end",
    "left": "out",
    "outcomes": {"AGENT": "served", "HANG": "abandoned", "PHANTOM": "ignore"},
}
USUAL = {
    "branch": "riverside",
    "id": "1",
    "kind": "cash",
    "how": "AGENT",
    "in": "2026-01-05 09:00",
    "start": "2026-01-05 09:05",
    "end": "2026-01-05 09:09",
    "out": "",
}


def log_of(*changes, **options):
    return normalise(pd.DataFrame([USUAL | change for change in changes]), Mapping.from_dict(MAPPING | options))


def told(log):
    return list(zip(log.issues["row"], log.issues["code"], log.issues["severity"], strict=True))


class TestRepeats:
    @pytest.mark.parametrize(
        ("change", "repeated"),
        [
            ({}, True),
            ({"start": "", "end": ""}, True),  # the same customer, told with fewer times
            ({"how": "HANG"}, True),
            ({"branch": "harbour"}, False),
            ({"kind": "account"}, False),  # one ticket, two services: two demands
            ({"id": "2"}, False),
            ({"in": "2026-01-05 09:01"}, False),
            ({"in": "2026-01-06 09:00", "start": "", "end": ""}, False),  # numbers start again every day
        ],
    )
    def test_the_same_ticket_at_the_same_moment_and_place_counts_once(self, change, repeated):
        log = log_of({}, change)
        assert ("duplicate" in set(log.issues["code"])) == repeated
        assert len(log.usable) == (1 if repeated else 2)
        assert log.is_clean != repeated

    def test_a_row_three_times_is_refused_twice(self):
        assert told(log_of({}, {}, {})) == [(3, "duplicate", "error"), (4, "duplicate", "error")]

    def test_a_phantom_takes_nobodys_place(self):
        log = log_of({"how": "PHANTOM"}, {}, {})
        assert told(log) == [(2, "phantom", "ignored"), (4, "duplicate", "error")]
        assert log.usable.index.tolist() == [3]

    def test_tickets_without_a_number_are_never_repeats(self):
        assert log_of({"id": ""}, {"id": ""}).issues.empty
        assert log_of({"id": None}, {"id": None}).is_clean

    def test_without_a_ticket_column_two_arrivals_in_one_second_are_two_customers(self):
        options = {key: value for key, value in MAPPING.items() if key != "ticket"}
        log = normalise(pd.DataFrame([USUAL, USUAL]), Mapping.from_dict(options))
        assert len(log.usable) == 2


class TestPhantoms:
    @pytest.mark.parametrize("when", ["", "garbage", "2026-01-05 09:00"])
    def test_a_phantom_is_told_once_whatever_its_times_are(self, when):
        log = log_of({"how": "PHANTOM", "in": when}, {})
        assert told(log) == [(2, "phantom", "ignored")]
        assert log.is_clean
        assert log.usable.index.tolist() == [3]

    def test_a_real_customer_with_an_unreadable_arrival_beside_a_phantom_is_still_refused(self):
        log = log_of({"how": "PHANTOM", "in": "x"}, {"in": "y"})
        assert told(log) == [(2, "phantom", "ignored"), (3, "unparsable", "error")]
        assert log.issues["value"].tolist() == ["PHANTOM", "y"]
        assert not log.is_clean


class TestOutcomes:
    @pytest.mark.parametrize(
        ("how", "given", "outcome", "kept", "codes"),
        [
            # what was written, which times were given, what it means, which times stay, what is said
            ("AGENT", "start end", "served", "start end", []),
            ("AGENT", "start end out", "served", "start end", []),  # the served do not walk out
            ("AGENT", "", "served", "", ["served_without_times"]),
            ("AGENT", "end", "served", "end", []),
            ("HANG", "out", "abandoned", "out", []),
            ("HANG", "start end out", "abandoned", "out", []),  # nobody was served
            ("HANG", "", "abandoned", "", []),
            ("unknown", "start", "unknown", "start", []),
            ("served", "start", "served", "start", []),  # our own words need no mapping
            ("abandoned", "out", "abandoned", "out", []),
            ("LUNCH", "start", "served", "start", ["unknown_outcome"]),
            ("LUNCH", "end out", "served", "end", ["unknown_outcome"]),
            ("LUNCH", "out", "abandoned", "out", ["unknown_outcome"]),
            ("LUNCH", "", "unknown", "", ["unknown_outcome"]),
            ("", "start", "served", "start", ["unknown_outcome"]),
            (None, "", "unknown", "", ["unknown_outcome"]),
            ("agent", "", "unknown", "", ["unknown_outcome"]),  # words are matched as they are written
        ],
    )
    def test_the_word_decides_and_the_times_help_where_it_says_nothing(self, how, given, outcome, kept, codes):
        times = {"start": "2026-01-05 09:05", "end": "2026-01-05 09:09", "out": "2026-01-05 09:03"}
        row = {"how": how} | {name: (value if name in given.split() else "") for name, value in times.items()}
        log = log_of(row)
        one = log.frame.iloc[0]
        assert one["outcome"] == outcome
        columns = {"start": "called", "end": "finished", "out": "left"}
        assert " ".join(name for name, column in columns.items() if pd.notna(one[column])) == kept
        assert log.issues["code"].tolist() == codes

    def test_without_an_outcome_column_a_leaving_time_alone_is_a_walk_out(self):
        options = {key: value for key, value in MAPPING.items() if key not in ("outcome", "outcomes")}
        rows = [USUAL, USUAL | {"id": "2", "start": "", "end": "", "out": "2026-01-05 09:03"}]
        log = normalise(pd.DataFrame(rows), Mapping.from_dict(options))
        assert log.frame["outcome"].tolist() == ["served", "abandoned"]


class TestClocks:
    def stepping(self, *rows, **options):
        changes = [{"id": str(k), "branch": place, "in": f"2026-01-05 {at}"} for k, (place, at) in enumerate(rows)]
        return log_of(*[change | {"start": "", "end": "", "how": "HANG"} for change in changes], **options)

    def test_a_step_back_is_measured_from_the_latest_row_above(self):
        log = self.stepping(("a", "09:10"), ("a", "09:00"), ("a", "09:05"), ("a", "09:10"), ordered=True)
        assert told(log) == [(3, "clock_backwards", "warning"), (4, "clock_backwards", "warning")]
        assert len(log.usable) == 4

    def test_each_branch_has_its_own_clock(self):
        rows = [("a", "09:10"), ("b", "09:00"), ("a", "09:11"), ("b", "08:59")]
        assert told(self.stepping(*rows, ordered=True)) == [(5, "clock_backwards", "warning")]

    @pytest.mark.parametrize(("second", "codes"), [("09:09:58", []), ("09:09:57", ["clock_backwards"])])
    def test_a_step_within_the_tolerance_is_a_clocks_rounding(self, second, codes):
        log = self.stepping(("a", "09:10:00"), ("a", second), ordered=True)
        assert log.issues["code"].tolist() == codes

    def test_phantoms_and_rows_without_arrival_set_no_clock(self):
        log = log_of({"how": "PHANTOM", "in": "2026-01-05 18:00"}, {"in": ""}, {"in": "2026-01-05 09:00"}, ordered=True)
        assert "clock_backwards" not in set(log.issues["code"])


class TestAccounting:
    WORDS = st.fixed_dictionaries(
        {
            "id": st.sampled_from(["1", "2", "", None]),
            "kind": st.sampled_from(["cash", "", "养老金", "NULL"]),
            "how": st.sampled_from(["AGENT", "HANG", "PHANTOM", "?", ""]),
            "in": st.sampled_from(["2026-01-05 09:00", "2026-01-05 09:30", "", "soon", "2026-02-30 09:00"]),
            "start": st.sampled_from(["2026-01-05 09:05", "", "x", "2026-01-04 09:00"]),
        }
    )

    @settings(max_examples=40, deadline=None)
    @given(st.lists(WORDS, max_size=12), st.integers(0, 9))
    def test_every_row_is_a_customer_or_has_a_reason_not_to_be(self, rows, first):
        frame = pd.DataFrame([USUAL | row for row in rows], columns=list(USUAL))
        log = normalise(frame, Mapping.from_dict(MAPPING | {"first_row": first}))
        assert tuple(log.frame.columns) == COLUMNS
        assert log.frame.index.tolist() == list(range(first, first + len(rows)))
        refused = set(log.issues.loc[log.issues["severity"] != "warning", "row"])
        assert set(log.frame.index) == set(log.usable.index) | refused
        assert not set(log.usable.index) & refused
        assert log.usable["arrived"].notna().all()
        assert log.usable["outcome"].isin(OUTCOMES).all()
        ghosts = [k + first for k, row in enumerate(rows) if row["how"] == "PHANTOM"]
        assert log.issues.loc[log.issues["code"] == "phantom", "row"].tolist() == ghosts
        people = {  # numbered customers who can be told apart
            (row["id"], row["kind"], row["in"])
            for row in rows
            if row["id"] and row["in"].startswith("2026-01-05") and row["how"] != "PHANTOM"
        }
        nameless = sum(not row["id"] and "-01-05" in row["in"] and row["how"] != "PHANTOM" for row in rows)
        same = {(number, kind.replace("NULL", ""), when) for number, kind, when in people}  # NULL means empty
        assert len(log.usable) == len(same) + nameless

    def test_the_summary_counts_what_the_tables_hold(self):
        log = log_of({}, {}, {"id": "2", "how": "HANG"}, {"in": ""}, {"how": "PHANTOM"}, {"id": "3", "start": "x"})
        summary = log.summary()
        assert summary["rows"] == 6
        assert summary["usable"] == 3
        assert summary["outcomes"] == {"served": 2, "abandoned": 1}
        assert summary["issues"] == {
            "error:duplicate": 1,
            "error:missing_arrival": 1,
            "ignored:phantom": 1,
            "warning:unparsable": 1,
        }
        assert Counter(log.issues["severity"] + ":" + log.issues["code"]) == summary["issues"]
        assert summary["first"] == summary["last"] == pd.Timestamp(2026, 1, 5, 9)

    def test_the_frame_for_others_keeps_the_row_of_the_source(self):
        log = log_of({"in": ""}, {"id": "2"}, {"how": "PHANTOM"}, {"id": "4"})
        assert log.to_frame()["row"].tolist() == [3, 5]
        assert log.to_frame()["ticket"].tolist() == ["2", "4"]

    def test_an_empty_log_has_an_empty_summary(self):
        log = normalise(pd.DataFrame(columns=list(USUAL)), Mapping.from_dict(MAPPING | {"ordered": True}))
        assert log.summary()["rows"] == log.summary()["usable"] == 0
        assert log.is_clean and log.to_frame().empty

    def test_a_log_of_one_branch_takes_its_name_from_the_mapping(self):
        options = {key: value for key, value in MAPPING.items() if key != "branch"} | {"branch_value": "滨江"}
        log = normalise(pd.DataFrame([USUAL]), Mapping.from_dict(options))
        assert log.frame["branch"].tolist() == ["滨江"]

    def test_an_absent_column_is_named_with_those_that_are_there(self):
        frame = pd.DataFrame([{key: value for key, value in USUAL.items() if key != "kind"}])
        with pytest.raises(ValueError, match="no column 'kind'; it has branch, id, how"):
            normalise(frame, Mapping.from_dict(MAPPING))
