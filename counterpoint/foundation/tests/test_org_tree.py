"""The org tree under change: units are added and moved, posts come and go; paths, rows, chains and rights follow."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from counterpoint.foundation import access, actions, journal, queries
from counterpoint.foundation.errors import Forbidden, Invalid, NotFound
from counterpoint.foundation.models import Counter, Device, JournalEntry, OpeningHours, OrgUnit, Post, User, Zone
from counterpoint.foundation.scope import ScopeError, scoped, unscoped
from counterpoint.foundation.scoped_models import scoped_models

ROOT = access.system_scope(("foundation.org.edit", "foundation.people.edit", "foundation.devices.edit"))
DAY = date(2026, 11, 23)


def newest(kind=None):
    """The newest entry and how many there are."""
    with unscoped("test"):
        rows = JournalEntry.objects.order_by("id")
        rows = rows.filter(kind=kind) if kind else rows
        return rows.last(), rows.count()


def tree_machine(bank):
    """The tree in the database beside a dictionary of parents; every move is made in both."""

    class Tree(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = transaction.atomic()
            self.savepoint.__enter__()
            self.parents = {"hq": None, "east": "hq", "west": "hq", "b01": "east", "b02": "east", "b03": "west"}
            self.moves = 0

        def teardown(self):
            self.every_row_is_where_its_unit_is()
            self.history_stays_and_holds()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

        def unit(self, code):
            return OrgUnit.objects.get(code=code)

        def line(self, code):
            return [code, *(self.line(self.parents[code]) if self.parents[code] else [])]

        @precondition(lambda self: len(self.parents) < 11)
        @rule(data=st.data(), kind=st.sampled_from(["region", "branch"]))
        def add(self, data, kind):
            parent, code = data.draw(st.sampled_from(sorted(self.parents))), f"n{len(self.parents)}"
            with scoped(ROOT):
                unit = actions.org_unit_create(
                    scope=ROOT, now=bank.now, kind=kind, code=code, name=code, parent=self.unit(parent)
                )
                actions.counter_create(scope=ROOT, now=bank.now, branch=unit, number=1, kind="cash")
            self.parents[code] = parent

        @rule(data=st.data())
        def move(self, data):
            code = data.draw(st.sampled_from(sorted(set(self.parents) - {"hq"})))
            target = data.draw(st.sampled_from(sorted(self.parents)))
            with scoped(ROOT):
                unit, parent = self.unit(code), self.unit(target)
                if code in self.line(target):
                    with pytest.raises(Invalid):
                        actions.org_unit_move(scope=ROOT, now=bank.now, unit=unit, parent=parent)
                    return
                actions.org_unit_move(scope=ROOT, now=bank.now, unit=unit, parent=parent)
            self.parents[code] = target
            self.moves += 1

        @invariant()
        def every_path_is_the_line_of_parents(self):
            with scoped(ROOT):
                paths = dict(OrgUnit.objects.values_list("code", "path"))
            assert paths == {code: f"/{'/'.join(reversed(self.line(code)))}/" for code in self.parents}

        def every_row_is_where_its_unit_is(self):
            with scoped(ROOT):
                for model in scoped_models():
                    if model not in (OrgUnit, JournalEntry):
                        rows = model.objects.values_list("org_path", "org_unit__path")
                        assert all(own == units for own, units in rows), model

        def history_stays_and_holds(self):
            _entry, moves = newest("foundation.org_unit_moved")
            assert moves == self.moves
            with scoped(ROOT):
                assert all(journal.verify(unit).ok for unit in OrgUnit.objects.all())

    return Tree


def test_however_the_tree_is_built_and_moved_everything_follows(bank):
    quiet = settings(max_examples=5, stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(tree_machine(bank), settings=quiet)


def test_a_move_is_told_with_where_from_and_where_to(bank):
    with scoped(ROOT):
        unit = actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.b03, parent=bank.east)
    entry, count = newest("foundation.org_unit_moved")
    assert entry.data == {"from": "/hq/west/b03/", "to": "/hq/east/b03/"} and count == 1
    assert (entry.org_path, entry.subject, entry.at) == (unit.path, str(unit.pk), bank.now)


def test_a_moved_branch_changes_who_reads_it_and_its_history_stays_where_it_happened(bank):
    with scoped(ROOT):
        actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.b03, parent=bank.east)
    with scoped(bank.scope("Rita")):
        assert OrgUnit.objects.filter(code="b03").exists() and Counter.objects.filter(org_unit=bank.b03).count() == 4
        assert not JournalEntry.objects.filter(org_unit=bank.b03, kind="foundation.hours_set").exists()
    with scoped(bank.scope("Hana")):
        old = JournalEntry.objects.get(org_unit=bank.b03, kind="foundation.hours_set")
        assert old.org_path == "/hq/west/b03/"
        assert access.scope_of(bank.people["Stranger"], DAY).roots == ("/hq/east/b03/",)


@pytest.mark.parametrize(("unit", "under"), [("east", "b01"), ("hq", "b03"), ("east", "east")])
def test_a_unit_is_not_moved_below_itself(bank, unit, under):
    with scoped(ROOT), translation.override("en"), pytest.raises(Invalid, match="under itself") as refused:
        actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.units[unit], parent=bank.units[under])
    assert refused.value.details == {"field": "parent"} and newest("foundation.org_unit_moved")[1] == 0


EDITS = {
    "unit": lambda s, b, u: actions.org_unit_create(scope=s, now=b.now, kind="branch", code="n", name="n", parent=u),
    "zone": lambda s, b, u: actions.zone_create(scope=s, now=b.now, branch=u, code="z", name="z", kind="x"),
    "counter": lambda s, b, u: actions.counter_create(scope=s, now=b.now, branch=u, number=50, kind="cash"),
    "device": lambda s, b, u: actions.device_create(scope=s, now=b.now, branch=u, code="d", name="d", kind="atm"),
    "hours": lambda s, b, u: actions.hours_set(scope=s, now=b.now, branch=u, weekly={0: [(60, 120)]}),
    "special": lambda s, b, u: actions.special_day_set(
        scope=s, now=b.now, branch=u, on=DAY, opens=None, closes=None, reason="x"
    ),
    "move": lambda s, b, u: actions.org_unit_move(scope=s, now=b.now, unit=u, parent=b.west),
}
KINDS = {
    "unit": "org_unit_created", "zone": "place_created", "counter": "place_created", "device": "place_created",
    "hours": "hours_set", "special": "special_day_set", "move": "org_unit_moved",
}  # fmt: skip


@pytest.mark.parametrize("edit", sorted(EDITS))
@pytest.mark.parametrize("person", ["Mei", "Sun", "Ada", "Rita", "Otto"])
def test_only_headquarters_changes_the_tree_and_its_places(bank, edit, person):
    scope, before = bank.scope(person), newest()
    with scoped(scope), pytest.raises(Forbidden):
        EDITS[edit](scope, bank, bank.b01)
    assert newest() == before


@pytest.mark.parametrize("edit", sorted(EDITS))
@pytest.mark.parametrize("person", ["Hana", "Sysadmin"])
def test_each_change_of_headquarters_is_one_entry_of_the_right_kind(bank, edit, person):
    scope, (_last, before) = bank.scope(person), newest()
    with scoped(scope):
        EDITS[edit](scope, bank, bank.b01)
    entry, after = newest()
    assert after == before + 1 and entry.kind == f"foundation.{KINDS[edit]}"
    assert entry.actor == bank.people[person].pk and entry.at == bank.now


@pytest.mark.parametrize("edit", sorted(EDITS))
def test_a_change_that_fails_at_its_journal_entry_did_not_happen(bank, edit, monkeypatch):
    def broken(**_more):
        raise RuntimeError("the disk is full")

    def rows():
        with unscoped("test"):
            models = (OrgUnit, Zone, Counter, Device, OpeningHours)
            return [sorted(map(str, m.objects.values_list("pk", m.path_field))) for m in models]

    before = rows()
    monkeypatch.setattr(actions.journal, "record", broken)
    with scoped(ROOT), pytest.raises(RuntimeError):
        EDITS[edit](ROOT, bank, bank.b01)
    assert rows() == before


NO, STAFF = "number", "staff_no"


@pytest.mark.parametrize(
    ("again", "word", "field"),
    [
        (lambda b: actions.counter_create(scope=ROOT, now=b.now, branch=b.b01, number=1, kind="x"), "Counter 1", NO),
        (lambda b: EDITS["device"](ROOT, b, b.b01), "Device d", "code"),
        (lambda b: actions.person_add(scope=ROOT, now=b.now, org_unit=b.b01, staff_no="mei", name="x"), "mei", STAFF),
    ],
)  # fmt: skip
def test_what_exists_already_is_refused_by_name(bank, again, word, field):
    with scoped(ROOT), translation.override("en"):
        EDITS["device"](ROOT, bank, bank.b01)
        with pytest.raises(Invalid, match=word) as refused:
            again(bank)
        assert refused.value.details == {"field": field} and refused.value.status == 422


@pytest.mark.parametrize(
    ("opens", "closes", "sound"),
    [(0, 1440, True), (539, 540, True), (540, 540, False), (541, 540, False), (0, 1441, False), (-1, 60, False)],
)
def test_a_special_day_runs_forward_inside_its_day(bank, opens, closes, sound):
    def set_it():
        return actions.special_day_set(
            scope=ROOT, now=bank.now, branch=bank.b01, on=DAY, opens=opens, closes=closes, reason="x"
        )

    with scoped(ROOT):
        if sound:
            row = set_it()
            assert (row.closed, row.opens, row.closes) == (False, opens, closes)
        else:
            with pytest.raises(Invalid):
                set_it()


def grant(bank, role="teller", where="b01", person="Mei", since=date(2026, 12, 1), until=None):
    with scoped(ROOT):
        return actions.post_grant(
            scope=ROOT, now=bank.now, org_unit=bank.units[where], user=bank.people[person], role=role, since=since,
            until=until,
        )  # fmt: skip


def end(bank, post, until):
    with scoped(ROOT):
        return actions.post_end(scope=ROOT, now=bank.now, post=post, until=until)


@pytest.mark.parametrize(("days", "sound"), [(-1, False), (0, False), (1, True), (400, True)])
def test_a_post_lasts_at_least_a_day(bank, days, sound):
    post = grant(bank)
    until = post.since + timedelta(days=days)
    if sound:
        assert end(bank, post, until).until == until
        entry, count = newest("foundation.post_ended")
        assert count == 1 and entry.data == {
            "user": str(bank.people["Mei"].pk), "role": "teller", "until": until.isoformat(),
        }  # fmt: skip
    else:
        with translation.override("en"), pytest.raises(Invalid, match="at least one day"):
            end(bank, post, until)
        assert newest("foundation.post_ended")[1] == 0


@pytest.mark.parametrize("until", [date(2026, 12, 1), date(2026, 11, 30)])
def test_a_post_is_not_granted_for_no_day(bank, until):
    with translation.override("en"), pytest.raises(Invalid, match="at least one day"):
        grant(bank, until=until)


def test_a_post_is_granted_once_from_a_day_and_again_from_another(bank):
    grant(bank)
    with translation.override("en"), pytest.raises(Invalid, match="already") as refused:
        grant(bank)
    assert (
        refused.value.details == {"field": "since"}
        and newest("foundation.post_granted")[0].data["since"] == "2026-12-01"
    )
    for other in ({"since": date(2026, 12, 2)}, {"role": "supervisor"}, {"where": "b02"}, {"person": "Omar"}):
        grant(bank, **other)


def test_ending_a_post_twice_on_a_day_is_told_once(bank):
    post = grant(bank)
    end(bank, post, date(2026, 12, 9))
    assert end(bank, post, date(2026, 12, 9)).until == date(2026, 12, 9)
    assert newest("foundation.post_ended")[1] == 1


def test_an_end_can_be_brought_forward_and_never_put_off(bank):
    """A later end would give rights back for days that are over."""
    post = grant(bank, until=date(2027, 1, 1))
    assert end(bank, post, date(2026, 12, 9)).until == date(2026, 12, 9)
    with translation.override("en"), pytest.raises(Invalid, match="ended earlier"):
        end(bank, post, date(2026, 12, 10))
    with unscoped("test"):
        assert Post.objects.get(pk=post.pk).until == date(2026, 12, 9)
    assert newest("foundation.post_ended")[1] == 1


@pytest.mark.parametrize("until", [None, date(2027, 1, 1)])
def test_a_granted_post_is_in_the_journal_with_its_dates(bank, until):
    grant(bank, until=until)
    entry, _count = newest("foundation.post_granted")
    assert entry.data == {
        "user": str(bank.people["Mei"].pk), "role": "teller", "since": "2026-12-01",
        "until": until.isoformat() if until else None,
    }  # fmt: skip


SPANS = st.lists(
    st.tuples(
        st.sampled_from([("teller", "b01"), ("supervisor", "b01"), ("teller", "b02"), ("regional_manager", "east")]),
        st.integers(0, 2),
        st.none() | st.integers(1, 2),
    ),
    max_size=5,
    unique_by=lambda span: span[:2],
)


def test_rights_are_those_of_the_posts_that_hold_on_the_day(bank):
    """Against a walk over the plain list of posts."""

    @settings(max_examples=30, deadline=None)
    @given(SPANS, st.integers(-1, 5))
    def agree(spans, offset):
        with transaction.atomic(), unscoped("test"):
            person = User.objects.create(staff_no="walker", name="Walker")
            for (role, where), begin, length in spans:
                since = DAY + timedelta(days=begin)
                until = None if length is None else since + timedelta(days=length)
                Post(org_unit=bank.units[where], user=person, role=role, since=since, until=until).save()
            day = DAY + timedelta(days=offset)
            held = {
                place
                for place, begin, length in spans
                if begin <= offset and (length is None or offset < begin + length)
            }
            noon = bank.now + timedelta(days=offset)
            for moment in (day, noon):
                assert access.roles_of(person, moment) == {role for role, _where in held}
                scope = access.scope_of(person, moment)
                assert all(scope.covers(bank.units[where].path) for _role, where in held)
                assert bool(scope.roots) is bool(held)
                assert scope.may("foundation.people.edit") is False
            transaction.set_rollback(True)

    agree()


def test_a_branch_is_found_by_its_code_inside_the_scope_only(bank):
    assert queries.branch(scope=bank.scope("Mei"), code="b01").pk == bank.b01.pk
    for code in ("b02", "east", "hq", "", "B01"):
        with translation.override("en"), pytest.raises(NotFound, match="no branch"):
            queries.branch(scope=bank.scope("Mei"), code=code)
    assert [unit.code for unit in queries.branches(scope=bank.scope("Rita"))] == ["b01", "b02"]


def test_colleagues_are_those_of_the_day_each_once_with_all_their_roles(bank):
    grant(bank, "lobby_manager", since=DAY, until=DAY + timedelta(days=1))
    for day, held in ((DAY - timedelta(days=1), 1), (DAY, 2), (DAY + timedelta(days=1), 1)):
        found = queries.colleagues(scope=bank.scope("Sun"), org_unit=bank.b01, on=day)
        assert [one.name for one in found] == ["Ada", "Mei", "Omar", "Sun"]
        assert len(found[1].roles) == held and found[1].branch_code == "b01"
    assert queries.colleagues(scope=bank.scope("Bo"), org_unit=bank.b01, on=DAY) == []


def test_colleagues_of_a_span_are_those_of_any_of_its_days(bank):
    grant(bank, "teller", "b02", since=DAY, until=DAY + timedelta(days=2))
    for since, until, there in ((-9, 0, False), (-9, 1, True), (1, 9, True), (2, 9, False)):
        span = {"on": DAY + timedelta(days=since), "until": DAY + timedelta(days=until)}
        found = queries.colleagues(scope=bank.scope("Bo"), org_unit=bank.b02, **span)
        assert ("Mei" in [one.name for one in found]) is there


def test_own_posts_are_told_newest_first_in_words(bank):
    grant(bank, "supervisor", "b02", since=date(2026, 3, 1), until=date(2026, 4, 1))
    with translation.override("en"):
        found = queries.own_posts(user=bank.people["Mei"])
    assert [(post.role, post.unit) for post in found] == [
        ("Operations supervisor", "\u89e3\u653e\u8def\u652f\u884c"), ("Teller", "\u4eba\u6c11\u8def\u652f\u884c"),
    ]  # fmt: skip


def test_a_scope_that_covers_the_place_is_needed_beside_the_right(bank):
    """A right at the root does not help inside a scope that does not reach there."""
    with scoped(bank.scope("Bo")), pytest.raises(ScopeError):
        actions.counter_create(scope=ROOT, now=bank.now, branch=bank.b01, number=60, kind="cash")
