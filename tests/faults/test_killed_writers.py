"""F1: a writer killed at any moment loses nothing it acknowledged and leaves no half of a change."""

import pytest

CAMPAIGN = "answer(**parts.campaign(seed=int(sys.argv[1]), kills=int(sys.argv[2]), sabotage=sys.argv[3]))"
SEED = 20261123


def play(household, kills, sabotage="", seed=SEED):
    found = household.play(CAMPAIGN, seed, kills, sabotage)
    print(f"seed {seed}: {kills} kills, {found}")  # noqa: T201
    return found


def sound(found):
    return found["lost"] == 0 and not found["torn"] and found["broken"] == [] and found["integrity"] == "ok"


def test_fifteen_kills_lose_nothing_acknowledged(household):
    found = play(household, 15)
    assert found["acked"] >= 15 and sound(found)


def test_acknowledging_before_the_commit_would_be_found(household):
    assert play(household, 15, "ack_first")["lost"] > 0


def test_journalling_outside_the_transaction_would_be_found(household):
    assert play(household, 25, "two_transactions")["torn"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_kills_lose_nothing_acknowledged(household, seed):
    found = play(household, 200, seed=seed)
    assert found["acked"] >= 200 and sound(found)
