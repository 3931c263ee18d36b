"""The registry of fact types: every kind of journal entry is declared once, in its room."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class FactType:
    """A kind of state change. `fields` are the keys its data may carry; none of them may hold personal data."""

    key: str
    label: str | Promise
    fields: frozenset[str] = frozenset()
    dim: str = ""


_registry: dict[str, FactType] = {}


def register(facts: Iterable[FactType]) -> None:
    """Declare fact types; a key is declared once."""
    for fact in facts:
        if _registry.get(fact.key, fact) != fact:
            raise ValueError(f"Fact type {fact.key} is declared twice.")
        _registry[fact.key] = fact


def fact_type(key: str) -> FactType:
    """The declaration; `KeyError` for an undeclared kind."""
    return _registry[key]


def dim_of(key: str) -> str:
    """The dimension a kind belongs to, "" for the branch tree's own; a kind of another version has none."""
    known = _registry.get(key)
    return known.dim if known else ""


def label_of(key: str) -> str:
    """What a kind is called; a kind of another version keeps its key."""
    known = _registry.get(key)
    return str(known.label) if known else key


def all_facts() -> list[FactType]:
    """Every declared fact type, by key."""
    return [_registry[key] for key in sorted(_registry)]
