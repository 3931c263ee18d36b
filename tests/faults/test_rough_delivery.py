"""F6: phones whose messages come doubled, out of order and cut off leave the state that one orderly delivery leaves,
byte for byte. At commit 2,500 deliveries from 50 phones; at night 20,000 a seed.
"""

from random import Random

import pytest

from counterpoint.primitives.checklists import calling, syncing
from counterpoint.primitives.checklists.tests.conftest import content, world  # noqa: F401  (fixtures)
from counterpoint.primitives.checklists.tests.phones import deliver, rough, state, story
from counterpoint.primitives.checklists.tests.test_sync_properties import tried


def both(place, seed, *, rounds, copies):
    """(state after orderly delivery, state after rough delivery, how many were delivered roughly)."""
    told = story(Random(seed), devices=50, rounds=rounds, answers=12)
    messages = rough(Random(seed + 1), told, most=copies)
    with tried(place):
        deliver(place, told)
        orderly = state(place)
    with tried(place):
        deliver(place, messages)
        return orderly, state(place), len(messages)


@pytest.mark.parametrize(
    ("seed", "rounds"), [(1, 40), *(pytest.param(seed, 320, marks=pytest.mark.slow) for seed in range(1, 6))]
)
def test_f6_rough_delivery_leaves_the_orderly_state(world, seed, rounds):  # noqa: F811
    orderly, roughly, count = both(world, seed, rounds=rounds, copies=5)
    assert count >= rounds * 60
    assert roughly == orderly
    assert len(orderly["rounds"]) == rounds
    assert {one[3] for one in orderly["items"]} == {"applied"}


def test_f6_has_teeth_without_the_memory_of_keys(world, monkeypatch):  # noqa: F811
    """Sabotage: the server forgets what came before, and only the numbers keep it from taking things twice."""
    import itertools

    numbers = itertools.count()
    real = syncing._first

    def forgetful(call, item, body):
        return real(
            calling.Call(call.scope, call.org_unit, call.now, call.device, f"{call.key}/{next(numbers)}"), item, body
        )

    monkeypatch.setattr(syncing, "known", lambda _call: None)
    monkeypatch.setattr(syncing, "_first", forgetful)
    orderly, roughly, _count = both(world, 1, rounds=2, copies=5)
    assert roughly != orderly


def test_f6_has_teeth_when_the_last_to_arrive_wins(world, monkeypatch):  # noqa: F811
    """Sabotage: answers count in the order of their arrival instead of the phones' numbers."""
    from counterpoint.primitives.checklists import actions, folding

    def by_arrival(entries):
        rows = list(entries)
        return folding.Folded(rows[-1] if rows else None, ())

    monkeypatch.setattr(actions, "fold", by_arrival)
    orderly, roughly, _count = both(world, 1, rounds=4, copies=5)
    assert roughly != orderly


def test_f6_has_teeth_when_a_cut_message_is_taken(world, monkeypatch):  # noqa: F811
    """Sabotage: the hash of what arrives is not looked at, so half a message burns the key of the whole one."""

    def trusting(item):
        import json

        try:
            return json.loads(item.text)
        except ValueError:
            return {"kind": "answer", "round": "", "item": ""}

    monkeypatch.setattr(syncing, "_readable", trusting)
    orderly, roughly, _count = both(world, 1, rounds=2, copies=2)
    assert roughly != orderly
