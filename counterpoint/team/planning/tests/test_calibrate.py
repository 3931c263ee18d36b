"""What a log says of its services, of who serves what, and of patience: each threshold from both sides."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.history import TicketLog
from counterpoint.team.planning import calibrate
from counterpoint.team.planning.tests.files import log, ticket

DAY = "2026-11-23 09:00"


def many(count, *, start=0, service="cash", **more):
    """That many tickets of a service, one a minute."""
    return [
        ticket(start + n, pd.Timestamp(DAY) + pd.Timedelta(minutes=start + n), service=service, **more)
        for n in range(count)
    ]


def services(*rows, skills=None, names=None, defaults=None, days=1):
    found, notes = calibrate.services_of(
        log(*rows), skills=skills or {}, names=names or {}, defaults=defaults or {}, days=days
    )
    return {spec.code: spec for spec in found}, {note.code: note for note in notes}


class TestReachedQueue:
    def test_who_left_before_queueing_is_not_counted_and_the_note_says_how_many(self):
        rows = [
            *many(3),
            ticket(7, DAY, left=4),
            ticket(8, DAY, outcome="abandoned"),
            ticket(9, DAY, outcome="abandoned"),
        ]
        kept, (note,) = calibrate.reached_queue(log(*rows))
        assert len(kept.usable) == 4 and kept.usable["outcome"].eq("abandoned").sum() == 1
        assert note.code == "left_before_queue" and note.values == {"count": 2} and note.text.startswith("2 customers")

    @pytest.mark.parametrize(
        "rows",
        [
            [ticket(1, DAY)],
            [ticket(1, DAY), ticket(2, DAY, outcome="abandoned")],
            [ticket(1, DAY), ticket(2, DAY, left=4)],
        ],
        ids=["nobody left", "the log records no leaving times", "everybody who left has a time"],
    )
    def test_otherwise_the_log_is_left_alone(self, rows):
        whole = log(*rows)
        assert calibrate.reached_queue(whole) == (whole, ())


class TestCounterMinutes:
    @pytest.mark.parametrize(("takes", "counted"), [(0, False), (0.1, True), (240, True), (240.1, False), (700, False)])
    def test_a_service_takes_more_than_nothing_and_at_most_four_hours(self, takes, counted):
        found = calibrate.counter_minutes(log(ticket(1, DAY, takes=takes)).usable)
        assert len(found) == counted

    def test_a_ticket_without_both_times_is_left_out(self):
        assert not len(calibrate.counter_minutes(log({"ticket": "A", "arrived": DAY, "called": DAY}).usable))


class TestServices:
    def test_the_busiest_service_comes_first_under_its_name(self):
        found, _notes = services(*many(3, service="a"), *many(5, start=10, service="b"), names={"b": "转账"})
        assert list(found) == ["b", "a"] and (found["b"].name, found["a"].name) == ("转账", "a")
        assert (found["b"].tickets, found["a"].tickets) == (5, 3)

    def test_thirty_measured_tickets_are_trusted_and_twenty_nine_are_not(self):
        enough, _ = services(*many(30, takes=4))
        assert (enough["cash"].source, enough["cash"].minutes, enough["cash"].measured) == ("log", 4.0, 30)
        few, notes = services(*many(29, takes=4))
        assert (few["cash"].source, few["cash"].minutes, few["cash"].cv) == ("pooled", 6.0, 0.6)
        assert notes["assumed_minutes"].values == {"service": "cash", "minutes": 6.0}
        assert "(29)" in notes["assumed_minutes"].text

    def test_a_rare_service_takes_the_given_default_then_the_mean_of_all(self):
        rows = [*many(40, takes=4), *many(5, start=50, service="advice", takes=60)]
        found, _notes = services(*rows)
        assert found["advice"].source == "pooled"
        assert found["advice"].minutes == pytest.approx((40 * 4 + 5 * 60) / 45, abs=1e-3)
        found, notes = services(*rows, defaults={"advice": (20.0, 0.4), "cash": (99.0, 1.0)})
        assert (found["advice"].minutes, found["advice"].cv, found["advice"].source) == (20.0, 0.4, "default")
        assert found["cash"].source == "log" and "assumed_minutes" in notes

    def test_the_spread_is_the_samples_own_and_never_above_two(self):
        rows = [*many(15, takes=2), *many(15, start=20, takes=6)]
        found, _notes = services(*rows)
        assert found["cash"].cv == pytest.approx(np.std([2] * 15 + [6] * 15, ddof=1) / 4, abs=1e-3)
        wild, _notes = services(*many(60, takes=0.1), *many(1, start=70, takes=240))
        assert wild["cash"].cv == 2.0

    def test_tickets_without_a_service_are_one_service_of_their_own(self):
        found, _notes = services(*many(3, service=""))
        assert list(found) == ["all"] and found["all"].skill == "all"

    def test_walk_outs_are_tickets_but_not_measured(self):
        found, _notes = services(*many(30), ticket(99, DAY, left=3))
        assert (found["cash"].tickets, found["cash"].measured) == (31, 30)


class TestSkills:
    def rows(self, same, other=30):
        """Cash by K1; transfers by K1 in `same` cases, else by K9."""
        return [
            *many(200, server="K1"),
            *many(same, start=200, service="transfer", server="K1"),
            *many(other, start=300, service="transfer", server="K9"),
        ]

    def test_a_service_of_the_same_people_shares_their_skill(self):
        found, notes = services(*self.rows(same=40, other=10))
        assert found["transfer"].skill == "cash" == found["cash"].skill
        assert notes["shared_skill"].values == {"service": "transfer", "with": "cash", "share": 0.8}

    def test_just_below_four_fifths_they_are_apart(self):
        found, notes = services(*self.rows(same=39, other=11))
        assert found["transfer"].skill == "transfer" and "shared_skill" not in notes

    def test_a_given_skill_is_not_looked_for_in_the_log(self):
        found, notes = services(*self.rows(same=40, other=10), skills={"transfer": "desk"})
        assert found["transfer"].skill == "desk" and "shared_skill" not in notes

    def test_the_skill_given_to_the_larger_service_is_shared_too(self):
        found, _notes = services(*self.rows(same=40, other=10), skills={"cash": "counter"})
        assert found["transfer"].skill == "counter"

    def test_too_few_served_tickets_say_nothing_of_who_serves(self):
        found, _notes = services(*self.rows(same=29, other=0), days=1)
        assert "transfer" in found
        assert calibrate._skills(*self.parts(self.rows(same=29, other=0)), {})[0]["transfer"] == "transfer"
        assert calibrate._skills(*self.parts(self.rows(same=30, other=0)), {})[0]["transfer"] == "cash"

    def parts(self, rows):
        frame = log(*rows).usable
        return frame, frame["service"].astype("string")

    def test_somebody_who_helps_out_at_cash_now_and_then_is_no_cash_person(self):
        helper = [
            *many(200, server="K1"),
            *many(5, start=200, server="K9"),
            *many(50, start=300, service="transfer", server="K9"),
        ]
        assert calibrate._skills(*self.parts(helper), {})[0]["transfer"] == "transfer"
        more = [*helper, *many(1, start=400, server="K9")]
        assert calibrate._skills(*self.parts(more), {})[0]["transfer"] == "cash"


class TestSmallSkills:
    def rows(self, count):
        return [*many(100, takes=4, server="K1"), *many(count, start=100, service="safe", takes=4, server="K9")]

    def test_a_skill_that_keeps_hardly_anybody_busy_goes_to_the_largest(self):
        found, notes = services(*self.rows(17))
        assert found["safe"].skill == "cash"
        assert notes["merged_skill"].values["skill"] == "safe" and notes["merged_skill"].values["with"] == "cash"

    @pytest.mark.parametrize(("takes", "skill"), [(2.35, "cash"), (2.4, "safe")])
    def test_the_line_is_at_three_twentieths_of_a_person(self, takes, skill):
        """Thirty tickets of 2.4 minutes are 72 of the 480 minutes of a day."""
        rows = [*many(100, takes=4, server="K1"), *many(30, start=100, service="safe", takes=takes, server="K9")]
        assert services(*rows)[0]["safe"].skill == skill
        assert services(*rows, days=2)[0]["safe"].skill == "cash"

    def test_a_skill_that_somebody_asked_for_is_never_merged(self):
        found, notes = services(*self.rows(5), skills={"safe": "vault"})
        assert found["safe"].skill == "vault" and "merged_skill" not in notes

    def test_the_largest_skill_stays_however_small(self):
        found, notes = services(*many(1))
        assert found["cash"].skill == "cash" and "merged_skill" not in notes

    def test_an_empty_log_has_no_service(self):
        assert services({"outcome": "abandoned"}) == ({}, {})


class TestPatience:
    def test_thirty_timed_walk_outs_are_an_estimate_and_twenty_nine_are_not(self):
        served = many(10, waits=3)
        left = [ticket(100 + n, DAY, left=6) for n in range(30)]
        found = calibrate.patience_of(log(*served, *left))
        assert (found.source, found.events, found.shape, found.cv) == ("log", 30, "exponential", 1.0)
        assert found.mean == pytest.approx((10 * 3 + 30 * 6) / 30)
        few = calibrate.patience_of(log(*served, *left[:29]))
        assert (few.source, few.events, few.mean, few.shape) == ("default", 29, 28.0, "lognormal")

    def test_walk_outs_without_a_time_do_not_count(self):
        rows = [ticket(n, DAY, outcome="abandoned") for n in range(50)]
        assert calibrate.patience_of(log(*rows, ticket(99, DAY, left=3))).events == 1

    def test_waits_of_tickets_with_an_unknown_end_do_not_count(self):
        left = [ticket(n, DAY, left=6) for n in range(30)]
        unknown = ticket(99, DAY, waits=50, outcome="unknown")
        assert calibrate.patience_of(log(*left, unknown)).mean == 6.0

    def test_it_is_never_below_half_a_minute(self):
        rows = [ticket(n, DAY, left=0) for n in range(40)]
        assert calibrate.patience_of(log(*rows)).mean == 0.5

    @settings(max_examples=25)
    @given(
        st.lists(st.integers(0, 60), min_size=30, max_size=40),
        st.lists(st.integers(0, 60), max_size=10),
    )
    def test_the_estimate_is_all_waiting_over_all_leaving(self, left, waited):
        rows = [ticket(n, DAY, left=m) for n, m in enumerate(left)]
        rows += [ticket(100 + n, DAY, waits=m) for n, m in enumerate(waited)]
        wanted = max(0.5, (sum(left) + sum(waited)) / len(left))
        assert calibrate.patience_of(log(*rows)).mean == pytest.approx(wanted, abs=1e-3)


class TestHistory:
    def test_its_first_lines_are_counted_from_usable_tickets(self):
        rows = [
            *many(3, waits=2),
            ticket(7, "2026-11-25 10:00", waits=12),
            ticket(8, "2026-11-24 10:00", left=5),
            ticket(8, "2026-11-24 10:00", left=5),
        ]
        assert calibrate.history_of(log(*rows)) == {
            "first": "2026-11-23", "last": "2026-11-25", "days": 3, "tickets": 5, "served": 4, "abandoned": 1,
            "wait_mean": 4.5, "wait_p90": 9.0,
        }  # fmt: skip

    def test_without_a_served_ticket_there_is_no_wait_to_tell(self):
        found = calibrate.history_of(log(ticket(1, DAY, left=5)))
        assert (found["wait_mean"], found["wait_p90"], found["served"]) == (None, None, 0)


def test_a_log_that_was_cut_to_a_branch_keeps_its_row_numbers():
    whole = log(*many(3), ticket(8, DAY, outcome="abandoned"), ticket(9, DAY, left=2))
    part = TicketLog(whole.frame.iloc[1:], whole.issues)
    assert calibrate.reached_queue(part)[0].usable.index.tolist() == [3, 4, 6]
