"""Whatever was done: the hall looked up at this minute is the hall, and its day replayed comes out to the second."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from counterpoint.foundation.api import scoped
from counterpoint.onsite import futures
from counterpoint.onsite.queries import past, record
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.test_naive_hall import TwoHalls
from counterpoint.science import replay


def told(hall):
    """Everything that a hall says, as plain values."""
    return {
        "waiting": [(t.label, t.service, t.tier, t.priority, t.vulnerable, t.seniority_at) for t in hall.waiting],
        "inside": sorted((t.label, t.state, t.counter.number if t.counter else None) for t in hall.inside),
        "posts": [
            (p.counter.number, p.open, p.able, p.services, str(p.duty.user_id) if p.duty else "",
             p.ticket.label if p.ticket else "", p.ticket.started_at if p.ticket else None)
            for p in hall.posts
        ],
        "people": sorted((str(d.user_id), d.place, d.counter.number if d.counter else None, d.break_until)
                         for d in hall.duties),
        "machines": [(d.code, d.in_service) for d in hall.devices], "shares": hall.diversions,
    }  # fmt: skip


class PastAgrees(TwoHalls):
    """The same hands as in the two halls; now the past is asked about the present."""

    @invariant()
    def the_hall_at_this_minute_is_the_hall(self):
        here = {"scope": self.hall.sun, "branch": self.hall.branch}
        with scoped(self.hall.sun):
            now = hall_of(**here, now=self.hall.now)
            then = past.past_hall(**here, at=self.hall.now)
            assert told(then) == told(now)
            assert futures.state_of(then) == futures.state_of(now)

    @invariant()
    def the_day_replayed_is_the_day(self):
        here = {"scope": self.hall.sun, "branch": self.hall.branch, "on": (self.hall.now + timedelta(hours=8)).date()}
        found = record.recorded(**here, now=self.hall.now)
        if found is None:
            return
        with scoped(self.hall.sun):
            model = futures.model_of(hall_of(scope=self.hall.sun, branch=self.hall.branch, now=self.hall.now))
        day = replay.scenario(found, model)
        assert replay.replay(day, seed=1).exact
        assert "no_free_window" not in day.unexpressed, "every call of this hall came to a window that could call"
        assert {v.code for v in found.visits} == {s.label for s in self.naive.slips}


def compare(bank, stories, acts):
    run_state_machine_as_test(
        lambda: PastAgrees(bank),
        settings=settings(
            max_examples=stories, stateful_step_count=acts, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db
def test_the_past_of_any_hall_is_what_it_was(bank):
    compare(bank, 4, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_past_of_many_halls_is_what_it_was(bank):
    compare(bank, 60, 50)
