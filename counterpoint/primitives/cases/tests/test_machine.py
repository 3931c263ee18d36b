"""P-C1, P-C2, P-C5, P-C6, P-C10, P-C12, P-A1: random stories of a case, step by step against the plain model."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import DomainError, scoped
from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import cases as door
from counterpoint.primitives.cases import firing, writing
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation
from counterpoint.primitives.cases.readings import read
from counterpoint.primitives.cases.state import State, fold, from_json
from counterpoint.primitives.cases.tests.model import LEVELS, TABLE, Model
from counterpoint.primitives.cases.timeline import story
from counterpoint.primitives.cases.types import pinned
from counterpoint.primitives.cases.writing import Deed, hours_for
from tests.properties import dose

MINUTE = timedelta(minutes=1)
DAY = 40
STEPS = st.tuples(
    st.sampled_from([*TABLE, "tick", "tick", "tick"]), st.sampled_from(["Sun", "Ada"]),
    st.one_of(st.integers(0, 90), st.integers(0, 1000)),
)  # fmt: skip


class Undo(Exception):
    """Rolls an example back."""


def act(verb, who, case, now, bank, level):
    verbs = {
        "accept": (door.case_accept, {}), "work": (door.case_move, {"stage": "doing"}),
        "pause": (door.case_pause, {"reason": "waiting_customer"}), "resume": (door.case_resume, {}),
        "raise": (door.case_level, {"level": LEVELS[min(2, LEVELS.index(level) + 1)], "reason": "人多"}),
        "answer": (door.case_milestone, {"slug": "answered"}),
        "resolve": (door.case_resolve, {"fields": {"cause": "人少"}}), "pass": (door.case_verify, {"passed": True}),
        "refuse": (door.case_verify, {"passed": False}), "close": (door.case_close, {"fields": {"satisfied": True}}),
        "drop": (door.case_drop, {"reason": "撤回"}), "reopen": (door.case_reopen, {"reason": "未解决"}),
        "comment": (door.case_comment, {"text": "说明"}),
    }  # fmt: skip
    call, more = verbs[verb]
    call(scope=bank.scope(who), case=case, now=now, **more)


def snapshot(case):
    with unscoped("test"):
        row = Case.objects.get(pk=case)
        clocks = list(CaseClock.objects.filter(case=case).order_by("pk").values())
        return {**row.state, "fields": row.fields, "breaches": row.breaches}, clocks


def entries(case):
    with unscoped("test"):
        return JournalEntry.objects.filter(subject=str(case)).count()


def effects(case):
    with unscoped("test"):
        return list(CaseEscalation.objects.filter(case=case).order_by("pk").values_list("cycle", "clock", "rung", "at"))


def check(case, model, bank, now):
    with scoped(bank.scope("Ada")):
        row = Case.objects.get(pk=case)
        stored = {c.clock: c for c in CaseClock.objects.filter(case=case, cycle=row.cycle)}
        hours = hours_for(row.org_unit)
    kind, state = pinned(row.type, row.version, row.pack, row.org_path), from_json(row.state)
    assert (row.stage_kind, row.level, row.cycle) == (model.stage, model.level, len(model.cycles))
    readings = {r.clock: r for r in read(kind, state, hours)}
    for clock in ("response", "solution", "legal"):  # P-C2: stored = recomputed = walked
        assert stored[clock].due_at == readings[clock].due_at == model.due(clock), clock
        assert stored[clock].stopped_at == readings[clock].stopped_at == model.stopped(clock)[0]
    view = door.cases(scope=bank.scope("Ada"), filters=door.CaseFilter(), now=now).rows[0]
    detail = door.case(scope=bank.scope("Ada"), case=case, now=now)
    shown = {c.clock: c.due_at for c in detail.clocks if c.cycle == row.cycle}
    running = [model.due(c) for c in stored if model.stopped(c)[0] is None]
    for clock, held in stored.items():  # P-C12: list, page and explanation say the same
        told = door.explain_deadline(scope=bank.scope("Ada"), case=case, clock=clock)
        assert told.due_at == shown[clock] == held.due_at
    assert row.due_at == view.due_at == detail.case.due_at == min(running, default=None)
    assert fold(kind, story(scope=bank.scope("Ada"), case=case)) == state


def after_tick(case, model, now, before):
    found = effects(case)
    assert found[: len(before)] == before and len({row[:3] for row in found}) == len(found)  # P-C5: at most once
    for clock in ("response", "solution", "legal"):
        mine = [rung for cycle, of, rung, _at in found if (cycle, of) == (len(model.cycles), clock)]
        rungs = [int(r[4:]) for r in mine if r.startswith("rung")]
        assert rungs == list(range(1, len(rungs) + 1))  # P-C6: none before the one below
        if model.stopped(clock)[0] is None and model.due(clock) <= now:
            assert "due" in mine  # P-C5: at least once
        else:
            assert not [
                r for r in mine if (r == "due" or r.startswith("rung")) and r not in known(before, clock, model)
            ]


def known(before, clock, model):
    return {rung for cycle, of, rung, _at in before if (cycle, of) == (len(model.cycles), clock)}


@pytest.mark.slow
def test_p_c_every_story_more_of_them(bank, room):
    every_story(bank, dose(5 * DAY))


def test_p_c1_p_c2_p_c5_p_c6_p_c10_p_c12_p_a1_every_story_is_the_models(bank, room):
    every_story(bank, dose(DAY))


SABOTAGE = {
    "pauses are forgotten": (State, "pause_spans", lambda self, cycle: ()),
    "any step from any stage": (Deed, "at_stage", lambda self, *kinds: None),
    "two entries": (Deed, "note", lambda self, *of, **data: [note(self, *of, **data) for _ in range(2)]),
    "a refusal after writing": (Deed, "told", lambda self, kind: told(self, kind) if kind != "level" else refuse()),
    "the deadline is not kept up": (writing, "put", lambda stored, *of: put(stored, *of) if not stored.pk else None),
    "the tick skips the breach": (firing, "_effect", lambda deed, reading, step, *of: step.slug != "due" and effect(
        deed, reading, step, *of)),
    "reopening forgets what was missed": (writing, "project", lambda row, kind, state, now: (
        project(row, kind, state, now), CaseClock.objects.filter(case=row).update(breached_at=None))),
}  # fmt: skip
note, told, put, effect, project = (
    Deed.note, Deed.told, writing.put, firing._effect, writing.project,
)  # fmt: skip


def refuse():
    raise DomainError("no")


@pytest.mark.slow
@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_the_stories_find_a_broken_machine(bank, room, monkeypatch, sabotage):
    place, name, broken = SABOTAGE[sabotage]
    monkeypatch.setattr(place, name, broken)
    with pytest.raises((AssertionError, KeyError)):
        every_story(bank, 240, phases=[Phase.generate])


def every_story(bank, count, phases=tuple(Phase)):
    with scoped(bank.scope("Ada")):
        hours = hours_of(bank.b01)

    @settings(max_examples=count, deadline=None, phases=phases)
    @given(st.integers(0, 4 * 1440), st.lists(STEPS, min_size=1, max_size=14))
    def play(offset, steps):
        try:
            with transaction.atomic():
                tell(bank, hours, bank.now + offset * MINUTE, steps)
                raise Undo
        except Undo:
            pass

    play()


def tell(bank, hours, start, steps):
    opened = door.case_open(
        scope=bank.scope("Ada"), org_unit=bank.b01, type="example.complaint", now=start, title="等候过长",
        level="serious", fields={"topic": "queue"},
    )  # fmt: skip
    model = Model(hours, start)
    missed = 0
    for verb, who, minutes in steps:
        model.now += minutes * MINUTE
        if verb == "tick" or (model.paused() and model.now >= model.cap()):
            if model.paused() and model.now >= model.cap():
                model.life.waits[-1][1] = model.cap()
            before = effects(opened.id)
            firing.run(model.now)
            after_tick(opened.id, model, model.now, before)
        if verb != "tick":
            step(bank, opened.id, model, verb, who)
        check(opened.id, model, bank, model.now)
        with unscoped("test"):
            breaches = Case.objects.get(pk=opened.id).breaches
        assert breaches >= missed  # P-C10: what was missed stays on record, in a new cycle too
        missed = breaches


def step(bank, case, model, verb, who):
    before, told = snapshot(case), entries(case)
    waited = verb == "pause" and model.life.waits and not model.paused()
    waiting_used_up = waited and model.cap() <= model.life.waits[-1][1]
    allowed = model.allows(verb, who) and not waiting_used_up
    again = verb == "answer" and model.life.answered is not None
    try:
        with transaction.atomic():
            act(verb, who, case, model.now, bank, model.level)
    except DomainError:
        assert not allowed, f"{verb} by {who} was refused in {model.stage}"
        assert snapshot(case) == before and entries(case) == told  # P-C1, P-A1: a refusal changes and tells nothing
        return
    assert allowed, f"{verb} by {who} was accepted in {model.stage}"
    assert entries(case) == told + (0 if again else 1)  # P-A1
    model.do(verb, who)
