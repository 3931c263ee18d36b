"""P-E3 and P-E4 under faults: a server killed between saves, a tick that comes days late and is killed while it hands
in, a browser killed and without a network. Nothing acknowledged is lost, every exam is handed in once."""

import pytest

SEED = 20261128
CAMPAIGN = """
from tests.faults import examining
answer(**examining.campaign(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
"""
ENDING = """
from tests.faults import examining
answer(**examining.ending(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
"""
SOUND = {"lost": 0, "changed": 0, "unsigned": 0, "bad": None, "newest": True, "broken": []}


def killed(household, kills, sabotage="", seed=SEED):
    found = household.play(CAMPAIGN, seed, kills, sabotage, timeout=3000)
    print(f"seed {seed}: {kills} kills, {found}")  # noqa: T201
    return found


def ended(household, people, kills, sabotage="", seed=SEED):
    found = household.play(ENDING, seed, people, kills, sabotage, timeout=3000)
    print(f"seed {seed}: {people} exams, {kills} kills, {found}")  # noqa: T201
    return found


def test_f1_ten_kills_lose_no_acknowledged_answer(household):
    found = killed(household, 10)
    assert found["acked"] >= 10 and {key: found[key] for key in SOUND} == SOUND


@pytest.mark.slow
def test_f1_acknowledging_before_the_commit_would_be_found(household):
    assert killed(household, 25, "ack_first")["lost"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_f1_two_hundred_kills_lose_no_acknowledged_answer(household, seed):
    found = killed(household, 200, seed=seed)
    assert found["acked"] >= 200 and {key: found[key] for key in SOUND} == SOUND


def once(found):
    people = found["sittings"]
    every = [found[key] for key in ("submitted", "at_deadline", "grades", "told", "apart", "saves")]
    return every == [people] * 6 and found["broken"] == []


@pytest.mark.slow
def test_p_e4_a_tick_days_late_and_killed_while_it_hands_in_hands_in_once_as_of_the_deadline(household):
    assert once(ended(household, 12, 30))


@pytest.mark.slow
@pytest.mark.parametrize(("sabotage", "people", "kills"), [("apart", 12, 30), ("careless", 3, 0)])
def test_p_e4_a_careless_end_would_be_found(household, sabotage, people, kills):
    assert not once(ended(household, people, kills, sabotage))
