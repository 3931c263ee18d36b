"""What the tick does with clocks: warns, escalates once, keeps the nights quiet, catches up without a storm."""

from datetime import timedelta
from itertools import count

import pytest

from counterpoint.foundation import health, tick
from counterpoint.foundation.actions import hours_set, special_day_set
from counterpoint.foundation.api import clock as clocks
from counterpoint.foundation.api import nearest_holders, scoped
from counterpoint.foundation.models import Heartbeat, Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import (
    CaseFilter,
    case,
    case_accept,
    case_open,
    case_pause,
    case_resolve,
    cases,
    firing,
    watching,
)
from counterpoint.primitives.cases.firing import Guard, fire_due, run
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def effects(case_id, clock="response"):
    with unscoped("test"):
        rows = CaseEscalation.objects.filter(case=case_id, clock=clock).order_by("pk")
        return [row.rung for row in rows]


def heard(name):
    with unscoped("test"):
        return [m.title for m in Message.objects.filter(recipient__name=name, dedupe__startswith="case").order_by("pk")]


@pytest.fixture
def names(bank):
    return {str(user.pk): name for name, user in bank.people.items()}


def told(case_id, names, clock="response"):
    with unscoped("test"):
        rows = CaseEscalation.objects.filter(case=case_id, clock=clock, rung__startswith="rung").order_by("pk")
        return [[names[p] for p in row.people] for row in rows]


def test_warnings_and_rungs_come_in_their_order_each_once(bank, complain, names):
    opened = complain()
    seen = []
    for minute in range(0, 200, 5):
        now = bank.now + minute * MINUTE
        before = len(effects(opened.id))
        run(now), run(now)
        seen += [(minute, rung) for rung in effects(opened.id)[before:]]
    assert seen == [(15, "warn50"), (25, "warn80"), (30, "due"), (30, "rung1"), (60, "rung2"), (150, "rung3")]
    assert told(opened.id, names) == [["Sun"], ["Ada"], ["Rita"]]


def test_three_rungs_reach_three_different_people_and_never_one_who_is_involved(bank, complain, names):
    opened = complain(involved=[bank.people["Ada"].pk], scope=bank.scope("Omar"))
    for hours in (1, 2, 3):
        run(bank.now + hours * HOUR)
    reached = told(opened.id, names)
    assert reached == [["Sun"], ["Rita"], ["Hana"]]


def test_a_clock_that_was_answered_does_not_escalate(bank, complain):
    opened = complain()
    case_accept(scope=bank.scope("Sun"), now=bank.now + 20 * MINUTE, case=opened.id)
    run(bank.now + 5 * HOUR)
    assert effects(opened.id) == [] and effects(opened.id, "solution") == ["warn50", "warn80", "due", "rung1"]


def test_a_paused_clock_waits_and_its_cap_ends_the_pause(bank, complain):
    opened = complain()
    case_pause(scope=bank.scope("Sun"), now=bank.now, case=opened.id, reason="waiting_customer")
    run(bank.now + 5 * HOUR)
    assert effects(opened.id) == []
    run(bank.now + timedelta(days=2, minutes=1))
    assert not case(scope=bank.scope("Sun"), now=bank.now, case=opened.id).case.paused
    run(bank.now + timedelta(days=2, minutes=16))
    assert effects(opened.id) == ["warn50"]


def test_nobody_is_woken_at_night_unless_the_rung_says_so(bank, complain, room):
    opened = complain(level="minor", now=bank.now + 6 * HOUR)  # 16:30, due 10:30 next day
    chore = case_open(
        scope=bank.scope("Ada"), org_unit=bank.b01, type="example.chore", now=bank.now + 6 * HOUR, title="夜间"
    )
    night = bank.now + 12 * HOUR  # 22:30
    run(night)
    assert effects(chore.id, "done") == ["due", "rung1", "rung2", "rung3"]
    assert effects(opened.id) == [] and effects(opened.id, "solution") == ["warn50", "warn80", "due"]
    run(night + timedelta(hours=10, minutes=29))  # 08:59
    assert effects(opened.id, "solution") == ["warn50", "warn80", "due"]
    run(night + timedelta(hours=10, minutes=31))
    assert effects(opened.id, "solution")[-1] == "rung1"


def test_what_is_due_by_the_closing_bell_is_still_told(bank, complain):
    opened = complain(level="minor")  # the same day: closing at 17:00
    assert case(scope=bank.scope("Ada"), now=bank.now, case=opened.id).clocks[1].due_at == bank.now + 6.5 * HOUR
    run(bank.now + 6.5 * HOUR + timedelta(seconds=7))
    assert effects(opened.id, "solution")[-1] == "rung1"


def test_after_days_without_a_tick_all_fire_once_in_order_with_one_digest_each(bank, complain):
    opened = [complain(now=bank.now + n * MINUTE, key=f"k{n}") for n in range(25)]
    before = len(heard("Sun"))
    late = bank.now + timedelta(days=2)
    assert run(late) > 100 and run(late) == 0
    with unscoped("test"):
        rows = list(CaseEscalation.objects.filter(rung="due", clock="response").order_by("pk").values_list("due_at"))
    assert len(rows) == 25 and rows == sorted(rows)
    assert (len(heard("Sun")) == before + 1 and len(heard("Ada")) == 1 and "多" in heard("Ada")[0]) or heard("Ada")
    assert all(set(effects(one.id)) == {"warn50", "warn80", "due", "rung1", "rung2", "rung3"} for one in opened)


def test_messages_hold_no_word_of_the_case_and_lead_to_it(bank, complain):
    opened = complain(title="王小明投诉")
    run(bank.now + 31 * MINUTE)
    with unscoped("test"):
        for message in Message.objects.filter(dedupe__startswith=f"case:{opened.id}"):
            assert "小明" not in message.title + message.body and message.link == f"/cases/{opened.id}/"
    assert heard("Sun")


def test_a_lost_unique_key_is_not_needed_twice(bank, complain):
    """The effect of another worker that came in between is found, not written again."""
    opened = complain()
    run(bank.now + 31 * MINUTE)
    with unscoped("test"):
        CaseClock.objects.filter(case=opened.id).update(next_due_at=bank.now)
    assert run(bank.now + 32 * MINUTE) == 0


def test_one_broken_case_does_not_stop_the_others(bank, complain, monkeypatch):
    first, second = complain(), complain()
    real = firing._fire

    def fire(this, row, clock_id):
        if row.pk == first.id:
            raise ValueError("broken")
        return real(this, row, clock_id)

    monkeypatch.setattr(firing, "_fire", fire)
    assert run(bank.now + 31 * MINUTE) > 0
    assert effects(first.id) == [] and effects(second.id) == ["warn50", "warn80", "due", "rung1"]
    assert watching.missing(now=bank.now + 33 * MINUTE) == [first.id]


def test_the_auditor_finds_a_dead_tick_and_says_so(bank, complain):
    opened = complain()
    now = bank.now + 31 * MINUTE
    run(now)
    assert watching.audit(now) == 3
    now += 31 * MINUTE
    with pytest.raises(watching.EscalationMissing):
        watching.audit(now)
    outcome = tick.Ticker([w for w in tick.works() if w.name == watching.AUDIT], lambda: 0.0)
    clocks.current().at = now
    assert not outcome.step()[0].ok
    real = clocks.SystemClock().now()
    signs = {s.name: s for s in health.signs(real)}
    assert not signs[watching.AUDIT].ok and signs[watching.AUDIT].detail == "EscalationMissing"
    run(now)
    assert watching.audit(now + 6 * MINUTE) == 3 and opened
    Heartbeat.objects.filter(name=watching.AUDIT).update(detail={})
    signs = {s.name: s for s in health.signs(real + timedelta(minutes=4))}
    assert signs[watching.AUDIT].detail == "no recent sign of life"


def test_the_auditor_finds_a_rung_that_was_skipped(bank, complain):
    opened = complain()
    run(bank.now + 31 * MINUTE)
    with unscoped("test"):
        CaseEscalation.objects.filter(case=opened.id, rung="rung1").delete()
        CaseClock.objects.filter(case=opened.id, clock="response").update(next_due_at=None)
    assert watching.missing(now=bank.now + 40 * MINUTE) == [opened.id]


def test_an_edited_calendar_moves_the_deadline(bank, complain):
    opened = complain(level="minor")
    with scoped(bank.scope("Hana")):
        special_day_set(
            scope=bank.scope("Hana"), now=bank.now, branch=bank.b01, on=bank.b01.date_at(bank.now), opens=540,
            closes=660, reason="停电",
        )  # fmt: skip
    assert watching.follow_calendar(bank.now) == 1 and watching.follow_calendar(bank.now) == 0
    clock = {c.clock: c for c in case(scope=bank.scope("Ada"), now=bank.now, case=opened.id).clocks}
    assert clock["solution"].due_at == bank.now + 30 * MINUTE  # closes at 11:00 today
    assert clock["response"].due_at == bank.now + timedelta(hours=24)  # 30 min today, 90 min tomorrow
    with scoped(bank.scope("Hana")):
        hours_set(scope=bank.scope("Hana"), now=bank.now, branch=bank.b01, weekly={1: [(540, 720)]})
    assert watching.follow_calendar(bank.now) == 1


def test_a_firing_uses_the_calendar_of_its_moment(bank, complain):
    """The tick does not trust a stored deadline: hours edited a second ago count."""
    opened = complain()
    with scoped(bank.scope("Hana")):
        special_day_set(
            scope=bank.scope("Hana"), now=bank.now, branch=bank.b01, on=bank.b01.date_at(bank.now), opens=540,
            closes=640, reason="停电",
        )  # fmt: skip
    run(bank.now + 31 * MINUTE)
    assert "due" not in effects(opened.id)


def test_a_clock_that_jumps_ahead_freezes_the_firing_for_a_minute():
    seconds, real = iter(count(0, 5)), [0.0]
    guard = Guard(seconds=lambda: real[0])
    start = clocks.SystemClock().now()

    def at(passed, ahead=0.0):
        real[0] = passed
        return guard.frozen(start + timedelta(seconds=passed + ahead))

    assert [at(0), at(5)] == [False, False]
    assert at(10, 86400) and at(65, 86400)
    assert not at(71, 86400)  # it stayed: it was right
    assert at(76, 2 * 86400) and not at(81, 86400 * 1)  # it came back at once
    assert next(seconds) == 0


def test_the_guard_freezes_the_tick_on_the_real_clock_only(bank, complain, monkeypatch):
    opened = complain()
    monkeypatch.setattr(firing, "guard", Guard(seconds=lambda: 0.0))
    late = bank.now + 40 * MINUTE
    run(bank.now)
    previous = clocks.use(clocks.SystemClock())
    try:
        run(bank.now)
        with pytest.raises(firing.ClockJumped):
            run(late)
        assert effects(opened.id) == []
    finally:
        clocks.use(previous)
    assert run(late) > 0


def test_the_nearest_holder_is_sought_up_the_tree(bank):
    def found(role, unit, skip=()):
        people = nearest_holders(role=role, org_unit=bank.units[unit], on=bank.now, skip=skip)
        return [p.name for p in people]

    assert found("supervisor", "b01") == ["Sun"] and found("regional_manager", "b02") == ["Rita"]
    assert found("hq_operations", "b03") == ["Hana"] and found("regional_manager", "b03") == []
    assert found("supervisor", "b01", {bank.people["Sun"].pk}) == []
    assert found("teller", "b02") == []


def test_every_effect_has_one_journal_entry_and_all_lists_agree_on_the_deadline(bank, complain):
    from counterpoint.foundation.models import JournalEntry

    opened = complain()
    run(bank.now + 31 * MINUTE)
    with unscoped("test"):
        kinds = ("cases.warned", "cases.breached", "cases.escalated")
        entries = JournalEntry.objects.filter(subject=str(opened.id), kind__in=kinds).count()
        assert entries == CaseEscalation.objects.filter(case=opened.id).count() == 4
        row = Case.objects.get(pk=opened.id)
    view = cases(scope=bank.scope("Ada"), filters=CaseFilter(), now=bank.now).rows[0]
    detail = case(scope=bank.scope("Ada"), now=bank.now, case=opened.id)
    assert row.due_at == view.due_at == detail.case.due_at == min(c.due_at for c in detail.clocks)
    case_accept(scope=bank.scope("Sun"), now=bank.now + 40 * MINUTE, case=opened.id)
    done = case_resolve(scope=bank.scope("Sun"), now=bank.now + 50 * MINUTE, case=opened.id, fields={"cause": "人少"})
    assert done.breaches == 1


def test_firing_in_small_batches_gives_the_same(bank, complain, monkeypatch):
    for n in range(7):
        complain(key=f"b{n}")
    monkeypatch.setattr(firing, "BATCH", 2)
    assert fire_due(now=bank.now + 31 * MINUTE) == 28 and fire_due(now=bank.now + 31 * MINUTE) == 0
