"""The reference of all definitions, written from the kinds and their items; a test keeps it in step."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from counterpoint.primitives.content import labels, loader, queries, registry, yaml_text
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.registry import Kind

HEAD = """# Definitions

Written by `counterpoint content reference`; do not edit by hand. Every definition has a key, a version, a source, a
mark (V verified at its source, K from knowledge, D design default, O outline) and the day from which it holds. Only V
may stop anybody; everything else warns. How to change one: [change a rule](../how-to/change-a-rule.md).
"""


def text() -> str:
    """Markdown of every kind: its fields, then its items with worked examples."""
    with translation.override("en"):
        rooms: dict[str, list[Kind]] = {}
        for kind in registry.kinds():
            rooms.setdefault(kind.room, []).append(kind)
        order = list(labels.ROOMS)
        parts = [HEAD]
        for room in sorted(rooms, key=lambda one: (order.index(one) if one in order else len(order), one)):
            parts += [_kind(kind) for kind in rooms[room]]
    return "\n".join(parts)


def _kind(kind: Kind) -> str:
    items = sorted(loader.from_files(kind.name), key=lambda one: (one.key, one.pack, one.version))
    title = labels.title_of(kind)
    heading = f"`{kind.name}`" if title == kind.name else f"{title} (`{kind.name}`)"
    lines = [f"## {heading}", ""]
    lines += [_first_line(kind.type), "", *_fields(kind), ""]
    lines += ["| key | name | pack | version | mark | from | source |", "|---|---|---|---|---|---|---|"]
    lines += [_row(item) for item in items]
    worked = [line for item in items if item.examples for line in _examples(item)]
    if worked:
        lines += ["", "Worked examples, computed by every build:", "", *worked]
    return "\n".join([*lines, ""])


def _first_line(body_type: Any) -> str:
    return str((body_type.__doc__ or "").strip().split("\n\n", 1)[0].replace("\n", " ").replace("    ", ""))


def _fields(kind: Kind) -> list[str]:
    schema, words = kind.schema(), labels.words_of(kind)
    lines = ["| field | what it is | type | |", "|---|---|---|---|"]
    for name, node in schema.get("properties", {}).items():
        need = "needed" if name in schema.get("required", ()) else ""
        lines.append(f"| `{name}` | {words(name, '')} | {_escaped(_type(schema, node))} | {need} |")
    return lines


def _type(schema: dict[str, Any], node: dict[str, Any]) -> str:
    """A node in a few words: bounds and choices as the schema has them."""
    if "$ref" in node:
        name = str(node["$ref"]).rsplit("/", 1)[-1]
        inner = schema.get("$defs", {}).get(name, {}).get("properties", {})
        return "{" + ", ".join(inner) + "}"
    if "anyOf" in node:
        return " or ".join(_type(schema, one) for one in node["anyOf"] if one.get("type") != "null")
    if node.get("format") == "names":
        return "name in zh-hans, zh-hant, en"
    if "enum" in node:
        return ", ".join(str(one) for one in node["enum"])
    if "const" in node:
        return str(node["const"])
    if node.get("type") == "array":
        if "prefixItems" in node:
            return "[" + ", ".join(_type(schema, one) for one in node["prefixItems"]) + "]"
        return f"list of {_type(schema, node.get('items', {}))}"
    if node.get("type") == "object":
        inner = node.get("additionalProperties")
        return f"map to {_type(schema, inner)}" if isinstance(inner, dict) else "group"
    bounds = [
        f"{sign} {node[bound]:g}"
        for bound, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if bound in node
    ]
    plain = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        str(node.get("type", "anything")), str(node.get("type", "anything"))
    )
    return " ".join([node.get("format", plain), *bounds])


def _row(item: Item) -> str:
    name = queries.name_of(item, "en")
    until = (
        f"{item.effective_from}" if item.effective_to is None else f"{item.effective_from} until {item.effective_to}"
    )
    cells = (f"`{item.key}`", name if name != item.key else "", item.pack, item.version, item.mark, until, item.source)
    return "| " + " | ".join(_escaped(str(cell)) for cell in cells) + " |"


def _examples(item: Item) -> list[str]:
    return [f"- `{item.key}`: `{yaml_text.flow(example)}`" for example in item.examples]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
