"""Words of what a day asks: the scenario that plays says them; a day without one has none to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counterpoint.academy.models import DrillSession


@dataclass(frozen=True)
class Asked:
    """An inject in the reader's language: a title, what is said, and the words of each choice by its key."""

    title: str
    text: str = ""
    choices: tuple[tuple[str, str], ...] = ()


Teller = Callable[[DrillSession, str, str], Asked | None]
_tellers: list[Teller] = []


def register(teller: Teller) -> Teller:
    """Let `teller(session, inject, language)` say the injects of the scenarios that it knows."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def choice(session: DrillSession, inject: str, key: str, language: str) -> str:
    """A choice in the words in which it is offered; empty where nobody knows them."""
    return dict(asked(session, inject, language).choices).get(key, "")


def asked(session: DrillSession, inject: str, language: str) -> Asked:
    """What the inject says; its key where nobody knows its words."""
    for teller in _tellers:
        found = teller(session, inject, language)
        if found is not None:
            return found
    return Asked(inject.replace("_", " "))
