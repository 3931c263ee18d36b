"""The report writes itself: late steps, what was skipped, who answered nobody, how it compares, what science says."""

from datetime import timedelta

import pytest

from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks import ticking
from counterpoint.primitives.playbooks.tests.test_plays import start

ORDER = ("alarm", "lead_out", "lock_cash", "head_count", "stand_down")


def played(bank, at, minutes, *, mode="drill", skip=(), tick=False):
    """Every step takes so many minutes, one after another."""
    sun = bank.scope("Sun")
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook="test.fire", now=at, mode=mode).id
    for slug in ORDER:
        if tick:
            for minute in range(int(minutes) + 1):
                ticking.plays_tick(at + timedelta(minutes=minute))
        at += timedelta(minutes=minutes)
        answer = "yes" if slug == "head_count" else ""
        if slug in skip:
            door.step_skip(scope=sun, play=play, step=slug, now=at, answer=answer, reason="short of people")
        else:
            values = {"people": 9} if slug == "head_count" else {}
            door.step_done(scope=sun, play=play, step=slug, now=at, answer=answer, values=values)
    return play, at


def told(bank, play, at):
    return door.report(scope=bank.scope("Sun"), play=play, now=at)


def test_a_swift_play_has_nothing_to_learn(bank, fire):
    found = told(bank, *played(bank, bank.now, 0.4))
    assert found.findings == () and found.score.points == 100 and found.score.passed and not found.late


def test_a_slow_one_names_every_late_step_and_the_limit(bank, fire):
    found = told(bank, *played(bank, bank.now, 6, tick=True))
    keys = {one.key for one in found.findings}
    assert {"limit", "late:alarm", "late:lead_out", "late:lock_cash", "late:head_count"} <= keys
    assert found.score.limit_kept is False and not found.score.passed
    assert found.minutes == 30 and found.limit_minutes == 20
    assert "unanswered:head_count" in keys  # both rungs were told and nobody acknowledged


def test_a_skipped_critical_step_fails_whatever_the_points(bank, fire):
    found = told(bank, *played(bank, bank.now, 0.2, skip=("alarm",)))
    assert "skipped:alarm" in {one.key for one in found.findings}
    assert found.left_out == ("alarm",) and not found.score.passed


def test_it_is_compared_with_earlier_plays(bank, fire):
    for week in (3, 2):
        played(bank, bank.now - timedelta(weeks=week), 0.5)
    found = told(bank, *played(bank, bank.now, 2.2))
    assert [(one.score, round(one.minutes, 1)) for one in found.earlier] == [(100, 2.5), (100, 2.5)]
    assert found.steps[-1].usual == pytest.approx(0.5)
    assert "slower:stand_down" in {one.key for one in found.findings}


def test_measured_times_move_the_chance_and_name_the_bottleneck(bank, fire):
    here = {"scope": bank.scope("Sun"), "org_unit": bank.b01, "playbook": "test.fire"}
    blank = door.chance_of_meeting(**here, now=bank.now)
    for day in range(1, 12):
        played(bank, bank.now - timedelta(days=day), 6)
    slow = door.chance_of_meeting(**here, now=bank.now)
    assert slow.value < 0.1 < blank.value
    for day in range(12, 60):
        played(bank, bank.now - timedelta(days=day), 0.5)
    quick = door.chance_of_meeting(**here, now=bank.now)
    assert quick.value > slow.value
    assert slow.bottleneck in fire.by_slug


def test_the_chance_of_a_play_under_way_falls_as_time_passes(bank, fire):
    play = start(bank).id
    ask = {"scope": bank.scope("Sun"), "play": play}
    early = door.chance_of_play(**ask, now=bank.now)
    late = door.chance_of_play(**ask, now=bank.now + timedelta(minutes=18))
    assert late.value < early.value
    door.play_abort(scope=bank.scope("Sun"), play=play, now=bank.now, reason="x")
    assert door.chance_of_play(**ask, now=bank.now) is None


def test_a_vacant_role_is_found(bank, fire, later):
    play = start(bank).id
    from counterpoint.foundation.models import Post
    from counterpoint.foundation.scope import unscoped

    with unscoped("the test leaves a post vacant"):
        Post.objects.filter(role="teller").update(until=bank.now.date())
    ticking.plays_tick(later(1))
    assert "nobody:alarm" in {one.key for one in told(bank, play, later(2)).findings}
