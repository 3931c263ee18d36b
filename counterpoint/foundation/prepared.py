"""Statements that are asked all day, built once: Django's own SQL of a queryset is kept with the connection, and each
asking only binds its values. For the few that every request asks; building costs more than the database does.

    held = Prepared(lambda unit, refs: VendorEvent.objects.filter(org_unit=unit, ref__in=refs))
    held.rows(branch, ["t1", "t2"])

A statement is as scoped as its queryset: the scope's roots are values like others, bound anew at each asking.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.expressions import Expression, ExpressionList
from django.db.models.lookups import Lookup
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLInsertCompiler
from django.db.models.sql.constants import ROW_COUNT
from django.db.models.sql.where import WhereNode

from counterpoint.foundation import scope as scopes

R = TypeVar("R")
KEPT = 2048  # statements of one connection; then it begins anew
ROOT = "/\x00{:04d}/"  # stands for a root of the scope while a statement is built; no path holds the zero byte
Statement = tuple[str, tuple[Any, ...]]
NOTHING = type(None)
AS_IT_IS: dict[type, frozenset[type]] = {  # values that these fields hand to every database as they are
    models.CharField: frozenset({str, NOTHING}),
    models.SlugField: frozenset({str, NOTHING}),
    models.TextField: frozenset({str, NOTHING}),
    models.BooleanField: frozenset({bool, NOTHING}),
    models.IntegerField: frozenset({NOTHING}),
    models.PositiveIntegerField: frozenset({NOTHING}),
    models.PositiveSmallIntegerField: frozenset({NOTHING}),
    models.ForeignKey: frozenset({NOTHING}),
    models.UUIDField: frozenset({NOTHING}),
}


class Place(Expression):
    """Where a value of each asking will stand. `part` counts the values of a list."""

    def __init__(self, number: int, part: int | None = None) -> None:
        super().__init__()
        self.number, self.part = number, part
        self.target: models.Field[Any, Any] | None = None

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A placeholder, and this place as what has to be put there."""
        return "%s", (self,)

    def value(self, given: Sequence[Any], connection: Any) -> Any:
        """What the database is handed for it."""
        value = given[self.number] if self.part is None else given[self.number][self.part]
        if isinstance(value, models.Model):
            value = value.pk
        return value if self.target is None else self.target.get_db_prep_value(value, connection=connection)


class _Root:
    """Where a root of the asking scope will stand, or the end of its range."""

    def __init__(self, number: int, end: str) -> None:
        self.number, self.end = number, end

    def of(self, roots: Sequence[str]) -> str:
        """What the database is handed for it: ``/a/`` or, just behind all below it, ``/a0``."""
        return roots[self.number][:-1] + self.end


def _marks(count: int) -> dict[str, _Root]:
    """What stands in a statement for the roots while it is built."""
    return {ROOT.format(number)[:-1] + end: _Root(number, end) for number in range(count) for end in "/0"}


class _Kept:
    """A statement for one connection and one shape of its values and scope."""

    def __init__(self, rows: Any, compiler: Any, connection: Any, roots: int) -> None:
        self._rows, self._compiler, self._connection = rows, compiler, connection
        _learn_fields(rows.query.where)
        self._sql, params = compiler.as_sql()
        marks = _marks(roots)
        self._params = [marks.get(one, one) if isinstance(one, str) else one for one in params]
        compiler.as_sql = self._bound_sql
        self._bound: Statement = ("", ())
        if not isinstance(rows.query, UpdateQuery):
            converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
            compiler.get_converters = lambda _fields: converters
            rows.query.get_compiler = lambda *_args, **_named: compiler

    def bind(self, given: Sequence[Any], roots: Sequence[str]) -> None:
        """Put these values and roots where they belong."""
        bound = []
        for one in self._params:
            if isinstance(one, Place):
                bound.append(one.value(given, self._connection))
            else:
                bound.append(one.of(roots) if isinstance(one, _Root) else one)
        self._bound = self._sql, tuple(bound)

    def _bound_sql(self, *_args: Any, **_named: Any) -> Statement:
        return self._bound

    def rows(self) -> list[Any]:
        """What the database answers, as the queryset would give it."""
        return list(self._rows._iterable_class(self._rows))

    def write(self) -> int:
        """Rows that were changed."""
        return int(self._compiler.execute_sql(ROW_COUNT))


def _learn_fields(where: WhereNode) -> None:
    """Each place of a condition becomes what the field it is compared with makes of a value."""
    for node in where.children:
        if isinstance(node, WhereNode):
            _learn_fields(node)
        elif isinstance(node, Lookup):
            for one in node.rhs.get_source_expressions() if isinstance(node.rhs, ExpressionList) else (node.rhs,):
                if isinstance(one, Place):
                    one.target = node.lhs.output_field


class _Prepared:
    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build

    def _compiler(self, built: Any, connection: Any) -> tuple[Any, Any]:
        raise NotImplementedError

    def _kept(self, given: Sequence[Any]) -> _Kept:
        """The statement bound to these values; a tuple among them is a list to look in, and holds something."""
        connection = connections[DEFAULT_DB_ALIAS]
        active = scopes.active()
        roots = active.roots if active else None
        lifted = scopes.is_unscoped(), scopes.leaves_practice_out()
        reach = len(roots) if roots is not None else None
        shape = (self, lifted, reach, *(len(one) if isinstance(one, tuple) else None for one in given))
        held = vars(connection).setdefault("counterpoint_prepared", {})
        kept: _Kept | None = held.get(shape)
        if kept is None:
            if len(held) >= KEPT:
                held.clear()
            kept = held[shape] = self._made(given, reach, connection)
        kept.bind(given, roots or ())
        return kept

    def _made(self, given: Sequence[Any], roots: int | None, connection: Any) -> _Kept:
        places = [
            [Place(number, part) for part in range(len(one))] if isinstance(one, tuple) else Place(number)
            for number, one in enumerate(given)
        ]
        if roots is None:
            return _Kept(*self._compiler(self._build(*places), connection), connection, 0)
        with scopes.scoped(scopes.Scope(None, tuple(ROOT.format(number) for number in range(roots)))):
            return _Kept(*self._compiler(self._build(*places), connection), connection, roots)


class Prepared(_Prepared, Generic[R]):
    """A queryset whose SQL is built once. `build` gets a place for each value; lists go to `__in`."""

    def __init__(self, build: "Callable[..., models.QuerySet[Any, R]]") -> None:
        super().__init__(build)

    def rows(self, *given: Any) -> list[R]:
        """What the queryset gives for these values: rows, tuples or single values. An empty list finds nothing."""
        values = [_padded(one) if isinstance(one, (list, tuple, set, frozenset)) else one for one in given]
        return [] if () in values else self._kept(values).rows()

    def first(self, *given: Any) -> R | None:
        """The first of the rows; the queryset says how many it asks for."""
        return next(iter(self.rows(*given)), None)

    def _compiler(self, built: Any, connection: Any) -> tuple[Any, Any]:
        return built, built.query.get_compiler(connection=connection)


class PreparedUpdate(_Prepared):
    """An update whose SQL is built once. `build` gets a place for each value and answers which rows, and what becomes
    of them by field."""

    def __init__(self, build: "Callable[..., tuple[models.QuerySet[Any], dict[str, Any]]]") -> None:
        super().__init__(build)

    def __call__(self, *given: Any) -> int:
        """Change them; returns how many there were."""
        return self._kept(given).write()

    def _compiler(self, built: Any, connection: Any) -> tuple[Any, Any]:
        rows, changes = built
        rows.query = rows.query.chain(UpdateQuery)
        rows.query.add_update_values(changes)
        for field, _model, value in rows.query.values:
            if isinstance(value, Place):
                value.target = field
        return rows, rows.query.get_compiler(connection=connection)


def _padded(values: Iterable[Any]) -> tuple[Any, ...]:
    """The values, the last again until their number is a power of two: few shapes serve any number of them."""
    found = tuple(dict.fromkeys(values))
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found)) if found else ()


class _InsertOne(SQLInsertCompiler):
    """Django's insert of one row, whose text is made once for a model and the columns given."""

    def as_sql(self) -> list[Statement]:  # type: ignore[override]
        query, row = self.query, self.query.objs[0]
        values = []
        for field in query.fields:
            value = self.value(field, row)
            if hasattr(value, "as_sql"):
                return [(str(sql), tuple(params)) for sql, params in super().as_sql()]
            values.append(value)
        held = vars(self.connection).setdefault("counterpoint_prepared", {})
        shape = (query.model, tuple(query.fields), tuple(self.returning_fields or ()))
        if shape not in held:
            held[shape] = super().as_sql()[0][0]
        return [(held[shape], tuple(values))]

    def value(self, field: Any, row: Any) -> Any:
        """What the database is handed for a field of the row."""
        value = getattr(row, field.attname)
        if type(value) in AS_IT_IS.get(type(field), ()):
            return value
        return self.prepare_value(field, self.pre_save_val(field, row))


class InsertsOnce:
    """For a queryset: single rows are inserted by a text that was made once."""

    def _insert(self, objs: Sequence[Any], fields: Sequence[Any], *args: Any, **named: Any) -> Any:
        plain = not args and len(objs) == 1 and fields and not any(named.get(key) for key in ("on_conflict", "raw"))
        if not plain:
            return super()._insert(objs, fields, *args, **named)  # type: ignore[misc]
        using = named.get("using") or self.db  # type: ignore[attr-defined]
        query = InsertQuery(self.model)  # type: ignore[attr-defined]
        query.insert_values(fields, list(objs))
        return _InsertOne(query, connections[using], using).execute_sql(named.get("returning_fields"))

    _insert.alters_data = True  # type: ignore[attr-defined]
    _insert.queryset_only = False  # type: ignore[attr-defined]
