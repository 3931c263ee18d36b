"""Held-out days: who sat where is read from the log, and nothing of a day is known before it."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.history import TicketLog
from counterpoint.team.planning import heldout
from counterpoint.team.planning.tests import examples, files
from counterpoint.team.tests import small

DAY = pd.Timestamp("2026-11-30")
WEDNESDAY = date(2026, 11, 25)


def served(number, called, takes, *, server="K1", service="cash", day=DAY):
    at = day + pd.Timedelta(minutes=called)
    return files.ticket(number, at - pd.Timedelta(minutes=1), waits=1, takes=takes, server=server, service=service)


def posts(*rows, before=()):
    log = files.log(*before, *rows).usable
    today = log[log["arrived"].dt.date == DAY.date()]
    return heldout.posts_from_log(today, log[log["arrived"].dt.date < DAY.date()], examples.outlook())


def known(server="K1", service="cash", count=5):
    """Earlier tickets that show what a server can do."""
    return [served(f"{server}-{n}", 540 + 6 * n, 5, server=server, service=service, day=DAY - pd.Timedelta(days=7))
            for n in range(count)]  # fmt: skip


class TestPosts:
    def test_customers_close_together_are_one_stretch(self):
        (post,) = posts(served(1, 540, 10), served(2, 552, 8), before=known())
        assert (post.person, post.start, post.end, post.services) == ("K1", 540, 560, ("cash",))

    @pytest.mark.parametrize(("gap", "stretches"), [(5, 1), (6, 2)])
    def test_more_than_five_minutes_without_a_customer_is_a_break(self, gap, stretches):
        assert len(posts(served(1, 540, 10), served(2, 550 + gap, 10), before=known())) == stretches

    def test_a_long_customer_covers_the_short_ones_meanwhile(self):
        (post,) = posts(served(1, 540, 40), served(2, 545, 2), served(3, 583, 2), before=known())
        assert (post.start, post.end) == (540, 585)

    def test_a_customer_of_no_time_still_makes_a_minute(self):
        (post,) = posts(served(1, 540, 0), before=known())
        assert (post.start, post.end) == (540, 541)

    def test_seconds_are_kept(self):
        (post,) = posts(served(1, 540.5, 10), before=known())
        assert (post.start, post.end) == (540.5, 550.5)

    @pytest.mark.parametrize(("count", "able"), [(3, ()), (4, ("cash",)), (5, ("cash",))])
    def test_five_customers_served_show_that_somebody_can_do_it(self, count, able):
        found = posts(served(1, 540, 10), before=known(count=count))
        assert tuple(p.services for p in found) == ((able,) if able else ())

    def test_services_that_the_forecast_does_not_know_are_not_counted(self):
        found = posts(served(1, 540, 10, service="safe"), before=known(service="safe", count=9))
        assert found == []

    def test_tickets_without_a_server_or_a_time_tell_nothing(self):
        gone = files.ticket(5, DAY + pd.Timedelta(minutes=545), left=3)
        nameless = served(6, 545, 5, server="")
        open_end = {**served(7, 700, 5), "finished": ""}
        (post,) = posts(served(1, 540, 10), gone, nameless, open_end, before=known())
        assert (post.start, post.end) == (540, 550)

    @settings(max_examples=20)
    @given(
        st.lists(
            st.tuples(st.integers(540, 700), st.integers(1, 30), st.sampled_from(["K1", "K2"])), min_size=1, max_size=12
        )
    )
    def test_stretches_are_those_that_a_look_at_every_minute_finds(self, rows):
        made = [served(n, called, takes, server=who) for n, (called, takes, who) in enumerate(rows)]
        found = posts(*made, before=[*known("K1"), *known("K2")])
        for who in ("K1", "K2"):
            busy = {m for called, takes, server in rows if server == who for m in range(called, called + takes)}
            begins = [m for m in sorted(busy) if not busy & set(range(m - 6, m))]
            ends = [m + 1 for m in sorted(busy) if not busy & set(range(m + 1, m + 7))]
            assert [(p.start, p.end) for p in found if p.person == who] == list(zip(begins, ends, strict=True))


class TestDay:
    def test_a_day_is_judged_by_what_came_inside_the_opening_hours(self):
        (one,) = heldout.held_out(small.asked(), [WEDNESDAY])
        came = small.asked().log.usable
        came = came[came["arrived"].dt.date == WEDNESDAY]
        assert one.date == "2026-11-25" and one.arrivals == len(came)
        waited = (came["called"] - came["arrived"]).dt.total_seconds() / 60
        assert one.wait_actual == pytest.approx(waited.mean()) and one.p90_actual == pytest.approx(waited.quantile(0.9))
        assert one.walkouts_actual == 0 and one.low <= one.forecast <= one.high
        assert 0 <= one.inside <= 1 and 0 <= one.wape_hour < 2

    def test_what_came_on_the_day_and_later_changes_nothing_of_its_forecast(self):
        asked = small.asked()
        frame = asked.log.frame
        later = frame["arrived"].dt.date >= WEDNESDAY
        thinned = frame[~later | (frame["ticket"].str[-1].isin(["0", "1", "2"]))]
        (whole,) = heldout.held_out(asked, [WEDNESDAY])
        (fewer,) = heldout.held_out(replace(asked, log=TicketLog(thinned, asked.log.issues)), [WEDNESDAY])
        assert (fewer.forecast, fewer.low, fewer.high) == (whole.forecast, whole.low, whole.high)
        assert fewer.arrivals < whole.arrivals


def test_consecutive_days_are_scored_by_one_forecast():
    dates = [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]
    hourly, inside, daily = heldout.coverage(small.asked(), dates)
    assert 0 < hourly < 1 and 0 < inside <= 1 and 0 <= daily <= hourly
