"""YAML as content uses it: plain data, no key twice; written so that people can read and compare it."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from typing import Any

import yaml

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST = 200_000  # characters of one text


class YamlFault(ValueError):
    """The text is no YAML, or uses what content does not allow."""


class _Loader(_Base):
    """Refuses a key that stands twice: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise YamlFault(f"line {key_node.start_mark.line + 1}: a key must be text or a number")
            if key in seen:
                raise YamlFault(f"line {key_node.start_mark.line + 1}: the key {key!r} stands twice")
            seen.add(key)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key; text of several lines as a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _text)


def load(text: str, *, anchors: bool = False) -> Any:
    """Data of the text. Raises `YamlFault`. Anchors are for files of the house: they can make a short text endless."""
    if len(text) > LONGEST:
        raise YamlFault(f"the text is longer than {LONGEST} characters")
    try:
        if not anchors and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Base)):
            raise YamlFault("anchors (&, *) are not allowed: write the value out")
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (built on the safe loader)
    except (yaml.YAMLError, RecursionError) as wrong:
        raise YamlFault(str(wrong)) from wrong


def dump(data: Any) -> str:
    """The text of the data; the same data gives the same text."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text


def flow(data: Any) -> str:
    """The data on one line."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000, default_flow_style=True
    )
    return text.strip()


def plain(data: Any) -> Any:
    """Data as JSON has it: keys are text, dates are ISO text, tuples are lists."""
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if isinstance(data, date | datetime):
        return data.isoformat()
    return data
