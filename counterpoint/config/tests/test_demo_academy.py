"""The demo's year of learning is written through the academy's own verbs, and leaves something on each of its pages."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.debrief import queries as league
from counterpoint.academy.learning import cards
from counterpoint.academy.learning import queries as learning
from counterpoint.academy.models import (
    Certificate,
    Enrolment,
    Grade,
    Judgement,
    LeagueRound,
    LessonAnswer,
    LessonRun,
    Sitting,
)
from counterpoint.config.demo import (
    bank,
    cast,
    lived_certificates,
    lived_competence,
    lived_content,
    lived_drills,
    lived_exams,
    lived_learning,
    story,
)
from counterpoint.config.demo.bank import demo_scope
from counterpoint.foundation import keys
from counterpoint.foundation.api import scope_of, scoped
from counterpoint.primitives.cases import CaseFilter, cases
from counterpoint.team import api as team

UNTIL, SEED = story.start(), 5
SINCE = date(2026, 9, 16)
PLANS = tuple(cast.plans(8)[place] for place in (4, 5, 7))  # a flagship, its neighbour, a small one
CODES = {"b01": "b05", "b02": "b06", "b04": "b08"}  # the same stories at branches that the test bank does not have


@pytest.fixture
def built(db, settings, tmp_path, monkeypatch):
    for module, table in ((lived_learning, "WAYS"), (lived_certificates, "HELD"), (lived_exams, "SAT")):
        rows = tuple(replace(one, branch=CODES.get(one.branch, "")) for one in getattr(module, table))
        monkeypatch.setattr(module, table, rows)
    for module, table in ((lived_learning, "COURSES"), (lived_drills, "PRACTISED"), (lived_drills, "LEAGUE")):
        rows = tuple((CODES.get(code, ""), *rest) for code, *rest in getattr(module, table))
        monkeypatch.setattr(module, table, rows)
    monkeypatch.setattr(lived_competence, "BRANCHES", ("b05",))
    settings.KEYS = tmp_path / "keys"
    keys.create()
    began = UNTIL - timedelta(days=70)
    return bank.build(PLANS, now=began, since=SINCE)


def live(chapter, built):
    return chapter.live(PLANS, built, SINCE, UNTIL, seed=SEED)


def sun(built):
    return scope_of(built.people[PLANS[0].of_role("supervisor")[0].staff_no], UNTIL)


def test_a_year_of_learning_has_passed_open_and_overdue_lessons_and_right_and_wrong_answers(built):
    live(lived_learning, built)
    with scoped(demo_scope()):
        states = set(LessonRun.objects.values_list("state", flat=True))
        assert {"passed"} < states, states
        scores = set(LessonAnswer.objects.values_list("score", flat=True))
        assert 1.0 in scores and min(scores) < 1.0
        due = list(Enrolment.objects.filter(state="open").values_list("due_on", flat=True))
        assert min(due) < UNTIL.date() < max(due)
        assert not LessonRun.objects.filter(started_at__gt=UNTIL).exists()
    assert cards.due(sun(built), UNTIL)


def test_a_rule_that_headquarters_changed_leaves_one_lesson_to_be_read_again(built):
    live(lived_learning, built)
    live(lived_content, built)
    unit = built.units["b05"]
    held = shelf(unit, unit.date_at(UNTIL))
    stands = learning.standings(sun(built), held, list(held.lessons))
    assert [key for key, one in stands.items() if one.state == learning.CHANGED] == ["academy.risk.data"]


@pytest.mark.slow
def test_certificates_hold_end_soon_have_ended_and_were_revoked_and_leave_a_hole_in_the_coming_roster(built):
    assert live(lived_certificates, built) == 5
    with scoped(demo_scope()):
        found = {(row.org_unit.code, row.key, row.state, row.until) for row in Certificate.objects.all()}
    on = UNTIL.date()
    small = sorted((state, (until - on).days) for code, _key, state, until in found if code == "b08")
    assert small == [("expired", -5), ("valid", 6)]
    assert sorted(state for code, key, state, _until in found if key == lived_certificates.COMPLAINTS) == [
        "revoked",
        "valid",
    ]
    skills = [
        one.expires_on
        for who in team.staff(scope=demo_scope(), branch=built.units["b08"])
        for one in who.skills
        if one.skill == "lobby"
    ]
    assert sorted(skills) == [on - timedelta(days=5), on + timedelta(days=6)], "nobody else may stand in the hall"


@pytest.mark.slow
def test_without_the_key_for_badges_no_certificate_is_awarded_and_nothing_breaks(built, settings, tmp_path):
    settings.KEYS = tmp_path / "none"
    assert live(lived_certificates, built) == 0


@pytest.mark.slow
def test_exams_are_passed_and_failed_and_one_appeal_waits_at_headquarters(built):
    assert live(lived_exams, built) == 4
    with scoped(demo_scope()):
        assert set(Sitting.objects.values_list("state", flat=True)) == {"submitted"}
        assert set(Grade.objects.values_list("passed", flat=True)) == {True, False}
    opened = cases(scope=demo_scope(), now=UNTIL, filters=CaseFilter(type="academy.appeal", stage="open"))
    assert opened.total == 1


@pytest.mark.slow
def test_played_days_are_judged_and_a_round_ranks_two_branches_with_a_tie(built):
    assert live(lived_drills, built) == 20
    with scoped(demo_scope()):
        assert Judgement.objects.count() == 20
        row = LeagueRound.objects.select_related("org_unit").get()
    table = league.table(sun(built), row)
    assert {name for name, _mean in table.branches} == {built.units["b05"].name, built.units["b06"].name}
    assert sum(len(group.people) for group in table.groups) == 6 and len(table.groups) < 6


def test_everybody_is_marked_and_some_by_colleagues_too(built):
    many = live(lived_competence, built)
    assert many > len(PLANS[0].people)
