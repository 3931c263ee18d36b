"""What happened in the academy as statements for a record store (xAPI), from the journal's entries; pure.

A person is an account under the name that `Naming` gives; of a lesson's questions the store learns which were
answered and, where the connection asks for it, what; of a drill every order and answer with the hall as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

ADL = "http://adlnet.gov/expapi/verbs"
TYPES = "http://adlnet.gov/expapi/activities"
VERBS = {
    "lesson_started": f"{ADL}/initialized", "question_answered": f"{ADL}/answered",
    "exercise_checked": f"{ADL}/attempted", "lesson_passed": f"{ADL}/passed",
    "drill_begun": f"{ADL}/launched", "drill_over": f"{ADL}/completed",
    "sitting_begun": f"{ADL}/attempted", "sitting_submitted": f"{ADL}/completed",
    "certificate_awarded": "http://id.tincanapi.com/verb/earned",
}  # fmt: skip


@dataclass(frozen=True)
class Naming:
    """What the store knows this house and its people by: `home` the house's address, `names` staff numbers by person
    where the connection asks for them, otherwise a number that says nothing elsewhere."""

    home: str
    source: UUID
    names: Mapping[str, str] = field(default_factory=dict)

    def actor(self, person: str) -> dict[str, Any]:
        """A person as an account."""
        name = self.names.get(person) or str(uuid5(NAMESPACE_URL, f"{self.home}#{person}"))
        return {"objectType": "Agent", "account": {"homePage": self.home, "name": name}}

    def number(self, what: object) -> str:
        """The same id for the same thing, each time it is told."""
        return str(uuid5(self.source, f"{self.home}#{what}"))


@dataclass(frozen=True)
class Happened:
    """An entry of the journal: its number, kind without the room, when, and what it carries. `actor` did it."""

    number: int
    kind: str
    at: datetime
    subject: str
    actor: str
    data: Mapping[str, Any]
    given: tuple[str, ...] = ()  # what was answered, where the connection asks for it
    score: float | None = None


@dataclass(frozen=True)
class Decided:
    """An order or answer of a drill, when it was given, with the hall as it stood: `before` holds figures of the day so
    far, people waiting by service, open windows, machines that are down (`drill.situation`)."""

    act: str
    inputs: Mapping[str, Any]
    second: int
    actor: str
    at: datetime
    before: Mapping[str, Any] = field(default_factory=dict)


def statement(by: Naming, one: Happened) -> dict[str, Any] | None:
    """The entry as a statement; None for kinds that no store is told of. The same entry gives the same id."""
    verb = VERBS.get(one.kind)
    person = str(one.data.get("user") or one.actor)
    if verb is None or not person:
        return None
    made = {
        "id": by.number(one.number), "actor": by.actor(person),
        "verb": {"id": verb, "display": {"en": verb.rsplit("/", 1)[-1]}}, "object": _object(by.home, one),
        "timestamp": one.at.isoformat(), "context": {"platform": "Counterpoint"},
    }  # fmt: skip
    result = _result(one)
    return made | {"result": result} if result else made


def decisions(by: Naming, session: str, scenario: str, log: Iterable[Decided]) -> list[dict[str, Any]]:
    """Every order and answer of a drill, each with the choice itself and the state it was made in."""
    home = by.home
    return [
        {
            "id": by.number(f"{session}#{number}"), "actor": by.actor(one.actor),
            "verb": {"id": f"{home}/xapi/decided", "display": {"en": "decided"}},
            "object": {
                "objectType": "Activity", "id": f"{home}/xapi/drill/{scenario or 'own'}/{one.act}",
                "definition": {"type": f"{TYPES}/simulation", "name": {"en": one.act}},
            },
            "result": {
                "response": ", ".join(f"{name}={value}" for name, value in sorted(one.inputs.items())),
                "extensions": {f"{home}/xapi/second": one.second},
            },
            "context": {
                "platform": "Counterpoint", "registration": session,
                "extensions": {f"{home}/xapi/{name}": value for name, value in one.before.items()},
            },
            "timestamp": one.at.isoformat(),
        }
        for number, one in enumerate(log, 1)
        if one.actor
    ]  # fmt: skip


def _object(home: str, one: Happened) -> dict[str, Any]:
    lesson, question = one.data.get("lesson", ""), one.data.get("question", "")
    if question:
        return _activity(f"{home}/xapi/question/{question}", "cmi.interaction", question)
    if lesson:
        part = "#exercise" if one.kind == "exercise_checked" else ""
        return _activity(f"{home}/xapi/lesson/{lesson}{part}", "lesson", lesson)
    kind = {"drill": "simulation", "sitting": "assessment"}.get(one.kind.split("_")[0], "media")
    name = str(one.data.get("scenario") or one.data.get("blueprint") or one.data.get("certificate") or one.subject)
    return _activity(f"{home}/xapi/{one.kind.split('_')[0]}/{one.subject}", kind, name)


def _activity(address: str, kind: str, name: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": f"{TYPES}/{kind}", "name": {"und": name}}
    if kind == "cmi.interaction":
        made["interactionType"] = "other"
    return {"objectType": "Activity", "id": address, "definition": made}


def _result(one: Happened) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if one.kind == "lesson_passed":
        found |= {"success": True, "completion": True}
    if "passed" in one.data and one.data["passed"] is not None:
        found["success"] = bool(one.data["passed"])
    if one.given:
        found["response"] = "[,]".join(one.given)
    if one.score is not None:
        found |= {"success": one.score >= 1, "score": {"scaled": round(one.score, 4)}}
    return found
