"""Predicted waits: posts, counters and the flat pattern by arithmetic, the twin by what must hold of any day."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.rostering import Roster
from counterpoint.team.planning import waits
from counterpoint.team.planning.tests import examples
from counterpoint.team.planning.tests.examples import shift
from counterpoint.team.planning.values import Patience
from counterpoint.team.planning.waits import Post

ALL = ("cash", "transfer", "advice")


def play(posts, *, day=0, seed=5, replications=40, view=None):
    return waits.play_day(view or examples.outlook(), day, posts, seed=seed, replications=replications)


def team(count, services=ALL, start=540, end=720, speed=1.0):
    return [Post(f"p{n}", start, end, services, speed) for n in range(count)]


class TestSeats:
    spans = st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda s: (30.0 * s[0], 30.0 * (s[0] + s[1]))),
        max_size=15,
    )

    @given(spans)
    def test_nobody_shares_a_counter_at_a_time_and_no_counter_too_many_is_used(self, spans):
        people, counters = waits.seated([Post(f"p{n}", a, b, ("x",)) for n, (a, b) in enumerate(spans)])
        assert len(people) == len(spans)
        edges = {edge for span in spans for edge in span}
        assert counters == max((sum(a <= at < b for a, b in spans) for at in edges), default=0)
        for n, one in enumerate(people):
            for other in people[n + 1 :]:
                (a, b), (c, d) = one.shifts[0], other.shifts[0]
                assert one.post != other.post or b <= c or d <= a

    def test_the_order_in_which_posts_are_given_does_not_matter(self):
        posts = [Post("a", 540, 600, ("x",)), Post("b", 570, 660, ("x",)), Post("c", 600, 660, ("x",))]
        assert waits.seated(posts) == waits.seated(posts[::-1])

    def test_skills_and_speed_go_with_the_person(self):
        (person,), _count = waits.seated([Post("a", 540, 600, ("x", "y"), 1.25)])
        assert (person.skills, person.speed, person.post) == (("x", "y"), 1.25, "K1")


class TestPostsOfARoster:
    def test_each_stretch_serves_what_its_skill_may_and_at_the_persons_speed(self):
        found = waits.posts_of(examples.outlook(), examples.roster(), 0, {"sun": 0.8})
        assert found == [
            Post("mei", 510, 720, ("cash",)),
            Post("omar", 540, 720, ("cash",)),
            Post("sun", 540, 630, ("transfer", "advice"), 0.8),
            Post("sun", 630, 660, ("cash",), 0.8),
            Post("sun", 660, 720, ("transfer", "advice"), 0.8),
        ]

    def test_posts_that_serve_no_customer_of_the_log_and_empty_ones_are_left_out(self):
        made = shift("mei", 0, 540, 720, ("lobby", 600), ("cash", 600), ("cash", 720))
        found = waits.posts_of(examples.outlook(), Roster((made,)), 0, {})
        assert found == [Post("mei", 600, 720, ("cash",))]

    def test_hours_on_posts_are_those_of_the_logs_skills(self):
        assert waits.post_hours(examples.outlook(), examples.roster()) == {"cash": 9.5, "desk": 5.0}
        lobby = Roster((shift("mei", 0, 540, 720, ("lobby", 720)),))
        assert waits.post_hours(examples.outlook(), lobby) == {"cash": 0.0, "desk": 0.0}


class TestFlatPattern:
    @given(st.floats(0.5, 60), st.floats(0.5, 60))
    def test_it_spends_the_same_hours_evenly(self, cash, desk):
        week = waits.flat_posts(examples.outlook(), {"cash": cash, "desk": desk})
        for services, amount in ((("cash",), cash), (("transfer", "advice"), desk)):
            spent = [sum(p.end - p.start for p in day if p.services == services) / 60 for day in week]
            assert sum(spent) == pytest.approx(amount, abs=0.02 * 5 + 1e-9)
            assert spent[2] == 0 and spent[0] / 3 == pytest.approx(spent[1] / 2)

    def test_whole_people_stay_all_day_and_the_rest_stands_in_the_middle(self):
        monday = waits.flat_posts(examples.outlook(), {"cash": 12.5})[0]
        assert [(p.start, p.end) for p in monday] == [(540, 720), (540, 720), (585, 675)]

    def test_a_rest_of_a_fiftieth_is_nobody(self):
        assert waits.flat_posts(examples.outlook(), {"cash": 0.09})[0] == []
        assert len(waits.flat_posts(examples.outlook(), {"cash": 0.11})[0]) == 1

    def test_a_closed_day_and_an_unknown_skill_have_no_posts(self):
        assert waits.flat_posts(examples.outlook(), {"lobby": 20.0}) == [[], [], []]
        assert waits.flat_posts(examples.outlook(), {"cash": 20.0})[2] == []
        shut = examples.outlook(((), (), ()))
        assert waits.flat_posts(shut, {"cash": 20.0}) == [[], [], []]


class TestRates:
    def test_chance_alone_asks_for_no_busy_and_quiet_days(self):
        view = examples.outlook()
        calm = examples.outlook(day_p10=view.day_mean, day_p90=view.day_mean)
        paths = waits.rate_paths(calm, 0, seed=1)
        assert paths.shape == (50, 3, 6) and np.allclose(paths, view.mean[:, 0])

    def test_a_wide_range_makes_days_differ_and_keeps_their_mean(self):
        view = examples.outlook()
        half = 2.5631 * np.sqrt(66) / 2  # twice the variance of chance: the other half is what days differ by
        wild = examples.outlook(day_p10=view.day_mean - half, day_p90=view.day_mean + half)
        factors = np.concatenate([waits.rate_paths(wild, 0, seed=n)[:, 0, 0] / view.mean[0, 0, 0] for n in range(60)])
        assert factors.mean() == pytest.approx(1.0, abs=0.02)
        assert factors.var() == pytest.approx(33 / 33**2, rel=0.15)

    def test_services_keep_their_shares_on_every_path(self):
        view = examples.outlook()
        paths = waits.rate_paths(examples.outlook(day_p90=3 * view.day_mean), 1, seed=1)
        open_cells = paths[:, :, 1]
        assert np.allclose(open_cells[:, 0], 4 * open_cells[:, 1]) and np.allclose(paths[:, :, 0], 0)

    def test_a_day_without_customers_is_one_path_of_noughts(self):
        assert waits.rate_paths(examples.outlook(), 2, seed=1).shape == (1, 3, 6)

    def test_the_same_seed_and_day_give_the_same_paths(self):
        view = examples.outlook(day_p90=3 * examples.outlook().day_mean)
        one, again = (waits.rate_paths(view, 0, seed=4) for _ in range(2))
        assert np.array_equal(one, again)
        assert not np.array_equal(one, waits.rate_paths(view, 0, seed=5))


class TestBranch:
    def test_default_patience_comes_with_balking_and_measured_patience_without(self):
        assumed = waits.branch_model(examples.outlook(), 2, 540, 720)
        assert assumed.balking is not None and assumed.patience.mean == 28.0
        view = examples.outlook(patience=Patience(9.0, 1.0, "exponential", "log", 40))
        measured = waits.branch_model(view, 2, 540, 720)
        assert measured.balking is None and measured.patience.mean == 9.0

    def test_it_has_a_counter_at_least_and_its_promise(self):
        model = waits.branch_model(examples.outlook(), 0, 540, 720)
        assert len(model.counters) == 1 and model.tiers[0].promise == 15.0
        assert [s.code for s in model.services] == list(ALL)


class TestDay:
    def test_a_closed_day_is_all_noughts_and_every_promise_is_kept(self):
        found = play(team(3), day=2)
        assert (found.cells, found.customers, found.wait_mean, found.within, found.walkouts) == ((), 0.0, 0.0, 1.0, 0.0)
        assert found.date == "2026-12-02"

    def test_a_day_with_nobody_on_posts_serves_nobody(self):
        found = play([])
        assert found.wait_mean == math.inf == found.wait_p90
        assert (found.customers, found.within, found.walkouts, found.utilisation) == (33.0, 0.0, 1.0, 0.0)

    def test_as_many_customers_come_as_are_expected(self):
        assert play(team(4), replications=200).customers == pytest.approx(33, rel=0.1)

    def test_the_range_holds_eight_of_ten_days_and_is_wider_the_scarcer_people_are(self):
        scarce, plenty = play(team(1), replications=200), play(team(4), replications=200)
        assert scarce.p90_low <= scarce.wait_p90 <= scarce.p90_high
        assert scarce.p90_high - scarce.p90_low > plenty.p90_high - plenty.p90_low

    def test_the_cells_of_a_day_add_up_to_it(self):
        found = play(team(4))
        assert [c.minute for c in found.cells] == sorted(c.minute for c in found.cells)
        assert all(540 <= c.minute < 720 and c.minute % 30 == 0 for c in found.cells)
        assert all(0 <= c.within <= 1 and 0 <= c.median <= c.p90 for c in found.cells)

    @settings(max_examples=5)
    @given(st.integers(2, 5), st.integers(0, 1000))
    def test_one_more_colleague_never_makes_waits_much_longer(self, count, seed):
        fewer, more = (play(team(n), seed=seed, replications=60) for n in (count, count + 1))
        assert more.wait_mean <= fewer.wait_mean + 0.5
        assert more.utilisation <= fewer.utilisation + 0.02

    def test_quicker_people_wait_less(self):
        slow, quick = (play(team(2, speed=speed), replications=80) for speed in (0.7, 1.4))
        assert quick.wait_mean < slow.wait_mean and quick.within >= slow.within

    def test_the_same_seed_gives_the_same_day(self):
        assert play(team(3)) == play(team(3)) != play(team(3), seed=6)


class TestWeek:
    def test_a_week_is_its_days_and_one_day_can_be_asked_for(self):
        view, roster = examples.outlook(), examples.roster()
        week = waits.predict(view, roster, seed=3, replications=10)
        assert [d.date for d in week.days] == ["2026-11-30", "2026-12-01", "2026-12-02"]
        (only,) = waits.predict(view, roster, seed=3, replications=10, only=1).days
        assert only == week.days[1]

    def test_speeds_are_heard(self):
        view, roster = examples.outlook(), examples.roster()
        slow, quick = (
            waits.predict(view, roster, seed=3, replications=60, only=1, speeds=dict.fromkeys(("mei", "ada"), factor))
            for factor in (0.5, 2.0)
        )
        assert quick.days[0].wait_mean < slow.days[0].wait_mean

    def test_the_flat_week_is_played_with_the_rosters_own_hours(self):
        view, roster = examples.outlook(), examples.roster()
        flat = waits.flat_baseline(view, roster, seed=3, replications=10)
        posts = waits.flat_posts(view, {"cash": 9.5, "desk": 5.0})
        assert flat.days[0] == waits.play_day(view, 0, posts[0], seed=3, replications=10)
        assert flat.days[2].customers == 0
