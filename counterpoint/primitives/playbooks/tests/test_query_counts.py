"""The pages of the playbooks ask as much of the database with fifty rows as with five."""

from datetime import timedelta

import pytest
from django.urls import reverse

from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks.tests.asking import grown, questions

FEW, MANY = 5, 50


def hold(bank, number, key="test.fire"):
    """So many drills, each broken off after its first step."""
    sun = bank.scope("Sun")
    for n in range(number):
        at = bank.now - timedelta(days=1, minutes=number - n)
        here = {"scope": sun, "org_unit": bank.b01, "playbook": key, "mode": "drill"}
        play = door.play_start(**here, now=at).id
        door.step_done(scope=sun, play=play, step="alarm", now=at)
        door.play_complete(scope=sun, play=play, now=at + timedelta(minutes=3))
    return play


def of(name, *args):
    return reverse(f"primitives:{name}", args=args)


@pytest.mark.parametrize("address", [of("plays"), of("plays") + "?mode=drill&export=1", of("plan", "test.fire")])
def test_the_shelf(bank, fire, sign_in, address):
    rita = sign_in("Rita")
    hold(bank, FEW)
    few = questions(rita, address)
    hold(bank, MANY - FEW)
    assert grown(few, questions(rita, address)) == {}


@pytest.mark.parametrize("name", ["play", "play-now", "play-mine", "play-report", "play-paper"])
def test_the_room_and_its_report_with_a_long_log(bank, fire, sign_in, name):
    sun, client = bank.scope("Sun"), sign_in("Sun")
    hold(bank, FEW)
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook="test.fire", now=bank.now, mode="drill").id
    for slug in ("alarm", "lead_out", "lock_cash"):
        door.step_done(scope=sun, play=play, step=slug, now=bank.now)
    counted = []
    for number in (FEW, MANY - FEW):
        for n in range(number):
            door.play_note(scope=sun, play=play, now=bank.now, text=f"note {n}")
            values = {"people": n}
            door.step_done(scope=sun, play=play, step="head_count", now=bank.now, answer="counting", values=values)
        counted.append(questions(client, of(name, play)))
    assert grown(*counted) == {}


@pytest.mark.parametrize("name", ["play", "play-report"])
def test_the_room_and_the_report_with_many_earlier_plays(bank, fire, sign_in, name):
    client = sign_in("Sun")
    hold(bank, 1)
    sun = bank.scope("Sun")
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook="test.fire", now=bank.now, mode="drill").id
    few = questions(client, of(name, play))
    door.play_abort(scope=sun, play=play, now=bank.now, reason="room for others")
    hold(bank, MANY - 1)
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook="test.fire", now=bank.now, mode="drill").id
    assert grown(few, questions(client, of(name, play))) == {}
