"""A form from a JSON schema, and the body back from what was posted. Works without scripts: rows are added and removed
by buttons that send the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.primitives.content import yaml_text
from counterpoint.primitives.content.types import LANGUAGES

HAS = "~has"  # the tick of an optional group
SEP = "."
LISTS = frozenset({"rows", "map", "lines", "choices"})
MOST_FIELDS = 400  # Django takes 500 in one form; what is larger is edited as YAML

Schema = Mapping[str, Any]
Words = Callable[[str, str], str]


class Pairs(list[tuple[str, Any]]):
    """A map while it is edited: its keys may be empty or stand twice."""


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `name` is its name in the form, `place` that in the body, as problems name it."""

    name: str
    place: str
    label: str
    widget: str
    required: bool = False
    value: str = ""
    checked: bool = False
    options: tuple[tuple[str, str, bool], ...] = ()
    parts: tuple[Field, ...] = ()
    rows: tuple[tuple[int, Field], ...] = ()
    low: Any = None
    high: Any = None
    errors: tuple[str, ...] = ()
    known: bool = True
    may_lack: bool = False  # a list that may be empty or not there at all: two different things

    @property
    def id(self) -> str:
        """For labels."""
        return "f-" + self.name.replace(SEP, "-")

    @property
    def count(self) -> int:
        """Inputs that it sends."""
        inner = sum(part.count for part in (*self.parts, *(row for _n, row in self.rows)))
        return inner + max(1, len(self.options) if self.widget == "choices" else 1)


@dataclass(frozen=True)
class Form:
    """The form of a kind: its schema, words for fields and values, and what is wrong by place."""

    schema: Schema
    words: Words
    problems: Mapping[str, tuple[str, ...]]

    def fields(self, body: Mapping[str, Any]) -> tuple[Field, ...]:
        """The fields filled with a body."""
        return self._properties(self.schema, body, "", "")

    def read(self, post: Mapping[str, Any], many: Callable[[str], Sequence[str]]) -> dict[str, Any]:
        """The body as posted, maps as `Pairs`; what cannot be read stays text, so that the type refuses it by name."""
        return self._read_group(self.schema, "", post, many)

    # building

    def _properties(self, schema: Schema, value: Any, name: str, place: str) -> tuple[Field, ...]:
        held = value if isinstance(value, Mapping) else {}
        needed = schema.get("required", ())
        return tuple(
            self._field(
                node, held.get(key, node.get("default")), _under(name, key), _under(place, key), key, key in needed
            )
            for key, node in schema.get("properties", {}).items()
        )

    def _field(self, node: Schema, value: Any, name: str, place: str, key: str, required: bool) -> Field:
        node, optional = self._plain(node)
        label = self.words(key, "")
        base: dict[str, Any] = {
            "name": name, "place": place, "label": label or key, "known": bool(label),
            "required": required and not optional, "errors": self.problems.get(place, ()),
        }  # fmt: skip
        widget = self.widget(node)
        build = getattr(self, f"_build_{widget}", None)
        if build is not None:
            more: dict[str, Any] = build(node, value, name, place, key)
        else:
            more = {"value": _shown(value, widget), "low": node.get("minimum"), "high": node.get("maximum")}
        if optional and widget in LISTS:
            more = {**more, "checked": value is not None, "may_lack": True}
        if widget == "group" and optional:
            more = {**more, "checked": value is not None}
            widget = "optional"
        return Field(widget=widget, **{**base, **more})

    def _build_group(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        return {"parts": self._properties(node, value, name, place)}

    def _build_lines(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        inner = self.widget(self._plain(node["items"])[0])
        lines = [_shown(one, inner) for one in value] if isinstance(value, list | tuple) else [_shown(value, "text")]
        return {"value": "\n".join(lines)}

    def _build_names(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        held = value if isinstance(value, Mapping) else {}
        titles = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}
        parts = tuple(
            Field(
                _under(name, lang),
                _under(place, lang),
                titles[lang],
                "text",
                lang == "zh-hans",
                _shown(held.get(lang), "text"),
            )
            for lang in LANGUAGES
        )
        return {"parts": parts}

    def _build_rows(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        inner = self._plain(node["items"])[0]
        rows = []
        for n, row in enumerate(value if isinstance(value, list | tuple) else []):
            here, there = _under(name, n), _under(place, n)
            parts, errors = self._properties(inner, row, here, there), self.problems.get(there, ())
            rows.append((n, Field(here, there, "", "row", parts=parts, errors=errors)))
        return {"rows": tuple(rows)}

    def _build_map(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        inner = node.get("additionalProperties")
        pairs = value if isinstance(value, Pairs) else list(value.items()) if isinstance(value, Mapping) else []
        rows = []
        for n, (own, held) in enumerate(pairs):
            here = _under(name, n)
            first = Field(_under(here, "key"), _under(place, own), _("Key"), "text", True, str(own))
            schema = inner if isinstance(inner, Mapping) else {}
            second = self._field(schema, held, _under(here, "value"), _under(place, own), key, True)
            rows.append((n, Field(here, _under(place, own), "", "row", parts=(first, second))))
        return {"rows": tuple(rows)}

    def _build_tuple(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        held = list(value) if isinstance(value, list | tuple) else []
        parts = tuple(
            Field(_under(name, n), _under(place, n), str(n + 1), self.widget(self._plain(one)[0]), True,
                  _shown(held[n] if n < len(held) else None, "number"))
            for n, one in enumerate(node["prefixItems"])
        )  # fmt: skip
        return {"parts": parts}

    def _build_choice(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        allowed = node.get("enum", [node.get("const")])
        return {"options": tuple((str(one), self.words(key, str(one)) or str(one), one == value) for one in allowed)}

    def _build_choices(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        held = list(value) if isinstance(value, list | tuple) else []
        allowed = self._plain(node["items"])[0]["enum"]
        return {"options": tuple((str(one), self.words(key, str(one)) or str(one), one in held) for one in allowed)}

    def _build_flag(self, node: Schema, value: Any, name: str, place: str, key: str) -> dict[str, Any]:
        return {"checked": value is True}

    # reading

    def _read_group(
        self, schema: Schema, name: str, post: Mapping[str, Any], many: Callable[[str], Sequence[str]]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {}
        needed = schema.get("required", ())
        for key, raw in schema.get("properties", {}).items():
            node, optional = self._plain(raw)
            value = self._read(node, optional, _under(name, key), post, many)
            if key in needed and not optional and value is None:
                continue  # told as missing
            if key in needed or settled(value) != _default(raw):
                body[key] = value
        return body

    def _read(
        self, node: Schema, optional: bool, name: str, post: Mapping[str, Any], many: Callable[[str], Sequence[str]]
    ) -> Any:
        found = self._value(node, optional, name, post, many)
        said = self.widget(node) in LISTS and post.get(_under(name, HAS))
        return None if optional and found in ([], {}) and not said else found

    def _value(
        self, node: Schema, optional: bool, name: str, post: Mapping[str, Any], many: Callable[[str], Sequence[str]]
    ) -> Any:
        widget = self.widget(node)
        if widget == "group":
            if optional and not post.get(_under(name, HAS)):
                return None
            return self._read_group(node, name, post, many)
        if widget == "names":
            return {lang: text for lang in LANGUAGES if (text := str(post.get(_under(name, lang), "")).strip())}
        if widget == "rows":
            inner = self._plain(node["items"])[0]
            return [self._read_group(inner, _under(name, n), post, many) for n in _numbers(post, name)]
        if widget == "map":
            return self._read_map(node, name, post, many)
        if widget == "tuple":
            found = [_scalar(str(post.get(_under(name, n), "")), "number") for n in range(len(node["prefixItems"]))]
            return None if optional and not any(one is not None for one in found) else found
        if widget == "choices":
            return list(many(name))
        if widget == "flag":
            return name in post
        if widget == "choice":
            allowed = {str(one): one for one in node.get("enum", [node.get("const")])}
            chosen = str(post.get(name, ""))
            return allowed.get(chosen, chosen or None)
        text = str(post.get(name, ""))
        if widget == "lines":
            kind = self.widget(self._plain(node["items"])[0])
            return [_scalar(line.strip(), kind) for line in text.splitlines() if line.strip()]
        if optional and not text.strip():
            return None
        return _scalar(text, widget)

    def _read_map(
        self, node: Schema, name: str, post: Mapping[str, Any], many: Callable[[str], Sequence[str]]
    ) -> Pairs:
        inner, optional = self._plain(node.get("additionalProperties") or {})
        return Pairs(
            (str(post.get(_under(_under(name, n), "key"), "")).strip(),
             self._read(inner, optional, _under(_under(name, n), "value"), post, many))
            for n in _numbers(post, name)
        )  # fmt: skip

    # what a node is

    def _plain(self, node: Schema) -> tuple[Schema, bool]:
        """The node behind a reference or `… | None`; and whether it may be empty."""
        if "$ref" in node:
            found = self.schema.get("$defs", {}).get(str(node["$ref"]).rsplit("/", 1)[-1], self.schema)
            return {**found, **{key: one for key, one in node.items() if key != "$ref"}}, False
        if "anyOf" in node:
            kept = [one for one in node["anyOf"] if one.get("type") != "null"]
            empty = len(kept) < len(node["anyOf"])
            if len(kept) == 1:
                return self._plain(kept[0])[0], empty
            return node, empty
        return node, False

    def widget(self, node: Schema) -> str:
        """Which widget fits a node; `yaml` for whatever has no better one."""
        if node.get("format") == "names":
            return "names"
        if "enum" in node or "const" in node:
            return "choice"
        kind = node.get("type")
        if kind == "object":
            if node.get("properties"):
                return "group"
            return "map" if isinstance(node.get("additionalProperties"), Mapping) else "yaml"
        if kind == "array":
            return self._list_widget(node)
        if kind == "string":
            return {"date": "date", "clock": "clock", "long": "long"}.get(node.get("format", ""), "text")
        if kind is None and node.get("anyOf") and all(_is_scalar(one) for one in node["anyOf"]):
            return "scalar"
        return {"integer": "whole", "number": "number", "boolean": "flag"}.get(str(kind), "yaml")

    def _list_widget(self, node: Schema) -> str:
        if "prefixItems" in node:
            inner = [self._plain(one)[0] for one in node["prefixItems"]]
            return "tuple" if all(one.get("type") in {"integer", "number"} for one in inner) else "yaml"
        inner_node = self._plain(node.get("items", {}))[0]
        widget = self.widget(inner_node)
        if widget == "group":
            return "rows"
        if widget == "choice":
            return "choices"
        return "lines" if widget in {"text", "whole", "number", "clock", "date", "scalar"} else "yaml"


def settled(value: Any) -> Any:
    """The body with its maps as maps; of a key that stands twice the later wins."""
    if isinstance(value, Pairs):
        return {key: settled(one) for key, one in value}
    if isinstance(value, dict):
        return {key: settled(one) for key, one in value.items()}
    if isinstance(value, list):
        return [settled(one) for one in value]
    return value


def changed(body: dict[str, Any], do: str) -> dict[str, Any]:
    """The body after a button: `add:levels`, `drop:levels.2`, `up:levels.2`. An unknown place changes nothing."""
    verb, _colon, place = do.partition(":")
    steps = place.split(SEP) if place else []
    if verb == "add" and steps and _found(body, steps) is None:
        _set(body, steps, [])
    target: Any = body
    for step in steps if verb == "add" else steps[:-1]:
        target = _step(target, step)
    if verb == "add":
        if isinstance(target, Pairs):
            target.append(("", None))
        elif isinstance(target, list):
            target.append({})
        return body
    if isinstance(target, list) and steps and steps[-1].isdecimal() and int(steps[-1]) < len(target):
        n = int(steps[-1])
        if verb == "drop":
            del target[n]
        elif verb == "up" and n > 0:
            target[n - 1], target[n] = target[n], target[n - 1]
    return body


def _found(body: Any, steps: list[str]) -> Any:
    for step in steps:
        body = _step(body, step)
    return body


def _set(body: Any, steps: list[str], value: Any) -> None:
    """Put a list where none was; an unknown place changes nothing."""
    held = _found(body, steps[:-1])
    if isinstance(held, dict):
        held[steps[-1]] = value


def _step(target: Any, step: str) -> Any:
    if isinstance(target, Pairs):
        return target[int(step)] if step.isdecimal() and int(step) < len(target) else None
    if isinstance(target, tuple):  # a pair of a map
        return target[1] if step == "value" else None
    if isinstance(target, list):
        return target[int(step)] if step.isdecimal() and int(step) < len(target) else None
    return target.get(step) if isinstance(target, dict) else None


def _under(path: str, part: object) -> str:
    return f"{path}{SEP}{part}" if path else str(part)


def _numbers(post: Iterable[str], name: str) -> list[int]:
    """Numbers of the rows that were sent under a name."""
    start = name + SEP
    found = {rest.partition(SEP)[0] for one in post if one.startswith(start) and (rest := one[len(start) :])}
    return sorted(int(one) for one in found if one.isdecimal() and len(one) < 6)


def _default(node: Schema) -> Any:
    if "default" in node:
        return node["default"]
    return [] if node.get("type") == "array" else {} if node.get("type") == "object" else None


def _is_scalar(node: Schema) -> bool:
    return node.get("type") in {"string", "integer", "number", "boolean", "null"}


def _scalar(text: str, widget: str) -> Any:
    """What somebody typed: a number where one is wanted and it is one, else the text."""
    stripped = text.strip()
    if widget in {"whole", "number"}:
        try:
            number = float(stripped)
            return int(stripped) if stripped.lstrip("+-").isdecimal() else number
        except ValueError:
            return stripped or None
    if widget in {"yaml", "scalar"}:
        try:
            return yaml_text.load(stripped) if stripped else None
        except yaml_text.YamlFault:
            return stripped
    return text.replace("\r\n", "\n").strip()


def _shown(value: Any, widget: str) -> str:
    if value is None:
        return ""
    if widget == "yaml":
        return yaml_text.dump(yaml_text.plain(value)).removesuffix("...\n")
    if widget == "scalar":
        return yaml_text.flow(value).removesuffix("\n...")
    return str(value)
