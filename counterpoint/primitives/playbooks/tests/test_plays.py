"""A play from its start to its end: steps open in order, answers lead on, everything is in the journal."""

import pytest

from counterpoint.foundation.errors import Forbidden, Invalid, NotFound
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import scoped
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks import ticking
from counterpoint.primitives.playbooks.models import Play
from counterpoint.primitives.playbooks.tests.naive import FIRED


def start(bank, who="Mei", **more):
    return door.play_start(scope=bank.scope(who), org_unit=bank.b01, playbook="test.fire", now=bank.now, **more)


def open_steps(bank, play):
    found = door.play(scope=bank.scope("Sun"), play=play, now=bank.now)
    return [step.slug for step in found.steps if step.state == "open"]


def test_a_play_goes_from_its_first_step_to_its_last(bank, fire, later):
    play = start(bank).id
    sun = bank.scope("Sun")
    assert open_steps(bank, play) == ["alarm"]
    door.step_done(scope=bank.scope("Mei"), play=play, step="alarm", now=later(0.5))
    assert open_steps(bank, play) == ["lead_out", "lock_cash"]
    door.step_done(scope=sun, play=play, step="lead_out", now=later(2))
    assert open_steps(bank, play) == ["lock_cash"]
    door.step_done(scope=sun, play=play, step="lock_cash", now=later(3))
    assert open_steps(bank, play) == ["head_count"]
    here = {"scope": sun, "play": play, "step": "head_count", "values": {"people": "41"}}
    door.step_done(**here, answer="counting", now=later(4))
    door.step_done(**here, answer="yes", now=later(6))
    assert open_steps(bank, play) == ["stand_down"]
    done = door.step_done(scope=sun, play=play, step="stand_down", now=later(7))
    assert (done.state, done.ended_at) == ("completed", later(7))
    found = door.play(scope=sun, play=play, now=later(8))
    assert [(s.slug, s.round, s.state) for s in found.steps] == [
        ("alarm", 1, "done"), ("lead_out", 1, "done"), ("lock_cash", 1, "done"), ("head_count", 1, "done"),
        ("head_count", 2, "done"), ("search", 1, "unneeded"), ("stand_down", 1, "done"),
    ]  # fmt: skip
    assert found.steps[2].overran and not found.steps[1].overran  # 2.5 minutes of 1, and 2 of 3 from the start
    assert found.steps[3].values == {"people": 41}


def test_each_verb_writes_exactly_one_entry_and_the_chain_holds(bank, fire, later):
    sun = bank.scope("Sun")
    with scoped(sun):
        before = JournalEntry.objects.filter(org_unit=bank.b01).count()
    play = start(bank).id
    door.step_acknowledge(scope=sun, play=play, step="alarm", now=later(1))
    door.step_done(scope=sun, play=play, step="alarm", now=later(1))
    door.step_done(scope=sun, play=play, step="alarm", now=later(1))  # said again: nothing
    door.play_note(scope=sun, play=play, now=later(1), text="Smoke behind window 2", link="device:crs-1")
    door.step_skip(scope=sun, play=play, step="lock_cash", now=later(2), reason="too hot")
    fired = ticking.plays_tick(later(3))  # a deadline's entry is the house's and no verb's
    door.play_pause(scope=sun, play=play, now=later(3))
    door.play_resume(scope=sun, play=play, now=later(4))
    door.play_abort(scope=sun, play=play, now=later(5), reason="a burnt toast")
    with scoped(sun):
        assert JournalEntry.objects.filter(org_unit=bank.b01).count() == before + 8 + fired
    log = door.play(scope=sun, play=play, now=later(6)).log
    assert [line.kind for line in log if f"primitives.{line.kind}" not in FIRED] == [
        "play_started", "play_acknowledged", "play_step_done", "play_noted", "play_step_skipped", "play_paused",
        "play_resumed", "play_aborted",
    ]  # fmt: skip
    assert [line.text for line in log if line.text] == ["Smoke behind window 2", "too hot", "a burnt toast"]


def test_what_people_wrote_is_not_in_the_journal(bank, fire, later):
    play = start(bank).id
    door.play_note(scope=bank.scope("Sun"), play=play, now=later(1), text="Mrs Wang fainted")
    door.play_abort(scope=bank.scope("Sun"), play=play, now=later(2), reason="Mr Li smoked")
    with scoped(bank.scope("Sun")):
        written = str(list(JournalEntry.objects.filter(subject=str(play)).values_list("data", flat=True)))
    assert "Wang" not in written and "Li" not in written


def test_a_step_waits_for_its_turn_and_is_settled_once(bank, fire, later):
    play = start(bank).id
    sun, mei = bank.scope("Sun"), bank.scope("Mei")
    with pytest.raises(door.NotReady):
        door.step_done(scope=sun, play=play, step="head_count", now=later(1))
    door.step_done(scope=sun, play=play, step="alarm", now=later(1))
    with pytest.raises(door.NotReady):
        door.step_done(scope=mei, play=play, step="alarm", now=later(1))
    with pytest.raises(NotFound):
        door.step_done(scope=sun, play=play, step="nonsense", now=later(1))


def test_answers_and_forms_are_checked(bank, fire, later):
    play = start(bank).id
    sun = bank.scope("Sun")
    for slug in ("alarm", "lead_out", "lock_cash"):
        door.step_done(scope=sun, play=play, step=slug, now=later(1))
    ask = {"scope": sun, "play": play, "step": "head_count", "now": later(2)}
    for wrong in (
        {}, {"answer": "perhaps", "values": {"people": 3}}, {"answer": "yes"},
        {"answer": "yes", "values": {"people": "many"}}, {"answer": "yes", "values": {"people": 3, "more": 1}},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            door.step_done(**ask, **wrong)
    door.step_done(**ask, answer="no", values={"people": 3})
    assert open_steps(bank, play) == ["search"]


def test_a_repeating_step_sent_twice_comes_round_once(bank, fire, later):
    play = start(bank).id
    sun = bank.scope("Sun")
    for slug in ("alarm", "lead_out", "lock_cash"):
        door.step_done(scope=sun, play=play, step=slug, now=later(1))
    for _ in range(2):
        door.step_done(
            scope=sun, play=play, step="head_count", round=1, answer="counting", values={"people": 3}, now=later(2)
        )
    steps = door.play(scope=sun, play=play, now=later(2)).steps
    assert [s.round for s in steps if s.slug == "head_count"] == [1, 2]
    assert steps[4].ready_at == later(4) and steps[4].due_at == later(9)


def test_starting_twice_with_one_key_is_one_play_and_the_same_plan_runs_once(bank, fire):
    first = start(bank, key="breach-7")
    assert start(bank, key="breach-7").id == first.id
    with pytest.raises(door.AlreadyRunning) as refused:
        start(bank)
    assert refused.value.details["play"] == first.id
    drill = start(bank, "Sun", mode="drill")
    assert drill.mode == "drill" and drill.id != first.id


def test_who_may_start_lead_and_see(bank, fire, later):
    with pytest.raises(Forbidden):
        start(bank, "Mei", mode="drill")
    with pytest.raises(NotFound):
        start(bank, "Stranger")
    play = start(bank).id
    with pytest.raises(Forbidden):
        door.play_abort(scope=bank.scope("Mei"), play=play, now=later(1), reason="no")
    with pytest.raises(NotFound):
        door.play(scope=bank.scope("Stranger"), play=play, now=later(1))
    with pytest.raises(Forbidden):
        door.step_done(scope=bank.scope("Otto"), play=play, step="alarm", now=later(1))
    assert door.play(scope=bank.scope("Otto"), play=play, now=later(1)).id == play
    assert [p.id for p in door.plays(scope=bank.scope("Rita"))] == [play]
    assert door.plays(scope=bank.scope("Stranger")) == []


def test_the_time_on_paper_is_kept_beside_the_servers(bank, fire, later):
    begun = start(bank, claimed_at=later(-30))
    assert begun.started_at == later(-30) and begun.limit_at == later(-10)
    play = begun.id
    here = {"scope": bank.scope("Sun"), "play": play, "step": "alarm", "now": later(5)}
    for wrong in (later(6), later(-31)):
        with pytest.raises(Invalid):
            door.step_done(**here, claimed_at=wrong)
    door.step_done(**here, claimed_at=later(-29.5), by=bank.people["Mei"].pk)
    step = door.play(scope=bank.scope("Sun"), play=play, now=later(6)).steps[0]
    assert (step.at, step.done_at, step.done_by) == (later(-29.5), later(5), bank.people["Mei"].pk)
    assert not step.overran
    with scoped(bank.scope("Sun")):
        row = Play.objects.get(pk=play)
    assert (row.started_at, row.entered_at) == (later(-30), bank.now)
    with pytest.raises(Invalid):
        door.step_done(
            scope=bank.scope("Sun"), play=play, step="lock_cash", now=later(6), by=bank.people["Stranger"].pk
        )


def test_a_pause_moves_the_deadlines(bank, fire, later):
    sun = bank.scope("Sun")
    drill, real = start(bank, "Sun", mode="drill").id, start(bank).id
    for play in (drill, real):
        door.play_pause(scope=sun, play=play, now=later(0.5))
        with pytest.raises(door.NotRunning):
            door.step_done(scope=sun, play=play, step="alarm", now=later(1))
        door.play_resume(scope=sun, play=play, now=later(10.5))
        assert door.play(scope=sun, play=play, now=later(11)).steps[0].due_at == later(11)
    assert door.play(scope=sun, play=drill, now=later(11)).limit_at == later(30)
    assert door.play(scope=sun, play=real, now=later(11)).limit_at == later(20)  # customers still wait
