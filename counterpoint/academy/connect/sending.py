"""Telling record stores what happened: the journal is the outbox, and each store has been told up to an entry of it.

A store that does not answer is asked again later, ever more seldom, and is told in order. The same entry makes the same
statement with the same id, so telling it again after a crash adds nothing.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from counterpoint.academy.connect import xapi
from counterpoint.academy.drill import log as drill_log
from counterpoint.academy.drill.situation import situations
from counterpoint.academy.models import Connection, DrillSession, LessonAnswer
from counterpoint.academy.models.connect import STORE
from counterpoint.academy.verbs import CONNECT
from counterpoint.foundation.api import Scope, User, fetch, journal, keys, scoped, system_scope, tick

log = logging.getLogger("counterpoint.academy")

SETTLED = timedelta(minutes=1)  # after so long every entry with a lower number is written
MOST = 400  # entries a round
TOGETHER = 50  # statements a message
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)
ROOM = "academy."


def tell_stores(now: datetime) -> int:
    """Tell every connected store what is new; returns how many statements were taken."""
    scope = system_scope((CONNECT,), label="academy.statements")
    with scoped(scope):
        due = [
            one for one in Connection.objects.select_related("org_unit").filter(kind=STORE, active=True)
            if one.next_at is None or one.next_at <= now
        ]  # fmt: skip
    return tick.each("store not told", due, lambda one: _tell(scope, one, now), atomic=False)


def _tell(scope: Scope, connection: Connection, now: datetime) -> int:
    taken = 0
    try:
        for reached, statements in _rounds(scope, connection, now):
            for start in range(0, len(statements), TOGETHER):
                _post(connection, statements[start : start + TOGETHER])
            taken += len(statements)
            connection.reached, connection.tries, connection.next_at, connection.error = reached, 0, None, ""
            connection.told += len(statements)
            _keep(scope, connection)
    except fetch.Unreachable as silent:
        connection.tries += 1
        connection.next_at = now + min(LONGEST, FIRST * 2 ** min(connection.tries - 1, 12))
        connection.error = silent.message[:200]
        _keep(scope, connection)
    return taken


def _keep(scope: Scope, connection: Connection) -> None:
    with scoped(scope):
        fields = ["reached", "told", "tries", "next_at", "error", "org_path"]
        connection.save(update_fields=fields)


def _rounds(scope: Scope, connection: Connection, now: datetime) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """What is new, in order: the number reached with the statements up to it."""
    inside = Scope(None, (connection.org_path,), grants=scope.grants, actor_label=scope.actor_label)
    reached = connection.reached
    while True:
        with scoped(inside):
            rows = list(journal.JournalEntry.objects.filter(id__gt=reached).order_by("id")[:MOST])
            settled = []
            for row in rows:
                if row.at > now - SETTLED:
                    break
                settled.append(row)
            if not settled:
                return
            told = [one for row in settled for one in _statements(connection, row)]
        reached = settled[-1].id
        yield reached, told
        if len(settled) < MOST:
            return


def _statements(connection: Connection, row: journal.JournalEntry) -> list[dict[str, Any]]:
    if not row.kind.startswith(ROOM):
        return []
    happened = _happened(connection, row)
    people = {str(row.data.get("user") or row.actor or "")}
    log_, scenario = _decided(row) if happened.kind == "drill_over" else ([], "")
    people |= {one.actor for one in log_}
    by = xapi.Naming(connection.home, connection.pk, _names(connection, people))
    one = xapi.statement(by, happened)
    return xapi.decisions(by, row.subject, scenario, log_) + ([one] if one else [])


def _names(connection: Connection, people: set[str]) -> dict[str, str]:
    if connection.settings.get("people") != "staff":
        return {}
    return {str(one.pk): one.staff_no for one in User.objects.filter(pk__in=people - {""})}


def _happened(connection: Connection, row: journal.JournalEntry) -> xapi.Happened:
    kind = row.kind.removeprefix(ROOM)
    answer = None
    if kind == "question_answered" and connection.settings.get("choices"):
        answer = LessonAnswer.objects.filter(run=row.subject, question=row.data["question"], at=row.at).first()
    return xapi.Happened(
        row.id, kind, row.at, row.subject, str(row.actor or ""), row.data,
        tuple(answer.given) if answer else (), answer.score if answer else None,
    )  # fmt: skip


def _decided(row: journal.JournalEntry) -> tuple[list[xapi.Decided], str]:
    """The log of a drill that is over: each order at its own moment with the hall just before it, as the line kept it;
    for lines that kept none from the day itself."""
    session = DrillSession.objects.filter(pk=row.subject).first()
    if session is None:
        return [], ""
    found = drill_log.lines(session)
    given = [(line, order) for line in found for order in drill_log.orders_of([line])]
    bare = [order.second for line, order in given if not line.state]
    game = drill_log.game_played(session, found)
    told = situations(game, [order for _line, order in given], bare) if bare else {}
    return [
        xapi.Decided(
            order.act, dict(order.inputs), order.second, order.actor, line.at, line.state or told[order.second]
        )
        for line, order in given
    ], session.scenario


def _post(connection: Connection, statements: Sequence[dict[str, Any]]) -> None:
    """Hand statements to the store; one that it holds already is told. Raises `Unreachable`."""
    status = _asked(connection, list(statements))
    if status == 409 and len(statements) > 1:
        for one in statements:
            _post(connection, [one])
    elif status not in (200, 204, 409):
        raise fetch.Unreachable(f"HTTP {status}")


def _asked(connection: Connection, body: list[dict[str, Any]]) -> int:
    secret = json.loads(keys.decrypt(connection.sealed))
    pair = base64.b64encode(f"{secret['user']}:{secret['password']}".encode()).decode()
    headers = {
        "Authorization": f"Basic {pair}", "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3",
    }  # fmt: skip
    url = f"{connection.settings['url'].rstrip('/')}/statements"
    return fetch.ask(url, method="POST", headers=headers, body=json.dumps(body).encode()).status
