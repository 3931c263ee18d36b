"""The demo's lived-in year of drills: two counted, one scored badly, everything marked as simulated."""

from datetime import date, datetime, timedelta

import pytest

from counterpoint.config.demo import bank, lived_plays, story
from counterpoint.config.demo import cast as casting
from counterpoint.config.demo.cast import plans
from counterpoint.primitives import playbooks


@pytest.fixture
def held(db, monkeypatch):
    monkeypatch.setattr(casting, "BRANCHES", (casting.BRANCHES[3],))
    cast = plans(1)
    founded = story.ON - timedelta(days=365)
    built = bank.build(
        cast, now=datetime(founded.year, founded.month, founded.day, tzinfo=story.start().tzinfo), since=founded
    )
    assert lived_plays.live(cast[0], built, founded, story.ON, seed=1) == len(lived_plays.PAST)
    return built.units[cast[0].code]


def test_the_year_has_good_drills_a_bad_one_and_a_real_event(held):
    scope = bank.demo_scope()
    rows = playbooks.plays(scope=scope, org_unit=held)
    assert {row.state for row in rows} == {"completed"}
    outages = [row for row in rows if row.playbook == "risk.system_outage"]
    assert [row.passed for row in outages] == [True, False]  # newest first
    assert [row.mode for row in rows if row.mode == "real"] == ["real"]
    log = playbooks.play(scope=scope, play=rows[0].id, now=story.start()).log
    assert any(lived_plays.LABEL in line.text for line in log)


def test_the_next_drill_is_planned_and_the_second_flood_drill_is_due(held):
    duties = playbooks.drill_duties(scope=bank.demo_scope(), org_unit=held, now=story.start())
    state = {(duty.playbook, duty.number): duty.state for duty in duties}
    assert state["risk.robbery", 1] == "done" and state["risk.robbery", 2] == "planned"
    assert state["risk.flood", 2] == "soon"
    assert date(2026, 11, 30) in {duty.due_on for duty in duties}
