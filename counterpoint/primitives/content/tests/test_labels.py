"""Headquarters reads every kind, field and choice in its own words."""

import re

import pytest
from django.utils import translation

from counterpoint.primitives.content import kinds
from counterpoint.primitives.content.labels import words_of

CHINESE = re.compile(r"[\u3400-\u9fff]")
LANGUAGES = {"zh-hans", "zh-hant", "en"}
NESTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def parts(node):
    """The schemas directly inside a schema."""
    yield from (one for name in NESTS for one in node.get(name, ()))
    yield from (node[name] for name in ("items", "additionalProperties") if isinstance(node.get(name), dict))


def resolved(node, defs):
    return defs[node["$ref"].split("/")[-1]] if "$ref" in node else node


def fields(node, defs, seen=frozenset()):
    """(name, schema) of every field, however deep."""
    if (ref := node.get("$ref")) in seen:
        return
    seen |= {ref} if ref else frozenset()
    node = resolved(node, defs)
    for one in parts(node):
        yield from fields(one, defs, seen)
    for name, inner in node.get("properties", {}).items():
        yield name, inner
        yield from fields(inner, defs, seen)


def choices(node, defs):
    node = resolved(node, defs)
    yield from node.get("enum", ())
    for one in parts(node):
        yield from choices(one, defs)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_field_and_choice_of_a_kind_has_its_chinese_words(kind):
    schema, words = kind.schema(), words_of(kind)
    defs = schema.get("$defs", {})
    with translation.override("zh-hans"):
        told = {"title": str(kind.title)}
        for name, inner in fields(schema, defs):
            if name not in LANGUAGES:
                told[name] = words(name, "")
                told |= {
                    f"{name}={one}": words(name, one) for one in choices(inner, defs) if one and isinstance(one, str)
                }
    assert [name for name, word in told.items() if not CHINESE.search(word)] == []
