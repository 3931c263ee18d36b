"""F10, F11, F12: an escalation happens once in effect, whoever dies, races or was away."""

import pytest

WORK = "from tests.faults import escalating\n"
PLAY = WORK + "answer(**escalating.{call})"


def once(count):
    """Every step of every case: one row, one journal entry, chain whole."""
    return {"effects": 4 * count, "due": 4 * count, "different": 4 * count, "entries": 4 * count, "broken": []}


def part(found, wanted):
    return {key: found[key] for key in wanted}


@pytest.mark.parametrize("workers", [2, 4])
def test_f11_racing_workers_escalate_each_step_once(household, workers):
    found = household.play(PLAY.format(call=f"race(60, {workers}, False)"))
    assert part(found, once(60)) == once(60)


def test_f11_workers_without_key_and_look_would_be_found(household):
    found = household.play(PLAY.format(call="race(60, 3, True)"))
    assert found["effects"] > found["due"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 4])
def test_f11_four_workers_race_for_ten_thousand_cases(household, workers):
    found = household.play(PLAY.format(call=f"race(10_000, {workers}, False)"), timeout=3000)
    assert part(found, once(10_000)) == once(10_000)


@pytest.mark.parametrize("point", ["before_claim", "before_effect", "after_effect", "after_message", "after_store"])
def test_f10_a_worker_killed_over_an_escalation_leaves_each_effect_once(household, point):
    found = household.play(PLAY.format(call=f"die({point!r})"))
    assert part(found, once(3)) == once(3) and found["again"] and found["third"] == 0
    assert found["messages"] == 3  # one rung a case; late warnings are recorded, not sent


def test_f10_a_worker_without_a_transaction_would_be_found(household):
    found = household.play(PLAY.format(call="die('after_effect', sabotage=True)"))
    assert part(found, once(3)) != once(3) or found["messages"] != 3


@pytest.mark.parametrize("hours", [1 / 6, 5, 72])
def test_f12_after_an_absence_everything_fires_once_in_order_with_one_digest(household, hours):
    found = household.play(PLAY.format(call=f"absent(80, {hours})"))
    assert found["fired"] and found["again"] == 0 and found["silent"] == 0 and found["in_order"]
    assert found["digests"] <= 1 and found["single"] == 0 and found["broken"] == []
    assert found["effects"] == found["different"] == found["entries"]


@pytest.mark.parametrize("sabotage", ["storm", "order"])
def test_f12_a_tick_without_digest_or_order_would_be_found(household, sabotage):
    found = household.play(PLAY.format(call=f"absent(80, 72, {sabotage!r})"))
    assert (found["single"] > 0) if sabotage == "storm" else not found["in_order"]


@pytest.mark.slow
def test_f12_five_thousand_cases_after_three_days(household):
    found = household.play(PLAY.format(call="absent(5_000, 72)"), timeout=3000)
    assert found["silent"] == 0 and found["in_order"] and found["digests"] == 1 and found["broken"] == []
