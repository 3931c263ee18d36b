"""What the database itself refuses, asked around the models: forecasts, published rosters and their shifts."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from counterpoint.foundation.api import practice, scoped
from counterpoint.team import api
from counterpoint.team.models import Forecast, Roster, ShiftRow
from counterpoint.team.tests.conftest import WEEK

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def inside(team):
    """Everything below happens in the supervisor's scope."""
    with scoped(team.scope("Sun")):
        yield team


@pytest.fixture
def published(inside, draft):
    return api.roster_publish(scope=inside.scope("Sun"), now=inside.now, roster_id=draft.pk, revision=draft.revision)


@pytest.fixture
def forecast(inside):
    return api.forecast_store(
        scope=inside.scope("Sun"), now=inside.now, branch=inside.b01, since=WEEK, until=date(2026, 12, 7), seed=1,
        inputs_hash="a", payload={"days": []},
    )  # fmt: skip


def refused(words, attempt):
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        attempt()


def rows(row):
    return type(row).objects.filter(pk=row.pk)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("since", date(2026, 12, 1)),
        ("until", date(2026, 12, 8)),
        ("made_at", LATER),
        ("made_by", uuid4()),
        ("seed", 2),
        ("inputs_hash", "b"),
        ("payload", {"days": [1]}),
    ],
)
def test_no_column_of_a_forecast_can_be_changed(forecast, column, value):
    refused("a forecast is immutable", lambda: rows(forecast).update(**{column: value}))
    assert getattr(Forecast.objects.get(pk=forecast.pk), column) == getattr(forecast, column)


def test_a_forecast_written_again_with_the_same_values_is_no_change(forecast):
    assert rows(forecast).update(seed=forecast.seed) == 1


def test_a_forecast_cannot_be_given_to_another_branch(inside, forecast):
    refused("a forecast is immutable", lambda: rows(forecast).update(org_unit=inside.b02))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("week", date(2026, 12, 7)),
        ("version", 9),
        ("problem", {"days": []}),
        ("solution", {}),
        ("waits", {"plan": None, "x": 1}),
        ("conflict", [{"type": "way"}]),
        ("waivers", {"leave": "somebody said so"}),
        ("seed", 99),
        ("inputs_hash", "other"),
        ("published_at", LATER),
        ("published_by", uuid4()),
        ("revision", 9),
    ],
)
def test_no_column_of_a_published_roster_can_be_changed(published, column, value):
    refused("a published roster is immutable", lambda: rows(published).update(**{column: value}))


def test_a_published_roster_keeps_the_forecast_that_it_stands_on(published, forecast):
    refused("a published roster is immutable", lambda: rows(published).update(forecast=forecast))


@pytest.mark.parametrize("column", ["seed", "inputs_hash", "waivers", "solution"])
def test_a_draft_may_be_changed(inside, draft, column):
    value = {"seed": 8, "inputs_hash": "new", "waivers": {"leave": "why"}, "solution": {"status": "edited"}}[column]
    assert rows(draft).update(**{column: value}) == 1


def test_a_draft_may_be_thrown_away_and_a_published_or_superseded_roster_may_not(inside, draft):
    sun = inside.scope("Sun")
    first = api.roster_publish(scope=sun, now=inside.now, roster_id=draft.pk, revision=1)
    second = api.roster_revise(scope=sun, now=inside.now, roster_id=first.pk)
    refused("a published roster is immutable", lambda: rows(first)._raw_delete("default"))
    api.roster_publish(scope=sun, now=inside.now, roster_id=second.pk, revision=1)
    third = api.roster_revise(scope=sun, now=inside.now, roster_id=second.pk)
    refused("a published roster is immutable", lambda: rows(first)._raw_delete("default"))
    assert rows(third)._raw_delete("default") == 1


class TestStates:
    def test_a_published_roster_may_only_be_superseded(self, published):
        refused("a published roster is immutable", lambda: rows(published).update(state="draft", published_at=None))
        refused("a published roster is immutable", lambda: rows(published).update(state="draft"))
        assert rows(published).update(state="superseded") == 1

    def test_what_is_superseded_stays_so(self, published):
        rows(published).update(state="superseded")
        refused("a published roster is immutable", lambda: rows(published).update(state="published"))
        refused("a published roster is immutable", lambda: rows(published).update(state="draft", published_at=None))
        assert rows(published).update(state="superseded") == 1


class TestShifts:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("date", date(2026, 12, 3)),
            ("start", 545),
            ("end", 721),
            ("lunch_start", 600),
            ("lunch_end", 630),
            ("segments", []),
        ],
    )
    def test_no_column_of_a_published_shift_can_be_changed(self, published, column, value):
        refused("a published shift is immutable", lambda: ShiftRow.objects.update(**{column: value}))

    def test_a_published_shift_cannot_be_given_to_somebody_else(self, inside, published):
        mine = ShiftRow.objects.filter(user=inside.people["Mei"])
        refused("a published shift is immutable", lambda: mine.update(user=inside.people["Ada"]))

    def test_a_published_shift_cannot_be_taken_away(self, published):
        refused("a published shift is immutable", lambda: ShiftRow.objects.filter(date=WEEK)._raw_delete("default"))
        assert ShiftRow.objects.count() == 4


def test_made_up_colleagues_are_on_the_rosters_of_many_practice_worlds_at_once(bank, published, clock):
    """One pool of them serves all worlds, and whoever practises has shifts of their own in the bank."""
    shape = practice.Shape("练习", ("supervisor",), bank.now, puppets=("teller",))
    for name in ("Mei", "Sun"):
        scope = bank.scope(name)
        world = practice.world_make(scope=scope, source=[bank.b01], shape=shape, now=bank.now, real=clock.now())
        with scoped(practice.house(world)):
            branch = practice.first_branch(world)
            (made_up, *_others) = practice.people_in(world, "teller")
            roster = Roster.objects.create(
                org_unit=branch, week=WEEK, version=1, state="draft", problem={}, made_at=bank.now
            )
            for who in (made_up, bank.people["Mei"]):
                ShiftRow.objects.create(org_unit=branch, roster=roster, user=who, date=WEEK, start=540, end=720)
            Roster.objects.filter(pk=roster.pk).update(state="published", published_at=bank.now)


class TestElsewhere:
    """Mei works 9 to 12 at b01 on Monday; a second branch writes a shift of hers straight into the table."""

    @pytest.fixture
    def other(self, bank, published):
        from counterpoint.foundation import access, roles

        root = access.system_scope(tuple(roles.table()))
        with scoped(root):
            yield Roster.objects.create(
                org_unit=bank.b02, week=WEEK, version=1, state="draft", problem={}, made_at=bank.now
            )

    def write(self, bank, other, start, end, *, day=WEEK, name="Mei"):
        with transaction.atomic():
            return ShiftRow.objects.create(
                org_unit=bank.b02, roster=other, user=bank.people[name], date=day, start=start, end=end
            )

    @pytest.mark.parametrize(("start", "end"), [(540, 720), (600, 630), (480, 541), (719, 900), (480, 900)])
    def test_a_minute_in_common_is_refused(self, bank, other, start, end):
        with pytest.raises(DatabaseError, match="works elsewhere"):
            self.write(bank, other, start, end)

    @pytest.mark.parametrize(("start", "end"), [(480, 540), (720, 900)])
    def test_before_and_after_are_free(self, bank, other, start, end):
        assert self.write(bank, other, start, end).pk

    def test_another_day_and_another_person_are_free(self, bank, other):
        assert self.write(bank, other, 540, 720, day=date(2026, 12, 2)).pk
        assert self.write(bank, other, 540, 720, name="Ada").pk

    def test_a_roster_that_is_superseded_binds_nobody(self, bank, other):
        Roster.objects.filter(org_unit=bank.b01, week=WEEK).update(state="superseded")
        assert self.write(bank, other, 540, 720).pk
