"""The ghost league: the same days for everybody, each once; who cannot be told apart stands in one group."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.academy.debrief import actions, keeping, queries
from counterpoint.academy.debrief.actions import RoundShut, league_open, league_play
from counterpoint.academy.models import Judgement, LeagueRound, LeagueRun
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.rules import league
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.foundation.scope import unscoped
from counterpoint.science.playing import datasets
from counterpoint.ui.leftovers import english_left

db = pytest.mark.django_db
DAYS = st.lists(st.floats(0.0, 200.0), min_size=3, max_size=8)
DATA = {"loss": {"total": 100.0}, "paths": {"mine": [1, 2]}}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Tiny days: what is asked here is who plays which."""
    monkeypatch.setattr(actions.league_days, "day_of", lambda _row, seed: (datasets.tiny_game(seed), 1))


def opened(bank, name="Rita", unit=None, **more):
    unit = unit or bank.east
    terms = {
        "key": "academy.scenario.payday",
        "seeds": 8,
        "seed": 1,
        "opens_at": bank.now,
        "closes_at": bank.now + timedelta(days=7),
    }
    return league_open(scope=bank.scope(name), unit=unit, now=bank.now, **terms | more)


def played(bank, row, name, loss, regret, unit=None):
    """One day of a round, over and judged by made-up figures."""
    session = league_play(
        scope=bank.scope(name), unit=unit or bank.b01, round_id=row.pk, now=bank.now, real=bank.now
    )  # fmt: skip
    with scoped(bank.scope(name)):
        session.state, session.over_at = OVER, bank.now
        session.save()
        data = {"loss": {"total": loss}, "paths": {"mine": [int(loss)]}}
        Judgement(
            org_unit=session.org_unit, session=session, formula=keeping.QUICKLY, data=data, regret=regret, at=bank.now
        ).save()
    return session


@db
def test_each_day_is_played_once_the_same_for_everybody(bank):
    row = opened(bank)
    assert len(set(row.seeds)) == 8
    games = {name: played(bank, row, name, 100.0, 1.0).game_hash for name in ("Sun", "Mei")}
    assert games["Sun"] == games["Mei"]
    again = league_play(scope=bank.scope("Sun"), unit=bank.b01, round_id=row.pk, now=bank.now, real=bank.now)
    assert again.seed == row.seeds[1] and again.game_hash != games["Sun"]
    same = league_play(scope=bank.scope("Sun"), unit=bank.b01, round_id=row.pk, now=bank.now, real=bank.now)
    assert same.pk == again.pk, "a day that is still played is gone on with"
    with scoped(bank.scope("Sun")):
        again.state, again.over_at = OVER, bank.now
        again.save()
    for _day in range(6):
        played(bank, row, "Sun", 100.0, 1.0)
    with pytest.raises(RoundShut):
        league_play(scope=bank.scope("Sun"), unit=bank.b01, round_id=row.pk, now=bank.now, real=bank.now)
    with unscoped("the test looks"):
        runs = LeagueRun.objects.filter(round=row.pk, user=bank.people["Sun"])
        assert sorted(runs.values_list("seed", flat=True)) == row.seeds


@db
def test_a_round_is_opened_by_region_or_headquarters_and_within_its_terms(bank):
    for name in ("Sun", "Mei"):
        with pytest.raises(Forbidden):
            opened(bank, name, bank.b01)
    for more in (
        {"seeds": 7}, {"seeds": 21}, {"key": "academy.scenario.none"}, {"closes_at": bank.now},
        {"closes_at": bank.now + timedelta(days=93)},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            opened(bank, **more)
    with unscoped("the test looks"):
        assert not LeagueRound.objects.exists()


@db
def test_a_round_holds_below_its_unit_only_and_while_it_is_open(bank):
    row = opened(bank)
    with pytest.raises(NotFound):
        league_play(
            scope=bank.scope("Stranger"), unit=bank.b03, round_id=row.pk, now=bank.now,
            real=bank.now,
        )  # fmt: skip
    for now in (bank.now - timedelta(minutes=1), row.closes_at):
        with pytest.raises(RoundShut):
            league_play(scope=bank.scope("Sun"), unit=bank.b01, round_id=row.pk, now=now, real=now)


@db
def test_the_table_names_nobody_and_the_ghost_is_the_best_run_of_the_same_day(bank, sign_in):
    row = opened(bank)
    for n in range(3):
        mine = played(bank, row, "Sun", 500.0, 50.0 + n)
        played(bank, row, "Mei", 100.0, 1.0 + n)
    found = queries.table(bank.scope("Sun"), row)
    assert [len(group.people) for group in found.groups] == [1, 1]
    assert found.mine == 2
    assert queries.ghost_path(mine) == [100]
    with unscoped("the test looks"):
        best = LeagueRun.objects.select_related("session").filter(user=bank.people["Mei"]).first().session
    assert queries.ghost_path(best) is None, "nobody did better"
    page = sign_in("Sun").get(f"/academy/league/{row.pk}").content.decode()
    own = page[page.index('<main class="main"') : page.index("</main>")]
    assert "Mei" not in own and str(bank.people["Mei"].pk) not in own
    assert "你在这组" in own and english_left(own, ["Sun"]) == []


@db
def test_the_region_opens_a_round_on_the_page_and_a_supervisor_plays_it(bank, sign_in):
    rita, sun = sign_in("Rita"), sign_in("Sun")
    assert "还没有开过轮次" in sun.get("/academy/league").content.decode()
    today = bank.b01.date_at(bank.now)
    form = {
        "key": "academy.scenario.usual_tuesday",
        "seeds": "9",
        "first": today.isoformat(),
        "last": (today + timedelta(7)).isoformat(),
    }
    assert "8 到 20" in rita.post("/academy/league/open", form | {"seeds": "99"}).content.decode()
    there = rita.post("/academy/league/open", form)["Location"]
    page = sun.get("/academy/league").content.decode()
    assert there in page and "开启本轮" not in page and english_left(_own(page), ["Sun"]) == []
    assert sun.post(there + "/play").status_code == 302
    with unscoped("the test looks"):
        assert LeagueRun.objects.get().session.purpose == "league"
    assert sun.post("/academy/league/open", form).status_code == 404


def _own(page):
    return page[page.index('<main class="main"') : page.index("</main>")]


@settings(max_examples=15)
@given(st.dictionaries(st.sampled_from("abcdefgh"), DAYS, min_size=1))
def test_groups_are_in_order_and_hold_everybody_once(days):
    groups = league.standing(days)
    assert sorted(name for group in groups for name in group.people) == sorted(days)
    firsts = [group.regret for group in groups]
    assert firsts == sorted(firsts)
    assert all(group.low <= group.regret <= group.last for group in groups)


@settings(max_examples=10)
@given(DAYS)
def test_two_equal_policies_are_in_one_group(days):
    assert len(league.standing({"one": days, "other": list(days)})) == 1


def test_whoever_is_plainly_worse_is_in_a_later_group_and_who_has_too_few_days_in_none():
    days = {"first": [1.0, 1.1, 0.9], "near": [1.2, 1.0, 1.1], "far": [9.0, 9.1, 9.2], "new": [0.1, 0.1]}
    assert [group.people for group in league.standing(days)] == [("first", "near"), ("far",)]


def test_branches_stand_by_the_mean_of_their_best_three():
    days = {name: dict.fromkeys(range(3), float(n)) for n, name in zip((3, 2, 1, 0, 6, 5, 4), "abcdefg", strict=True)}
    homes = {**dict.fromkeys("abcd", "/one/"), **dict.fromkeys("efg", "/two/")}
    one, two = league.branches(days, homes)
    assert (one.home, one.group, one.regret, one.people, one.days) == ("/one/", 1, 1.0, 4, 3)
    assert (two.home, two.group, two.regret, two.people, two.days) == ("/two/", 2, 5.0, 3, 3)
    assert [row.home for row in league.branches(days, {**homes, "g": "/three/"})] == ["/one/"]


def test_branches_that_cannot_be_told_apart_share_a_group_and_a_plainly_worse_one_does_not():
    people = {f"{home}{n}": home for home in "abc" for n in range(3)}
    figures = {"a": (10.0, 30.0, 20.0), "b": (12.0, 31.0, 22.0), "c": (90.0, 91.0, 92.0)}
    days = {name: dict(enumerate(figures[home])) for name, home in people.items()}
    rows = league.branches(days, people)
    assert [(row.home, row.group) for row in rows] == [("a", 1), ("b", 1), ("c", 2)]
    assert all(row.low < row.regret < row.high for row in rows)


def test_a_branch_is_counted_on_the_days_that_its_people_have_in_common():
    three = {1: 1.0, 2: 2.0, 3: 3.0}
    days = {"a": {**three, 4: 90.0}, "b": three, "c": {**three, 9: 0.0}}
    (row,) = league.branches(days, dict.fromkeys(days, "/one/"))
    assert (row.days, row.regret) == (3, 2.0)
    assert league.branches({**days, "c": {1: 1.0, 8: 2.0, 9: 3.0}}, dict.fromkeys(days, "/one/")) == ()


@db
def test_the_round_shows_branches_with_interval_and_the_people_that_they_rest_on(bank, sign_in):
    row = opened(bank)
    for n in range(3):
        for name, much in (("Sun", 5.0), ("Mei", 6.0), ("Omar", 7.0)):
            played(bank, row, name, 100.0, much + n)
    page = _own(sign_in("Sun").get(f"/academy/league/{row.pk}").content.decode())
    assert "人民路支行" in page and "共同演练天数" in page and english_left(page, ["Sun"]) == []
    ((place, one),) = queries.table(bank.scope("Sun"), row).branches
    assert (place, one.people, one.days, one.regret) == ("人民路支行", 3, 3, 7.0) and one.low < 7.0 < one.high
