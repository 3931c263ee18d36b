"""Statements built once say what Django's own would, and never what another caller's scope would."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.models import F
from django.db.models.functions import Greatest
from django.db.models.sql import InsertQuery
from django.db.models.sql.compiler import SQLInsertCompiler
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.models import Counter, DeviceKey, JournalHead, OrgUnit
from counterpoint.foundation.prepared import Prepared, PreparedUpdate, _InsertOne, _padded
from counterpoint.foundation.scope import Scope, ScopeError, scoped, unscoped
from counterpoint.foundation.scoped_models import scoped_models

COUNTERS = Prepared(lambda: Counter.objects.select_related("org_unit").order_by("pk"))
NUMBERED = Prepared(lambda branch, numbers: Counter.objects.filter(org_unit=branch, number__in=numbers))
KINDS = Prepared(lambda kind: Counter.objects.filter(kind=kind).order_by("pk").values_list("number", flat=True))
RAISED = PreparedUpdate(
    lambda number, least: (Counter.objects.filter(number=number), {"number": Greatest(F("number"), least)})
)
NAMED = PreparedUpdate(lambda number, name: (Counter.objects.filter(number=number), {"name": name}))


def _codes(rows):
    return {row.org_unit.code for row in rows}


def test_each_caller_gets_the_own_rows_of_the_one_statement(bank):
    for _round in range(2):
        with scoped(bank.scope("Mei")):
            assert _codes(COUNTERS.rows()) == {"b01"}
        with scoped(bank.scope("Stranger")):
            assert _codes(COUNTERS.rows()) == {"b03"}
        with scoped(bank.scope("Hana")):
            assert COUNTERS.rows() == list(Counter.objects.order_by("pk"))
        with scoped(Scope(None, (bank.b01.path, bank.b03.path))):
            assert _codes(COUNTERS.rows()) == {"b01", "b03"}
        with scoped(Scope(None, ())):
            assert COUNTERS.rows() == []
        with pytest.raises(ScopeError):
            COUNTERS.rows()
        with unscoped("test looks at all branches"):
            assert len(COUNTERS.rows()) == Counter.objects.count()


def test_housekeeping_leaves_the_practice_tree_out_unless_it_names_it(bank):
    units = Prepared(lambda: OrgUnit.objects.values_list("path", flat=True))
    world = OrgUnit(kind="practice", code="practice", name="p")
    with unscoped("test makes a place of practice", practice=True):
        OrgUnit.objects.bulk_create([world])
        assert "~/" in units.rows()
    with unscoped("test looks at the bank"):
        assert "~/" not in units.rows()


def test_an_update_reaches_only_the_callers_rows(bank):
    with scoped(bank.scope("Mei")):
        assert NAMED(1, "mine") == 1
    with scoped(bank.scope("Stranger")):
        assert NAMED(1, "theirs") == 1
    with unscoped("test looks at all branches"):
        names = {c.org_unit.code: c.name for c in Counter.objects.select_related("org_unit").filter(number=1)}
    assert names["b01"] == "mine" and names["b03"] == "theirs" and set(names.values()) == {"mine", "theirs", ""}


def test_an_update_may_hold_an_expression_and_a_null(bank):
    with scoped(bank.scope("Mei")):
        assert RAISED(1, 40) == 1 and Counter.objects.filter(number=40).exists()
        assert RAISED(40, 2) == 1 and Counter.objects.filter(number=40).exists()
    ended = PreparedUpdate(
        lambda until, verbs, name: (DeviceKey.objects.filter(name=name), {"revoked_at": until, "verbs": verbs})
    )
    with scoped(bank.scope("Hana")):
        DeviceKey(org_unit=bank.b01, name="d", prefix="p", digest="d").save(force_insert=True)
        now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        for until, verbs in ((now, ["onsite.events"]), (None, [])):
            assert ended(until, verbs, "d") == 1
            row = DeviceKey.objects.get(name="d")
            assert (row.revoked_at, row.verbs) == (until, verbs)


def test_lists_of_any_length_find_what_a_queryset_finds(bank):
    with scoped(bank.scope("Hana")):
        for numbers in ([], [1], [1, 2], [3, 1, 3], range(1, 8), {2, 9}):
            asked = list(numbers)
            assert set(NUMBERED.rows(bank.b01, asked)) == set(
                Counter.objects.filter(org_unit=bank.b01, number__in=asked)
            )
        assert NUMBERED.first(bank.b01, [99]) is None


@given(st.lists(st.integers(0, 30), max_size=40))
def test_a_list_is_filled_up_to_a_power_of_two_with_what_it_holds(values):
    padded = _padded(values)
    assert set(padded) == set(values) and padded[: len(set(values))] == tuple(dict.fromkeys(values))
    assert len(padded) & (len(padded) - 1) == 0 and len(padded) < 2 * max(1, len(set(values)))


def test_a_statement_is_built_once_for_all_values_and_callers(bank):
    built = []
    kinds = Prepared(
        lambda kind: built.append(kind) or Counter.objects.filter(kind=kind).values_list("number", flat=True)
    )
    for name in ("Mei", "Stranger", "Rita"):
        with scoped(bank.scope(name)):
            for kind in ("cash", "wealth", "cash"):
                assert sorted(kinds.rows(kind)) == sorted(
                    Counter.objects.filter(kind=kind).values_list("number", flat=True)
                )
    assert len(built) == 1


def test_single_values_come_as_the_queryset_gives_them(bank):
    with scoped(bank.scope("Mei")):
        assert KINDS.rows("cash") == list(
            Counter.objects.filter(kind="cash").order_by("pk").values_list("number", flat=True)
        )
        assert KINDS.rows("none such") == []


def test_a_locked_row_is_locked_where_the_database_can(bank):
    head = Prepared(lambda unit: JournalHead.objects.select_for_update().filter(pk=unit))
    with scoped(bank.scope("Hana")), CaptureQueriesContext(connection) as asked:
        assert head.first(bank.b01.pk) == JournalHead.objects.filter(pk=bank.b01.pk).first()
    assert ("FOR UPDATE" in asked[0]["sql"]) is connection.features.has_select_for_update


def _insert(compiler, model, fields, returning):
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    made = compiler(query, connection, "default")
    made.returning_fields = returning
    return made.as_sql()


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_an_insert_is_djangos_own_also_the_second_time(model, db):
    key, columns = model._meta.pk, list(model._meta.local_concrete_fields)
    given_or_not = [f for f in columns if f is not key]
    for fields, returning in ((given_or_not, [key]), (columns, [key]), (columns, []), (given_or_not, [])):
        plain = connection.ops.compiler("SQLInsertCompiler")
        for _round in range(2):
            ((sql, params),) = _insert(_InsertOne, model, fields, returning)
            ((own, values),) = _insert(plain, model, fields, returning)
            assert sql == own and len(params) == len(values) == sql.count("%s")
    assert issubclass(plain, SQLInsertCompiler)


def test_single_rows_and_batches_are_kept_alike(bank):
    with scoped(bank.scope("Hana")):
        one = Counter(org_unit=bank.b02, number=71, kind="cash")
        one.save(force_insert=True)
        two, three = Counter.objects.bulk_create([Counter(org_unit=bank.b02, number=n, kind="cash") for n in (72, 73)])
        alone = Counter.objects.bulk_create([Counter(org_unit=bank.b02, number=74, kind="cash")])[0]
        assert {row.number for row in Counter.objects.filter(pk__in=[r.pk for r in (one, two, three, alone)])} == {
            71, 72, 73, 74,
        }  # fmt: skip


@pytest.mark.parametrize("model", scoped_models(), ids=lambda model: model._meta.label)
def test_a_value_is_handed_over_as_django_would(model, db):
    """Also where it is handed over as it is: truth values, numbers, text, choices, in whatever field takes them."""
    query, row = InsertQuery(model), model()
    query.insert_values([], [row])
    compiler = _InsertOne(query, connection, "default")
    for field in model._meta.local_concrete_fields:
        for value in ("", "文 text", 0, 7, -3, True, False, None, OrgUnit.Kind.BRANCH):
            setattr(row, field.attname, value)
            assert _told(compiler.value, field, row) == _told(_plainly(compiler), field, row), (field, value)


def _plainly(compiler):
    return lambda field, row: compiler.prepare_value(field, compiler.pre_save_val(field, row))


def _told(ready, field, row):
    try:
        value = ready(field, row)
    except Exception as refused:
        return type(refused), str(refused)
    return type(value), getattr(value, "obj", value)  # JSON comes wrapped to PostgreSQL


def test_a_statement_is_read_for_the_embedded_database_as_django_reads_it(db):
    if connection.vendor != "sqlite":
        pytest.skip("the other database reads statements itself")
    for text in ("SELECT %s, '%%', %s", "SELECT 1", "%s" * 3000, "SELECT '100%%' || %s"):
        with connection.cursor() as cursor:
            own = SQLiteCursorWrapper.convert_query(cursor.cursor, text)
            assert cursor.cursor.convert_query(text) == own == cursor.cursor.convert_query(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %(two)s || %(one)s || '%%'", {"one": "1", "two": "2"})
        assert cursor.fetchone() == ("21%",)
