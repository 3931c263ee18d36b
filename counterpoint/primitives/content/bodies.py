"""From a body of YAML to its frozen dataclass: validation by the type, schema from the type, errors in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from counterpoint.foundation.api import schema_words
from counterpoint.primitives.content.types import CLOCK
from counterpoint.primitives.content.yaml_text import plain

CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False)
MISSING = frozenset({"missing", "missing_argument"})
FILLABLE = MISSING | {"value_error"}


@dataclass(frozen=True)
class BodyProblem:
    """What is wrong with one field: its path (`levels.0.slug`, empty for the whole body), and what is allowed;
    `fillable` when a form can show it: nothing stands there, or what stands there breaks a rule."""

    field: str
    text: str
    fillable: bool = False

    def __str__(self) -> str:
        return f"{self.field}: {self.text}" if self.field else self.text


class BodyError(ValueError):
    """A body breaks its type; `problems` name the fields."""

    def __init__(self, problems: tuple[BodyProblem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def read_as(body_type: Any, body: dict[str, Any]) -> Any:
    """An instance of the type. Raises `BodyError`."""
    data = plain(body)
    try:
        (value,) = _adapter(body_type).validate_json(_json([data]), strict=True)
    except ValidationError as wrong:
        raise BodyError(_problems(body_type, data, wrong.errors(include_url=False))) from None
    return value


def schema_of(body_type: Any) -> dict[str, Any]:
    """JSON schema (draft 2020-12) of the type's bodies."""
    whole = _adapter(body_type).json_schema(by_alias=True)
    definitions = dict(whole.get("$defs", {}))
    own = whole["items"]
    if "$ref" in own:
        own = definitions.pop(_ref(own)) if not _refers(definitions, _ref(own)) else definitions[_ref(own)]
    return {**own, **({"$defs": definitions} if definitions else {})}


def takes_key(body_type: Any) -> bool:
    """Whether the type wants the item's key among its fields."""
    return is_dataclass(body_type) and any(one.name == "key" for one in fields(body_type))


def in_order(schema: dict[str, Any], body: Any) -> Any:
    """The body with its fields in the order of the schema, so that texts of two versions can be compared."""
    return _ordered(schema, schema, body)


def _ordered(schema: dict[str, Any], node: dict[str, Any], value: Any) -> Any:
    if isinstance(value, dict):
        own: dict[str, Any] = {}
        rest: Any = {}
        for found in _at(schema, node, ()):
            own |= found.get("properties", {})
            rest = rest or found.get("additionalProperties") or {}
        names = [*(name for name in own if name in value), *(name for name in value if name not in own)]
        inner = rest if isinstance(rest, dict) else {}
        return {name: _ordered(schema, own.get(name, inner), value[name]) for name in names}
    if isinstance(value, list):
        inner = next((found["items"] for found in _at(schema, node, ()) if isinstance(found.get("items"), dict)), {})
        return [_ordered(schema, inner, one) for one in value]
    return value


@lru_cache(maxsize=256)
def _adapter(body_type: Any) -> TypeAdapter[list[Any]]:
    """A list of one, because a plain dataclass takes its configuration only from what stands around it."""
    return TypeAdapter(list[body_type], config=CONFIG)


def _json(data: Any) -> str:
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as wrong:
        raise BodyError((BodyProblem("", str(wrong)),)) from None


def _ref(node: dict[str, Any]) -> str:
    return str(node["$ref"]).rsplit("/", 1)[-1]


def _refers(node: Any, name: str) -> bool:
    """Whether a definition is used inside the schema itself."""
    if isinstance(node, dict):
        return (("$ref" in node) and _ref(node) == name) or any(_refers(value, name) for value in node.values())
    return isinstance(node, list) and any(_refers(value, name) for value in node)


def _problems(body_type: Any, data: Any, errors: list[ErrorDetails]) -> tuple[BodyProblem, ...]:
    """One problem a field: the alternatives of a field that may be of several types are told together."""
    schema = schema_of(body_type)
    told: dict[str, list[str]] = {}
    lost = set()
    for error in errors:
        path = tuple(_path(data, error["loc"][1:]))
        text = _said(error, schema, path)
        place = ".".join(str(part) for part in path)
        held = told.setdefault(place, [])
        if error["type"] not in FILLABLE:
            lost.add(place)
        if text not in held:
            held.append(text)
    return tuple(BodyProblem(place, _(" or ").join(texts), place not in lost) for place, texts in told.items())


def _path(data: Any, loc: tuple[int | str, ...]) -> Iterator[int | str]:
    """The places of the data that a location names, without the tags of alternatives."""
    node: Any = data
    for index, part in enumerate(loc):
        if isinstance(node, dict) and part in node:
            node = node[part]
        elif isinstance(node, list) and isinstance(part, int):
            node = node[part] if part < len(node) else None
        elif not isinstance(node, dict) or index < len(loc) - 1 or _is_tag(part):
            continue
        yield part


def _is_tag(part: int | str) -> bool:
    """Whether a last place is the name of an alternative (`int`, `dict[str,float]`) and no missing or unknown field."""
    return isinstance(part, int) or "[" in part or part in {"int", "float", "str", "bool", "none"}


def _said(error: ErrorDetails, schema: dict[str, Any], path: tuple[int | str, ...]) -> str:
    if error.get("ctx", {}).get("pattern") == CLOCK:
        error = error | {"type": "time_parsing"}
    return schema_words.said(error, _known(schema, path[:-1]) if error["type"] in schema_words.UNKNOWN else ())


def _known(schema: dict[str, Any], path: tuple[int | str, ...]) -> list[str]:
    """Names of the fields at a place of the schema."""
    found: list[str] = []
    for node in _at(schema, schema, path):
        found += [name for name in node.get("properties", {}) if name not in found and not (not path and name == "key")]
    return found


def _at(schema: dict[str, Any], node: dict[str, Any], path: tuple[int | str, ...]) -> Iterator[dict[str, Any]]:
    """The schema nodes that a path of the data may mean."""
    if "$ref" in node:
        node = schema.get("$defs", {}).get(_ref(node), schema)
    for choice in node.get("anyOf", node.get("oneOf", ())):
        yield from _at(schema, choice, path)
    if not path:
        yield node
        return
    part, rest = path[0], path[1:]
    if isinstance(part, int):
        inner = node.get("prefixItems", [])[part : part + 1] or [node.get("items")]
        deeper = inner[0]
    else:
        deeper = node.get("properties", {}).get(part) or node.get("additionalProperties")
    if isinstance(deeper, dict):
        yield from _at(schema, deeper, rest)
