"""Ready scenarios: what the content may say, and that each of them can be played and shared."""

import pytest
from django.utils import translation

from counterpoint.onsite.tests.test_whatif_scenario import sent
from counterpoint.onsite.tests.whatif_days import GROUND, changed
from counterpoint.onsite.whatif.answer import answer
from counterpoint.onsite.whatif.rehearsals import come, rehearsals
from counterpoint.onsite.whatif.scenario import Scenario, Slow, Span, Surge, query, read
from counterpoint.primitives import content

READY = rehearsals(GROUND.on)
PLAIN = {"names": {"zh-hans": "演练", "en": "Drill"}, "hints": {"zh-hans": "说明"}}


def value_of(body):
    with translation.override("en"):
        return content.kind_of("rehearsals").value_of("x", body)


def test_the_six_days_worth_rehearsing_are_there():
    assert list(READY) == [
        "payday", "pension_day", "system_outage", "two_absent", "no_lobby_manager", "deposit_run",
    ]  # fmt: skip
    assert all({"zh-hans", "zh-hant", "en"} == set(r.names) == set(r.hints) for r in READY.values())


@pytest.mark.parametrize("key", READY)
def test_each_can_be_played_shows_an_effect_and_survives_its_address(key):
    scenario = READY[key].scenario(GROUND)
    assert scenario != Scenario()
    assert read(sent(query(scenario)), GROUND) == (scenario, ())
    found = answer(GROUND, scenario)
    assert found.differences["waited"].low > 0


def test_a_rehearsal_names_the_branchs_own_people_and_machines():
    assert READY["two_absent"].scenario(GROUND).posts == (("mei", "off"), ("lin", "off"))
    assert READY["no_lobby_manager"].scenario(GROUND).posts == (("omar", "off"),)
    outage = READY["system_outage"].scenario(GROUND)
    assert (outage.outages, outage.slow) == ((Span("all", 630, 690),), Slow(40, 630, 690))
    assert READY["pension_day"].scenario(GROUND).surges == (Surge("pension_social", 60, 540, 660, "priority"),)


def test_what_a_branch_has_not_is_left_out_and_times_are_moved_into_its_hours():
    late = changed(opens=660, closes=900, machines=(), services=GROUND.services[:2], workers=())
    outage = READY["system_outage"].scenario(late)
    assert (outage.outages, outage.slow) == ((), Slow(40, 660, 720))
    assert READY["pension_day"].scenario(late) == Scenario()
    assert READY["two_absent"].scenario(late) == Scenario()
    short = changed(opens=540, closes=570)
    assert READY["deposit_run"].scenario(short).surges == (Surge("large_cash", 100, 540, 570),)


def test_names_and_hints_fall_back_to_chinese():
    one = value_of(PLAIN)
    assert (one.name("en"), one.name("fr"), one.hint("en")) == ("Drill", "演练", "说明")


WRONG = {
    "an unknown field": ({"arrival": 20}, "arrival: is no field"),
    "too many": ({"arrivals": 900}, "arrivals: must be 200 or less"),
    "a fraction": ({"arrivals": 2.5}, "arrivals: must be a whole number"),
    "an unknown skill": ({"absent": {"barber": 1}}, "barber"),
    "backwards": ({"out": [{"what": "all", "from": "12:00", "to": "11:00"}]}, "does not run forward"),
    "no time": ({"slow": {"percent": 40, "from": "noon", "to": "13:00"}}, "slow.from"),
    "full speed": ({"slow": {"percent": 100, "from": "10:00", "to": "11:00"}}, "slow.percent: must be 99 or less"),
    "nobody": (
        {"surges": [{"service": "transfer", "count": 0, "from": "10:00", "to": "11:00"}]}, "count: must be 1 or more",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "words"), WRONG.values(), ids=WRONG)
def test_content_that_makes_no_sense_is_refused_in_words(body, words):
    with pytest.raises(ValueError, match=words):
        value_of(PLAIN | body)


def test_the_examples_of_the_content_are_checked():
    kind = next(kind for kind in content.kinds() if kind.name == "rehearsals")
    assert come(READY["payday"], 320) == 430
    assert kind.check_example(READY["payday"], {"planned": 320, "come": 430}) == ""
    with translation.override("en"):
        assert kind.check_example(READY["payday"], {"planned": 320, "come": 320}) == "430 come"
    assert ("service_types", "cash_withdrawal") in kind.references(READY["payday"])
    assert ("tiers", "priority") in kind.references(READY["pension_day"])
