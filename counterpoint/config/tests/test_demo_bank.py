"""The invented bank is written through the rooms' own actions: once, completely, and findable afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from counterpoint.config.demo import bank, cast, player, seeding
from counterpoint.config.demo.bank import demo_scope
from counterpoint.foundation.api import (
    Counter,
    Device,
    OrgUnit,
    User,
    Zone,
    colleagues,
    hours_of,
    org_unit_create,
    roles_of,
    scope_of,
    scoped,
    unscoped,
)
from counterpoint.foundation.models import JournalEntry
from counterpoint.team import workbench

NOW = datetime(2026, 11, 13, 1, 0, tzinfo=UTC)
SINCE = date(2025, 11, 25)
ONE, TWO = cast.plans(8)[6], cast.plans(8)[7]


@pytest.fixture
def built(db):
    return bank.build([TWO], now=NOW, since=SINCE)


@pytest.fixture
def both(db):
    with scoped(demo_scope()):
        yield bank.build([ONE, TWO], now=NOW, since=SINCE)


@pytest.fixture
def everywhere(built):
    with scoped(demo_scope()):
        yield built


def test_the_tree_holds_headquarters_the_regions_in_use_and_the_branches(both):
    assert set(both.units) == {"hq", "west", "b07", "b08"}
    branch = OrgUnit.objects.get(code="b07")
    assert branch.name == "科技园支行" and branch.address == "云州市创新路 5 号"
    assert branch.path.startswith(both.units["west"].path)


def test_every_counter_and_device_of_the_plan_stands_in_a_fitting_zone(everywhere):
    branch = everywhere.units["b08"]
    counters = Counter.objects.filter(org_unit=branch).select_related("zone").order_by("number")
    assert [counter.kind for counter in counters] == list(TWO.counters)
    assert all(counter.zone.code == cast.ZONE_OF[counter.kind] for counter in counters)
    devices = Device.objects.filter(org_unit=branch).select_related("zone").order_by("code")
    assert [(d.code, d.name, d.kind) for d in devices] == sorted(TWO.devices)
    zones = {"kiosk": "entrance", "screen": "waiting"}
    assert all(device.zone.code == zones.get(device.kind, "self") for device in devices)
    assert Zone.objects.filter(org_unit=branch).count() == len(cast.ZONES)


def test_hours_are_the_plans(everywhere):
    hours = hours_of(everywhere.units["b08"])
    assert {day: spans for day, spans in hours.weekly.items() if spans} == TWO.hours


def test_everybody_holds_their_role_at_their_place_from_the_first_day_and_not_before(both):
    for plan in (ONE, TWO):
        for person in plan.people:
            user = both.people[person.staff_no]
            assert user.name == person.name
            assert roles_of(user, SINCE) == {person.role} and roles_of(user, SINCE - timedelta(days=1)) == frozenset()
            assert scope_of(user, SINCE).roots == (both.units[plan.code].path,)


def test_people_above_a_region_that_is_not_there_are_not_cast(everywhere):
    assert {"xi92", "hua90", "ying90"} <= set(everywhere.people)
    assert not {"rui91", "jiang93"} & set(everywhere.people)


def test_one_password_opens_for_everybody_and_is_stored_as_one_hash_only(everywhere):
    users = User.objects.filter(pk__in=[user.pk for user in everywhere.people.values()])
    assert len({user.password for user in users}) == 1
    assert users.first().check_password(bank.PASSWORD) and bank.PASSWORD not in users.first().password


def test_skills_and_weekly_minutes_reach_the_planner(everywhere):
    known = {person.id: person for person in workbench.people_of(everywhere.units["b08"], [NOW.date()])}
    able = [person for person in TWO.people if person.skills]
    assert len(known) == len(able)
    for person in able:
        row = known[str(everywhere.people[person.staff_no].pk)]
        assert {(skill.key, skill.level) for skill in row.skills} == set(person.skills)
        assert row.max_week == person.contract_minutes


def test_every_write_is_journalled_as_the_demo_and_by_nobody_of_the_bank(built):
    with unscoped("the test reads the journal"):
        rows = list(JournalEntry.objects.filter(at=NOW).values_list("kind", "actor"))
    assert len(rows) > 30 and {actor for _kind, actor in rows} == {None}
    kinds = [kind for kind, _actor in rows]
    people = len(built.people)
    assert kinds.count("foundation.person_added") == kinds.count("foundation.post_granted") == people


def test_a_unit_that_is_there_already_is_used_as_it_is(db):
    with scoped(demo_scope()):
        before = OrgUnit.objects.filter(code="hq").first() or org_unit_create(
            scope=demo_scope(), now=NOW, kind="headquarters", code="hq", name="旧总行"
        )
    built = bank.build([TWO], now=NOW, since=SINCE)
    assert built.units["hq"].pk == before.pk and built.units["hq"].name == before.name


def test_a_plan_that_cannot_be_written_leaves_nothing_behind(db):
    twice = replace(TWO, people=(*TWO.people, TWO.people[0]))
    with pytest.raises(Exception, match=r"(?i)staff|unique|exist|已"):
        bank.build([twice], now=NOW, since=SINCE)
    with scoped(demo_scope()):
        assert not OrgUnit.objects.filter(code="b08").exists()
        assert not User.objects.filter(staff_no=TWO.people[0].staff_no).exists()


def test_a_bank_without_a_unit_is_empty_and_one_with_is_not(built):
    assert not seeding.empty()


def test_the_player_knows_the_branch_its_people_and_nobody_elses(everywhere):
    play = player.play_of(TWO, everywhere.units["b08"], NOW.date(), seed=1)
    assert set(play.people) == {person.staff_no for person in TWO.people}
    posted = colleagues(scope=demo_scope(), org_unit=everywhere.units["b08"], on=NOW.date())
    assert {person.staff_no for person in posted} == set(play.people)


def test_minutes_and_instants_are_two_words_for_one_moment(everywhere):
    play = player.play_of(TWO, everywhere.units["b08"], date(2026, 11, 16), seed=1)
    midnight, nine = datetime(2026, 11, 15, 16, tzinfo=UTC), datetime(2026, 11, 16, 1, tzinfo=UTC)
    known = {
        0: midnight,
        540: nine,
        570.5: nine + timedelta(minutes=30, seconds=30),
        1440: midnight + timedelta(days=1),
    }
    for minute, at in known.items():
        assert play.instant(minute) == at and play.minute(at) == pytest.approx(minute)
    assert play.instant(0.000001) == midnight, "an instant has whole milliseconds"


def test_a_branch_that_fails_is_logged_and_the_others_are_played_on(both, caplog, monkeypatch):
    players = player.Player([ONE, TWO], seed=1)
    players.houses[0].play = player.play_of(ONE, both.units["b07"], NOW.date(), seed=1)
    played = []

    def step(self, now, real, enough):
        if self.branch.code == "b07":
            raise RuntimeError("no hall")
        played.append(self.branch.code)
        return 3

    monkeypatch.setattr(player.House, "step", step)
    assert players.round(NOW, NOW) == 3
    assert played == ["b08"] and "could not play a branch" in caplog.text
    assert players.houses[0].play is None


def test_a_plan_without_its_branch_in_the_database_is_not_played(everywhere):
    assert [house.branch.code for house in player.Player([TWO, cast.plans(12)[11]], seed=1).houses] == ["b08"]


@pytest.mark.parametrize(
    ("utc", "local"),
    [((2026, 11, 22, 15, 59), date(2026, 11, 22)), ((2026, 11, 22, 16, 0), date(2026, 11, 23))],
    ids=["a minute before midnight", "midnight"],
)
def test_the_day_of_a_branch_turns_at_its_own_midnight(everywhere, utc, local):
    house = player.House(TWO, everywhere.units["b08"], seed=1)
    assert house.today(datetime(*utc, tzinfo=UTC)) == local


def test_on_a_sunday_nothing_is_played_where_nobody_opens(everywhere):
    house = player.House(TWO, everywhere.units["b08"], seed=1)
    sunday = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert house.step(sunday, sunday) == 0 and house.play is None
