"""Frozen dataclasses to plain JSON values and back, driven by their type hints."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """Dataclasses become dicts, tuples become lists; everything else stays."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def build(kind: Any, value: Any, where: str = "problem") -> Any:
    """The value of type ``kind`` written by :func:`plain`. ValueError says where a field is unknown or misfits."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _dataclass(kind, value, where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{where}: expected a list, found {type(value).__name__}")
        return tuple(build(get_args(kind)[0], item, f"{where}[{n}]") for n, item in enumerate(value))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise ValueError(f"{where}: expected an object, found {type(value).__name__}")
        return {key: build(get_args(kind)[1], item, f"{where}.{key}") for key, item in value.items()}
    if origin in (Union, types.UnionType):
        inner = [arg for arg in get_args(kind) if arg is not type(None)]
        return None if value is None else build(inner[0], value, where)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{where}: {value!r} is none of {get_args(kind)}")
        return value
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{where}: expected {kind.__name__}, found {value!r}")
    return value


def tagged(value: Any, name: str) -> dict[str, Any]:
    """:func:`plain` of a dataclass, with the name of its format."""
    return {"format": name, **plain(value)}


def untagged(kind: Any, value: Mapping[str, Any], name: str) -> Any:
    """The ``kind`` that :func:`tagged` wrote; ValueError for another format or a field that misfits."""
    if value.get("format") != name:
        raise ValueError(f"expected format {name!r}, found {value.get('format')!r}")
    return build(kind, {key: item for key, item in value.items() if key != "format"})


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: expected an object, found {type(value).__name__}")
    hints = get_type_hints(kind)
    unknown = set(value) - set(hints)
    if unknown:
        raise ValueError(f"{where}: unknown fields {sorted(unknown)}")
    try:
        return kind(**{key: build(hints[key], item, f"{where}.{key}") for key, item in value.items()})
    except TypeError as error:
        raise ValueError(f"{where}: {error}")
