"""Errands of a drill: done in a practice branch by the product's own verbs, read once, and from then on in the log."""

import pytest

from counterpoint.academy.debrief import judging, league_days, shown
from counterpoint.academy.drill import actions, errands, golden, log, ticking
from counterpoint.academy.drill.games import game_of_scenario
from counterpoint.academy.drill.words import Names
from counterpoint.academy.models import DrillSession, LeagueRound
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules import errand as rule
from counterpoint.academy.tests.errands import SEED, VIP, Doer
from counterpoint.foundation.api import Invalid, practice, scoped, unscoped
from counterpoint.primitives import content
from counterpoint.primitives.content.checking import check_items
from counterpoint.role import api as role
from counterpoint.science import playing
from tests.scope.crawl import rows_of

pytestmark = pytest.mark.django_db
WITH = [key for key, body in golden.scenarios().items() if any(one.errand for one in body.injects)]


@pytest.fixture
def sun(bank):
    player = Doer(bank)
    player.take()
    return player


def test_at_least_three_scenarios_have_something_to_be_done_in_the_product():
    assert len(WITH) >= 3


@pytest.mark.parametrize("scenario", WITH)
def test_a_worked_example_misses_nothing_and_doing_nothing_misses_all(bank, scenario):
    sun = Doer(bank)
    sun.take(scenario)
    one = sun.come()
    sun.solve()
    line = sun.hand_in(one.slug)
    assert {slug: found["holds"] for slug, found in line.inputs["found"].items()} == {
        check.slug: True for check in one.errand.checks
    }, line.inputs
    idle = Doer(bank)
    idle.take(scenario, key="idle")
    one = idle.come()
    idle.until(one.until)
    [line] = idle.lines(log.FOUND)
    assert line.inputs["by"] == errands.BY_LIMIT
    assert not any(found["holds"] for found in line.inputs["found"].values()), line.inputs


def answers_of(day):
    return {key: answer for key, answer, _minute in day.answers if key.startswith("sheet.")}


def test_the_practice_branch_stands_at_the_days_first_second_and_keeps_the_drills_time(sun):
    row, was = sun.row(), sun.world
    assert was.speed == 0 and was.now(sun.real) == worlds.second_of(was, row.base_second)
    sun.later(minutes=5)
    assert sun.world.now(sun.real) == worlds.second_of(was, row.base_second), "nothing runs before the drill does"
    sun.pace(10)
    sun.later(minutes=2)
    assert sun.world.now(sun.real) == worlds.second_of(was, row.base_second + 1200)
    sun.pace(0)
    sun.later(minutes=7)
    assert sun.world.now(sun.real) == worlds.second_of(was, row.base_second + 1200)
    with scoped(sun.scope):
        marks = role.day_of(sun.bank.b01, sun.bank.b01.date_at(sun.world.now(sun.real)), sun.bank.now).marks
    assert "month_end" in {mark.key for mark in marks}, "the day is one of the scenario's kind"


def test_an_errand_comes_at_its_minute_slows_the_time_and_comes_once(sun):
    one = sun.come()
    minute = log.game_of(sun.row()).inject("sheet").minute
    assert one.begun == int(60 * minute) and one.until == one.begun + 60 * one.errand.minutes
    assert (sun.row().speed, sun.world.speed) == (errands.SLOW, errands.SLOW)
    assert [line.kind for line in sun.lines()] == ["pace", "pace", "errand"]
    assert not sun.settle()
    with scoped(practice.house(sun.world)):
        from counterpoint.service.models import Complaint

        assert Complaint.objects.filter(org_path__within=(sun.world.org_path,)).count() == 1


def test_what_was_done_is_read_once_and_the_first_finding_stays(sun):
    one = sun.come()
    first = sun.hand_in()
    sun.solve()
    assert sun.hand_in().pk == first.pk
    sun.until(one.until + 60)
    assert [line.pk for line in sun.lines(log.FOUND)] == [first.pk]
    assert not any(found["holds"] for found in first.inputs["found"].values())
    with pytest.raises(errands.NothingToHandIn):
        sun.hand_in("nothing")


def test_the_tick_reads_when_nobody_looks(sun):
    one = sun.come()
    sun.solve(leave=(0,))
    sun.real = sun.row().base_real
    sun.later(minutes=one.errand.minutes, seconds=1)
    assert ticking.errands(sun.bank.now, sun.real) == 1
    [line] = sun.lines(log.FOUND)
    assert line.inputs["by"] == errands.BY_LIMIT and not line.inputs["found"]["level"]["holds"]
    assert line.inputs["found"]["contact"]["holds"]


def test_nobody_says_of_an_errand_that_it_is_done_without_doing_it(sun):
    sun.come()
    assert [one["key"] for one in sun.segment().questions if one["key"].startswith("sheet")] == []
    with pytest.raises(Invalid):
        actions.drill_choose(**sun.here(), session=sun.session, inject="sheet.level", choice=rule.DONE)
    with pytest.raises(Invalid):
        sun.order("answer", {"inject": "sheet.level", "choice": rule.DONE})


def test_the_log_alone_says_what_the_errand_was_worth(sun):
    sun.come()
    sun.solve(leave=(0,))
    sun.hand_in()
    over = sun.finish()
    lines = sun.lines()
    assert over.state == OVER and worlds.held(over.world) is None
    with scoped(sun.scope):
        assert log.first_bad(over) is None
        orders, game = log.orders_of(lines), log.game_played(over, lines)
    day = playing.play(game, orders)
    assert answers_of(day) == {
        "sheet.confirmed": "missed", "sheet.level": "missed", "sheet.taken": "done", "sheet.contact": "done",
        "sheet.takeover": "missed",  # a clock of the level that nobody decided
    }  # fmt: skip
    assert over.result["digest"] == day.digest() and over.result["scores"] == day.scores
    lost = rule.lost(game.injects, day.answers)
    assert lost == {"risk": 80.0, "service": 30.0}
    none = dict.fromkeys(answers_of(day), rule.MISSED)
    whole = playing.play(game, [one for one in orders if one.act != playing.ANSWER])
    assert answers_of(whole) == none and whole.loss.total - day.loss.total == 55.0


@pytest.mark.parametrize("done", [(), ("level",), ("level", "confirmed", "contact", "taken", "takeover")])
def test_same_log_same_score_whatever_became_of_the_practice_branch(sun, done, monkeypatch):
    found = {slug: {"holds": slug in done, "value": None} for slug in
             ("confirmed", "level", "taken", "takeover", "contact")}  # fmt: skip
    one = sun.come()
    with scoped(sun.scope):
        row = sun.row()
        log.append(
            row, log.FOUND, one.begun + 60, inputs={"inject": "sheet", "found": found, "by": "player"},
            actor=row.owner_id, key="found-sheet", at=sun.bank.now,
        )  # fmt: skip
    worlds.retire(sun.row().world, sun.bank.now)
    monkeypatch.setattr(worlds, "found", None)  # whoever reads a world now falls over
    over = sun.finish()
    game = game_of_scenario(golden.scenarios()[VIP], seed=SEED)
    assert over.game_hash == game.hash()
    with scoped(sun.scope):
        day = playing.play(game, log.orders_of(log.lines(over)))
    assert day.digest() == over.result["digest"] and day.scores == over.result["scores"]
    points = {"level": 40, "confirmed": 40, "contact": 15, "taken": 40, "takeover": 30}
    missed = sum(points[slug] for slug in points if slug not in done)
    assert sum(rule.lost(game.injects, day.answers).values()) == missed


def test_an_errand_that_nobody_can_read_costs_nothing(sun):
    sun.come()
    worlds.retire(sun.row().world, sun.bank.now)
    over = sun.finish()
    assert [one["holds"] for one in sun.lines(log.FOUND)[0].inputs["found"].values()] == [None] * 5
    with scoped(sun.scope):
        day = playing.play(log.game_of(over), log.orders_of(log.lines(over)))
    assert set(answers_of(day).values()) == {rule.UNREAD} and rule.lost(day.game.injects, day.answers) == {}


def test_nothing_of_it_is_seen_in_the_bank(bank):
    before = rows_of(bank.units["hq"])
    sun = Doer(bank)
    sun.take()
    sun.come()
    sun.solve()
    sun.hand_in()
    sun.finish()
    after = rows_of(bank.units["hq"])
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {
        "academy.DrillEvent", "academy.DrillSeat", "academy.DrillSession", "foundation.JournalEntry",
    }  # fmt: skip
    with unscoped("the test reads the journal"):
        from counterpoint.foundation.models import JournalEntry

        told = JournalEntry.objects.filter(pk__gt=max([row["id"] for row in before["foundation.JournalEntry"]] or [0]))
        assert {row.kind for row in told} == {"academy.drill_begun", "academy.drill_over"}


def test_a_fork_keeps_what_was_read_and_has_a_practice_branch_of_its_own(sun):
    one, first = sun.come(), sun.world
    sun.later(minutes=1)
    early = actions.drill_fork(**sun.here(), session=sun.session, second=one.begun + 30)
    sun.solve()
    line = sun.hand_in()
    sun.later(minutes=1)
    late = actions.drill_fork(**sun.here(), session=sun.session, second=line.second + 10)
    assert len({first.pk, early.world, late.world}) == 3
    with scoped(sun.scope):
        assert [row.kind for row in log.lines(early)] == [] and log.first_bad(late) is None
        assert [row.kind for row in log.lines(late)] == ["errand", "found"]
        assert worlds.held(late.world).now(sun.real) == worlds.second_of(first, line.second + 10)
    sun.session = early.pk
    sun.pace(1)
    assert sun.settle()
    [anew] = sun.standings()
    assert anew.open and anew.begun == one.begun + 30, "it comes anew"
    sun.later(minutes=1)
    assert not any(found["holds"] for found in sun.hand_in().inputs["found"].values())


def test_a_league_and_an_examination_have_no_errands(bank, sun):
    body = golden.scenarios()[VIP]
    row = LeagueRound(org_unit=bank.b01, key=VIP, seeds=[SEED], opens_at=bank.now, closes_at=bank.now)
    game, _version = league_days.day_of(row, SEED)
    assert rule.errands_in(game.injects) == () != rule.errands_in(game_of_scenario(body, seed=SEED).injects)
    league = Doer(bank)
    made = league.make(game, key="league", scenario=VIP, version=2, purpose="league")
    assert made.world is None and errands.left_out(made) == 1
    with pytest.raises(Invalid):
        Doer(bank).take(key="exam", purpose="exam")
    with scoped(sun.scope):
        assert DrillSession.objects.filter(purpose="exam").count() == 0


def test_the_sheet_counts_what_was_missed_in_its_own_dimension():
    game = game_of_scenario(golden.scenarios()[VIP], seed=SEED)
    best = playing.answered(game)
    lazy = [one for one in best if one.get("inject") not in ("sheet.contact", "sheet.taken")]
    full, less, none = (playing.play(game, orders) for orders in (best, lazy, ()))
    amounts = judging._amounts(game, less, full, none)
    assert amounts["service"][0] - amounts["service"][1] == pytest.approx(15)
    assert amounts["people"][0] - amounts["people"][1] == pytest.approx(40)
    assert amounts["risk"][0] == amounts["risk"][1] == 0 < amounts["risk"][2]


def test_a_moment_says_what_would_have_been_done_and_not_what_stayed_missed():
    names = Names({}, {}, {}, lambda inject, choice: f"{choice} {inject}")
    both = (("a.b", "missed"), ("a.c", "done"))
    missed, done = ([1, "answer", {"inject": key, "choice": ends}] for key, ends in both)
    assert shown.orders([missed, done], names) == "done a.c"
    assert "missed" not in shown.orders([missed], names)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"checks": [{"slug": "", "score": {"risk": 1}}]}, "short name"),
        ({"checks": [{"slug": "a", "score": {}}]}, "exactly one dimension"),
        ({"play": [{"do": "time.skip", "args": {"minutes": 5}}]}, "jump"),
        ({"stage": [{"do": "nothing.such"}]}, "no act"),
        ({"checks": [{"slug": "a", "score": {"risk": 1}, "probe": "nothing"}]}, "no probe"),
    ],
)
def test_an_errand_that_cannot_be_done_is_refused_by_the_content_check(changes, said):
    from dataclasses import replace

    from django.utils import translation

    from counterpoint.academy.catalogue.errands import Sought
    from counterpoint.academy.catalogue.lessons import Stage
    from counterpoint.academy.catalogue.scenarios import wrong_scenario

    body = golden.scenarios()[VIP]
    inject = body.inject("sheet")
    both = {"zh-hans": "有", "en": "is"}
    usual = {"probe": "case", "op": "exists", "words": both, "args": {"type": "x"}, "field": "level"}
    made = {
        name: tuple((Sought(**(usual | one)) if name == "checks" else Stage(**one)) for one in rows)
        for name, rows in changes.items()
    }
    others = tuple(one for one in body.injects if one.slug != "sheet")
    wrong = replace(body, injects=(*others, replace(inject, errand=replace(inject.errand, **made))))
    with translation.override("en"):
        assert said in wrong_scenario(wrong) and wrong_scenario(body) == ""


def test_content_with_errands_holds():
    kind = content.kind_of("scenarios")
    rows = [item for item in content.every("scenarios") if item.key in WITH]
    assert check_items(kind, rows) == [] and {item.version for item in rows} == {1, 2}
