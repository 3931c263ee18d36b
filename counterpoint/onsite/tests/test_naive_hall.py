"""The real hall and one in plain Python are driven by the same hands; after every act they must agree on everything."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from counterpoint.foundation.api import DomainError
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.queries.snapshot import snapshot
from counterpoint.onsite.tests.halls import Hall, forget
from counterpoint.onsite.tests.naive_hall import COUNTERS, SKILL, NaiveHall

PEOPLE = ("Mei", "Omar", "Ada")
counters = sorted(COUNTERS)
services = sorted(SKILL)
tiers = ["standard", "standard", "vip", "priority"]
STEPS = {
    "call": ("ticket_call", ["counter"]), "undo": ("call_undo", []), "start": ("ticket_start", []),
    "hold": ("ticket_hold", []), "resume": ("ticket_resume", ["counter"]), "finish": ("ticket_finish", []),
    "hand_over": ("ticket_hand_over", ["service"]), "no_show": ("ticket_no_show", []),
    "abandon": ("ticket_abandon", []), "cancel": ("ticket_cancel", []), "delay": ("ticket_delay", ["minutes"]),
    "care": ("ticket_flag", ["vulnerable"]), "divert": ("ticket_divert", []),
}  # fmt: skip
NEEDS = {"counter": counters, "service": services, "minutes": (1, 2, 3), "vulnerable": (False, True)}
HANDS = {
    "take": 5, "press_next": 6, "go_on": 14, "try_anything": 3, "open": 2, "close": 2, "move": 1, "seat": 1, "pause": 1,
    "machine": 1, "close_day": 1, "next_morning": 8, "say_it_again": 1,
}  # fmt: skip
ONWARD = {
    "called": ("start", "start", "start", "start", "no_show", "undo", "hand_over"),
    "serving": ("finish", "hold", "hold", "hold", "hand_over"),
    "held": ("resume", "resume", "hand_over", "hand_over", "abandon"),
}


class TwoHalls(RuleBasedStateMachine):
    """Sun does everything, in a transaction that is rolled back after each story."""

    def __init__(self, bank):
        super().__init__()
        forget()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.hall, self.naive = Hall(bank), NaiveHall()
        self.hall.machine()
        self.ids, self.begun, self.entries, self.said = {}, self.hall.now, 0, None

    def teardown(self):
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    @initialize(chance=st.randoms(use_true_random=True))
    def two_windows_open(self, chance):
        self.chance = chance
        self.act("window_open", self.naive.open, 1, "Mei", counter=1, user=self.hall.Mei)
        self.act("window_open", self.naive.open, 4, "Ada", counter=4, user=self.hall.Ada)

    def act(self, name, naive, *given, **inputs):
        """Do it in both halls ten seconds later; the answers must agree, and one entry tells of what was done."""
        self.hall.later(seconds=10)
        self.naive.now = int((self.hall.now - self.begun).total_seconds())
        key = f"act {self.naive.now}"
        before = [*self.naive.slips]
        try:
            answer = self.hall.do(name, key=key, **inputs)
            code = "ok"
            self.said = (name, {**inputs, "key": key}, answer)
        except DomainError as refused:
            answer, code = None, refused.code
        assert code == naive(*given), name
        self.entries += code == "ok"
        for slip in self.naive.slips:
            if slip not in before and getattr(answer, "label", "") == slip.label:
                self.ids[id(slip)] = answer.id
                assert (answer.ahead, answer.state) == (self.naive.ahead(slip), "waiting")

    def step(self, slip, step, pick):
        name, needs = STEPS[step]
        inputs = {need: pick(NEEDS[need]) for need in needs}
        self.act(name, getattr(self.naive, step), slip, *inputs.values(), ticket=self.ids[id(slip)], **inputs)

    # --- hands; one rule draws among them, so that stories get on: most of a day is calling and serving ---

    @rule()
    def somebody_acts(self):
        possible = {
            "go_on": any(s.state in ONWARD for s in self.naive.slips), "try_anything": self.naive.slips,
            "close_day": len(self.naive.slips) > 8 and not self.naive.closed, "next_morning": self.naive.closed,
            "say_it_again": self.said, "take": not self.naive.closed,
        }  # fmt: skip
        able = [hand for hand, weight in HANDS.items() if possible.get(hand, True) for _ in range(weight)]
        getattr(self, self.chance.choice(able))(self.chance.choice)

    def take(self, pick):
        service, tier, frail = pick(services), pick(tiers), pick((False, True))
        self.act("ticket_take", self.naive.take, service, tier, frail, service=service, tier=tier, vulnerable=frail)

    def press_next(self, pick):
        """Mostly at a window that is free."""
        ready = [n for n in COUNTERS if self.naive.ready(n) == "ok"]
        counter = pick(ready * 3 + list(COUNTERS))
        self.act("ticket_call_next", self.naive.call_next, counter, counter=counter)

    def go_on(self, pick):
        """A step that the state allows: without this, little would ever be served."""
        slip = pick([s for s in self.naive.slips if s.state in ONWARD])
        self.step(slip, pick(ONWARD[slip.state]), pick)

    def try_anything(self, pick):
        """Any step with any ticket of today."""
        self.step(pick(self.naive.slips), pick(sorted(STEPS)), pick)

    def open(self, pick):
        counter, who = pick(counters), pick(PEOPLE)
        self.act("window_open", self.naive.open, counter, who, counter=counter, user=getattr(self.hall, who))

    def close(self, pick):
        """Mostly a window that is open."""
        opened = [n for n, is_open in self.naive.windows.items() if is_open]
        counter = pick(opened * 3 + list(COUNTERS))
        self.act("window_close", self.naive.close, counter, counter=counter)

    def move(self, pick):
        who, place = pick(PEOPLE), pick(["lobby", "back_office", "gone"])
        self.act("person_move", self.naive.move, who, place, user=getattr(self.hall, who), place=place)

    def seat(self, pick):
        who, counter = pick(PEOPLE), pick(counters)
        user = getattr(self.hall, who)
        self.act("person_move", self.naive.seat, who, counter, user=user, place="counter", counter=counter)

    def pause(self, pick):
        who, name = pick(PEOPLE), pick(["break_start", "break_end"])
        self.act(name, getattr(self.naive, name), who, user=getattr(self.hall, who))

    def machine(self, pick):
        works = pick((False, True))
        self.act("device_restored" if works else "device_fault", self.naive.machine, works, device="stm-1")

    def close_day(self, pick):
        self.act("day_close", self.naive.close_day)

    def next_morning(self, pick):
        self.hall.later(days=1)
        self.naive.next_morning(int((self.hall.now - self.begun).total_seconds()))

    def say_it_again(self, pick):
        """The same key once more: the first answer, and nothing happens (the invariants below see to that)."""
        name, inputs, answer = self.said
        assert self.hall.do(name, **inputs) == answer

    # --- what must agree ---

    @invariant()
    def tickets_agree(self):
        on = (self.hall.now + timedelta(hours=8)).date()
        with self.hall.scoped():
            rows = Ticket.objects.filter(org_unit=self.hall.branch, business_date=on).select_related("counter")
            found = {
                t.label: (
                    t.service, t.tier, t.vulnerable, t.priority, t.state, t.counter.number if t.counter else None,
                    t.server_id, t.calls,
                )
                for t in rows
            }  # fmt: skip
        ids = {who: getattr(self.hall, who) for who in PEOPLE}
        assert found == {
            s.label: (s.service, s.tier, s.frail, s.priority, s.state, s.counter, ids.get(s.server), s.calls)
            for s in self.naive.slips
        }

    @invariant()
    def windows_and_people_agree(self):
        on = (self.hall.now + timedelta(hours=8)).date()
        with self.hall.scoped():
            windows = Window.objects.filter(org_unit=self.hall.branch).select_related("counter")
            found = dict.fromkeys(COUNTERS, False) | {w.counter.number: w.open for w in windows}
            duties = Duty.objects.filter(org_unit=self.hall.branch, business_date=on).select_related("counter", "user")
            placed = {d.user.name: (d.place, d.counter.number if d.counter else None) for d in duties}
        assert found == self.naive.windows
        assert placed == self.naive.people

    @invariant()
    def each_act_left_one_entry_and_no_refusal_any(self):
        assert len(self.hall.entries()) == self.entries

    @invariant()
    def the_screen_shows_the_same(self):
        shown = snapshot(scope=self.hall.sun, branch=self.hall.branch, now=self.hall.now)
        waiting = self.naive.waiting()
        for queue in shown.queues:
            assert [d.label for d in queue.dots] == [s.label for s in waiting if SKILL[s.service] == queue.skill]
        lanes = {lane.number: (lane.label, lane.stage, lane.person) for lane in shown.lanes if lane.ticket}
        busy = [s for s in self.naive.slips if s.state in ("called", "serving")]
        assert lanes == {s.counter: (s.label, s.state, s.server) for s in busy}
        states = [s.state for s in self.naive.slips]
        assert shown.arrivals == len(states)
        assert shown.served == states.count("served")
        assert shown.left == states.count("abandoned") + states.count("no_show")

    @invariant()
    def whoever_is_at_a_counter_has_somebody_there(self):
        """Said of the real rows alone: no customer stands before an empty chair."""
        with self.hall.scoped():
            rows = Ticket.objects.filter(org_unit=self.hall.branch, state__in=["called", "serving"])
            busy = {(t.server_id, t.counter_id) for t in rows}
            seated = Duty.objects.filter(org_unit=self.hall.branch, place="counter").values_list("user", "counter")
            assert busy <= set(seated)


def compare(bank, stories, acts):
    run_state_machine_as_test(
        lambda: TwoHalls(bank),
        settings=settings(
            max_examples=stories, stateful_step_count=acts, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db
def test_the_hall_behaves_like_one_in_plain_python(bank):
    compare(bank, 8, 25)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_hall_behaves_so_for_many_days(bank):
    compare(bank, 120, 50)
