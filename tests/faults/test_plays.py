"""F2, P-P1: deadlines of a play fire once and in order although most ticks are killed in the middle."""

import pytest

CAMPAIGN = "from tests.faults import plays\nanswer(**plays.campaign(int(sys.argv[1]), sys.argv[2]))\n"
FIRED = [
    "primitives.play_limit_passed::",
    "primitives.play_step_overran:lead_out:",
    "primitives.play_step_overran:lock_cash:",
    "primitives.play_step_overran:sweep:",
]


def run(household, sabotage="", seed=20261123):
    found = household.play(CAMPAIGN, seed, sabotage)
    print(f"seed {seed}: {found}")  # noqa: T201
    return found


def sound(found):
    late = [name for name in found["fired"] if "told" not in name]
    return late == FIRED and not found["doubled"] and not found["broken"] and found["in_order"]


def test_killed_ticks_lose_and_repeat_no_deadline(household):
    found = run(household)
    assert found["kills"] >= 3 and sound(found)


@pytest.mark.parametrize("sabotage", ["torn", "twice"])
def test_a_tick_that_tears_or_repeats_would_be_found(household, sabotage):
    assert not sound(run(household, sabotage))
