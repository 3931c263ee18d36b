"""Reach: what a scope covers is what the database returns and what the plain meaning of the tree says."""

import threading
from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import access, roles
from counterpoint.foundation import scope as scopes
from counterpoint.foundation.checks import check_scoped_models
from counterpoint.foundation.errors import Forbidden
from counterpoint.foundation.models import Counter, OrgUnit, Post, User, Zone
from counterpoint.foundation.scope import Scope, ScopeError, minimal_roots, scoped, unscoped
from counterpoint.foundation.scoped_models import MARKER, unmarked_table

CODES = ["a", "b", "ab", "a-b", "a_b", "A", "a0"]  # neighbours of "/" in the order of bytes, and prefixes of each other
PATHS = st.lists(st.sampled_from(CODES), max_size=3).map(lambda codes: "/" + "".join(f"{code}/" for code in codes))
ROOTS = st.lists(PATHS, max_size=4).map(tuple)


def under(path, root):
    """The plain meaning, by codes instead of by letters."""
    own, above = path.strip("/").split("/"), root.strip("/").split("/")
    return root == "/" or own[: len(above)] == above


@given(ROOTS, PATHS)
def test_a_scope_covers_what_lies_under_one_of_its_roots(roots, path):
    assert Scope(None, roots).covers(path) is any(under(path, root) for root in roots)


@given(ROOTS, PATHS)
def test_roots_without_those_below_another_cover_the_same(roots, path):
    least = minimal_roots(roots)
    assert any(under(path, root) for root in least) is any(under(path, root) for root in roots)


@given(ROOTS)
def test_no_root_is_said_twice(roots):
    least = minimal_roots(roots)
    assert list(least) == sorted(set(least)) and minimal_roots(least) == least
    assert not any(one != other and under(one, other) for one in least for other in least)


@given(ROOTS, ROOTS, PATHS)
def test_more_roots_never_cover_less(roots, more, path):
    assert not Scope(None, roots).covers(path) or Scope(None, roots + more).covers(path)


def test_the_database_returns_what_the_scope_covers(bank):
    """The index range of the query against the walk over codes, on a tree of lookalikes."""
    with unscoped("test"):
        made = {"/": bank.hq}
        for path in ("/a/", "/a/b/", "/ab/", "/a-b/", "/a_b/", "/A/", "/a0/", "/a/ab/", "/b/"):
            row = OrgUnit(kind="region", code=f"x{len(made)}", name=path, parent=bank.hq)
            row.save()
            OrgUnit.objects.filter(pk=row.pk).update(path=path)
            made[path] = row
        tree = list(OrgUnit.objects.values_list("path", flat=True))

    @settings(max_examples=60)
    @given(ROOTS)
    def agree(roots):
        with scoped(Scope(None, roots)):
            found = set(OrgUnit.objects.values_list("path", flat=True))
        assert found == {path for path in tree if any(under(path, root) for root in roots)}

    agree()


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), PATHS), max_size=5), PATHS)
def test_a_verb_is_held_under_the_places_where_it_was_given(given_, path):
    grants = {}
    for verb, root in given_:
        grants[verb] = (*grants.get(verb, ()), root)
    scope = Scope(None, ("/",), grants)
    for verb in ("x", "y", "z"):
        held = [root for name, root in given_ if name == verb]
        assert scope.may(verb) is bool(held)
        assert scope.may(verb, path) is any(under(path, root) for root in held)


def test_a_refusal_names_the_right_and_says_who_can_help(bank):
    with pytest.raises(Forbidden) as refused:
        bank.scope("Mei").require("foundation.journal.view", bank.b01.path)
    assert (refused.value.status, refused.value.code) == (403, "forbidden")
    assert refused.value.details == {"verb": "foundation.journal.view"}
    assert "foundation.journal.view" in refused.value.message
    bank.scope("Sun").require("foundation.journal.view", bank.b01.path)


def test_what_a_scope_grants_cannot_be_changed_afterwards():
    given_ = {"x": ("/a/",)}
    scope = Scope(None, ("/a/",), given_)
    given_["y"] = ("/",)
    assert not scope.may("y")
    with pytest.raises(TypeError):
        scope.grants["y"] = ("/",)
    with pytest.raises(AttributeError):
        scope.roots = ("/",)


def test_scopes_nest_and_come_back_also_after_an_error():
    outer, inner = Scope(None, ("/a/",)), Scope(None, ("/a/b/",))
    assert scopes.active() is None and not scopes.is_unscoped()
    with scoped(outer):
        with scoped(inner) as given_:
            assert given_ is inner is scopes.current()
        with pytest.raises(KeyError), unscoped("test"):
            assert scopes.is_unscoped() and scopes.active() is None
            raise KeyError
        assert scopes.current() is outer is scopes.active()
    with pytest.raises(ScopeError, match="No scope is active"):
        scopes.current()


def test_a_lifted_scope_is_not_a_scope():
    with unscoped("test"), pytest.raises(ScopeError):
        scopes.current()
    with pytest.raises(ScopeError, match="why"), unscoped(""):
        pass


def test_another_thread_has_no_scope_of_ours():
    seen = []
    with scoped(Scope(None, ("/",))):
        thread = threading.Thread(target=lambda: seen.append(scopes.active()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_what_the_middleware_activates_it_takes_back():
    scope = Scope(None, ("/a/",))
    outer = scopes.activate(scope)
    inner = scopes.activate(None)
    assert scopes.active() is None
    scopes.deactivate(inner)
    assert scopes.current() is scope
    scopes.deactivate(outer)
    assert scopes.active() is None


def writes(bank, unit):
    """Every way to write a row of a unit."""
    with unscoped("test"):
        there = Counter.objects.filter(org_unit=unit).select_related("org_unit").order_by("number").first()
    fresh = {"org_unit": unit, "number": 77, "kind": "cash"}
    return {
        "save": lambda: Counter(**fresh).save(),
        "save again": there.save,
        "create": lambda: Counter.objects.create(**fresh),
        "get or create": lambda: Counter.objects.get_or_create(**fresh),
        "update or create": lambda: Counter.objects.update_or_create(org_unit=unit, number=78, defaults=fresh),
        "bulk": lambda: Counter.objects.bulk_create([Counter(**fresh)]),
        "delete": there.delete,
    }


WAYS = ["save", "save again", "create", "get or create", "update or create", "bulk", "delete"]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_writing_reaches_another_branch(bank, way):
    act = writes(bank, bank.b03)[way]
    with scoped(bank.scope("Sun")), pytest.raises(ScopeError, match="outside"):
        act()
    with pytest.raises(ScopeError, match="No scope"):
        act()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_writing_works_at_the_own_branch_and_stamps_its_path(bank, way):
    with scoped(bank.scope("Sun")):
        writes(bank, bank.b01)[way]()
        assert set(Counter.objects.values_list("org_path", flat=True)) == {bank.b01.path}
        assert Counter.objects.count() == {"save again": 4, "delete": 3}.get(way, 5)
        assert scopes.active() is not None


def test_a_row_given_to_another_unit_is_a_write_there(bank):
    with scoped(bank.scope("Sun")):
        row = Counter.objects.order_by("number").first()
        row.org_unit = bank.b02
        with pytest.raises(ScopeError):
            row.save()


def test_a_forged_path_is_overwritten_when_the_row_is_saved(bank):
    with scoped(bank.scope("Sun")):
        row = Counter(org_unit=bank.b01, number=70, kind="cash", org_path="/hq/west/b03/")
        row.save()
        assert Counter.objects.get(number=70).org_path == bank.b01.path


def test_an_empty_scope_sees_nothing_and_an_error_is_not_nothing(bank):
    with scoped(Scope(None, ())):
        assert not OrgUnit.objects.exists() and Counter.objects.count() == 0


def test_a_lookup_by_related_rows_stays_inside(bank):
    """A zone of the own branch does not lead to counters elsewhere, nor does a union."""
    with scoped(bank.scope("Rita")):
        inside = Counter.objects.filter(number=1)
        assert inside.count() == 2
        assert inside.order_by().union(Counter.objects.filter(number=2).order_by()).count() == 4
        assert Zone.objects.filter(counters__number=1).count() == 0
        assert {row["org_unit__code"] for row in inside.values("org_unit__code")} == {"b01", "b02"}


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ('SELECT 1 FROM "foundation_counter"', "foundation_counter"),
        ("select 1 from foundation_counter c", "foundation_counter"),
        ("SELECT 1 FROM\n\t foundation_counter", "foundation_counter"),
        ('SELECT 1 FROM x LEFT OUTER JOIN "foundation_zone" ON 1=1', "foundation_zone"),
        ("  DELETE FROM foundation_post WHERE 1=1", "foundation_post"),
        ('WITH t AS (SELECT 1 FROM "foundation_message") SELECT 1', "foundation_message"),
        (f'SELECT 1 FROM "foundation_counter" WHERE (1=0){MARKER}', None),
        ('INSERT INTO "foundation_counter" VALUES (1)', None),
        ('CREATE TABLE "foundation_counter" (x)', None),
        ('ALTER TABLE "foundation_counter" ADD x', None),
        ('DROP TABLE "foundation_counter"', None),
        ("SELECT 1 FROM foundation_user", None),
        ("SELECT 1 FROM foundation_counters", None),
        ("SELECT 1 FROM my_foundation_counter", None),
        ("SELECT 'FROM' || foundation_counter", None),
    ],
)
def test_the_tap_tells_scoped_tables_from_others(sql, table):
    assert unmarked_table(sql) == table


def test_a_lifted_scope_passes_the_tap_and_an_active_one_does_not(bank):
    with connection.cursor() as cursor:
        with unscoped("test"):
            cursor.execute('SELECT count(*) FROM "foundation_counter"')
            assert cursor.fetchone()[0] == 12
        for scope in (None, Scope(None, ("/",))):
            token = scopes.activate(scope)
            with pytest.raises(ScopeError, match="foundation_counter"):
                cursor.execute('SELECT count(*) FROM "foundation_counter"')
            scopes.deactivate(token)


def test_a_model_that_loses_its_scoped_manager_is_an_error_at_start(monkeypatch):
    assert check_scoped_models() == []
    monkeypatch.setattr(Counter._meta, "base_manager_name", None)
    (error,) = check_scoped_models()
    assert error.id == "counterpoint.E010" and "foundation.Counter" in error.msg


def test_a_verb_given_to_nobody_known_is_refused_when_it_is_declared(monkeypatch):
    monkeypatch.setattr(roles, "_verbs", {})
    with pytest.raises(ValueError, match=r"room\.x\.y is given to unknown roles \['cashier'\]"):
        roles.declare({"room.x.y": {"teller", "cashier"}})
    roles.declare({"room.x.y": {"teller"}, "room.a.b": set()})
    assert roles.verbs_of("teller") == {"room.x.y"} and roles.verbs_of("nobody") == frozenset()
    assert list(roles.table()) == ["room.a.b", "room.x.y"] and not roles.declared("room.c.d")


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_what_a_person_may_is_exactly_what_the_table_gives_the_role(bank, role):
    with unscoped("test"):
        person = User.objects.create(staff_no="new", name="New")
        Post(org_unit=bank.b02, user=person, role=role, since=date(2026, 1, 1)).save()
    scope = access.scope_of(person, bank.now)
    assert scope.roots == (bank.b02.path,)
    assert set(scope.grants) == {verb for verb, holders in roles.table().items() if role in holders}
    assert set(scope.grants.values()) <= {(bank.b02.path,)}
    assert access.needs_second_factor(person, bank.now) is roles.ROLES[role].second_factor
