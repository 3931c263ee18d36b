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
    precondition,
    rule,
    run_state_machine_as_test,
)

from counterpoint.foundation.api import DomainError
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.queries.snapshot import snapshot
from counterpoint.onsite.tests.halls import Hall, forget
from counterpoint.onsite.tests.naive_hall import COUNTERS, SKILL, NaiveHall

PEOPLE = ("Mei", "Omar", "Ada")
counters = st.sampled_from(sorted(COUNTERS))
people = st.sampled_from(PEOPLE)
services = st.sampled_from(sorted(SKILL))
tiers = st.sampled_from(["standard", "standard", "vip", "priority"])
slips = st.integers(0, 40)


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

    @initialize()
    def two_windows_open(self):
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

    def slip(self, number):
        return self.naive.slips[number % len(self.naive.slips)]

    def step(self, name, naive, number, *given, **inputs):
        slip = self.slip(number)
        self.act(name, naive, slip, *given, ticket=self.ids[id(slip)], **inputs)

    # --- tickets ---

    @rule(service=services, tier=tiers, frail=st.booleans())
    def take(self, service, tier, frail):
        self.act("ticket_take", self.naive.take, service, tier, frail, service=service, tier=tier, vulnerable=frail)

    @rule(counter=counters)
    def call_next(self, counter):
        self.act("ticket_call_next", self.naive.call_next, counter, counter=counter)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, counter=counters)
    def call(self, slip, counter):
        self.step("ticket_call", self.naive.call, slip, counter, counter=counter)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, step=st.sampled_from(["undo", "start", "hold", "finish", "no_show", "abandon", "cancel"]))
    def walk(self, slip, step):
        name = "call_undo" if step == "undo" else f"ticket_{step}"
        self.step(name, getattr(self.naive, step), slip)

    @precondition(lambda self: any(s.state in ("called", "serving", "held") for s in self.naive.slips))
    @rule(data=st.data())
    def serve(self, data):
        """Those whose turn it is get on: without this, little would ever be served."""
        busy = [s for s in self.naive.slips if s.state in ("called", "serving", "held")]
        slip = data.draw(st.sampled_from(range(len(busy))))
        slip = busy[slip]
        step, inputs = {"called": ("start", {}), "serving": ("finish", {}), "held": ("resume", {"counter": 1})}[
            slip.state
        ]
        given = tuple(inputs.values())
        self.act(f"ticket_{step}", getattr(self.naive, step), slip, *given, ticket=self.ids[id(slip)], **inputs)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, counter=counters)
    def resume(self, slip, counter):
        self.step("ticket_resume", self.naive.resume, slip, counter, counter=counter)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, service=services)
    def hand_over(self, slip, service):
        self.step("ticket_hand_over", self.naive.hand_over, slip, service, service=service)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, minutes=st.integers(1, 3))
    def delay(self, slip, minutes):
        self.step("ticket_delay", self.naive.delay, slip, minutes, minutes=minutes)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips, frail=st.booleans())
    def care(self, slip, frail):
        self.step("ticket_flag", self.naive.care, slip, frail, vulnerable=frail)

    @precondition(lambda self: self.naive.slips)
    @rule(slip=slips)
    def divert(self, slip):
        self.step("ticket_divert", self.naive.divert, slip)

    # --- windows, people, the machine ---

    @rule(counter=counters, who=people)
    def open(self, counter, who):
        self.act("window_open", self.naive.open, counter, who, counter=counter, user=getattr(self.hall, who))

    @rule(counter=counters)
    def close(self, counter):
        self.act("window_close", self.naive.close, counter, counter=counter)

    @rule(who=people, place=st.sampled_from(["lobby", "back_office", "gone"]))
    def move(self, who, place):
        self.act("person_move", self.naive.move, who, place, user=getattr(self.hall, who), place=place)

    @rule(who=people, counter=counters)
    def seat(self, who, counter):
        user = getattr(self.hall, who)
        self.act("person_move", self.naive.seat, who, counter, user=user, place="counter", counter=counter)

    @rule(who=people, name=st.sampled_from(["break_start", "break_end"]))
    def pause(self, who, name):
        self.act(name, getattr(self.naive, name), who, user=getattr(self.hall, who))

    @rule(works=st.booleans())
    def machine(self, works):
        def told():
            self.naive.machine_works = works
            return "ok"

        self.act("device_restored" if works else "device_fault", told, device="stm-1")

    # --- the day, and hands that shake ---

    @precondition(lambda self: len(self.naive.slips) > 4)
    @rule()
    def close_day(self):
        self.act("day_close", self.naive.close_day)

    @precondition(lambda self: self.naive.closed)
    @rule()
    def next_morning(self):
        self.hall.later(days=1)
        self.naive.next_morning(int((self.hall.now - self.begun).total_seconds()))

    @precondition(lambda self: self.said)
    @rule()
    def say_it_again(self):
        """The same key once more: the first answer, and nothing happens (both invariants below see to that)."""
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
    compare(bank, 10, 30)


@pytest.mark.slow
@pytest.mark.django_db
def test_the_hall_behaves_so_for_many_days(bank):
    compare(bank, 250, 60)
