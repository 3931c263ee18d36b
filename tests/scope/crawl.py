"""The canary crawl: plant marked rows in a foreign branch, then ask every route with every foreign id.

A leak is the mark itself, or the id of a foreign row that the request did not name.
"""

import importlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import models
from django.test import Client

from counterpoint.foundation import policy
from counterpoint.foundation.models import OrgUnit, User
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.scoped_models import scoped_models

CANARY = "CANARYB03"
ROOMS = Path(__file__).resolve().parents[2] / "counterpoint"
PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
MAX_ADDRESSES = 12  # per route, spread over the ids found
BY_TOKEN = ("/t/", "/c/", "/e/", "/k/", "/team/feed/")  # whoever holds the unguessable token may see what it opens
ENDS_THE_SESSION = ("/sign-out", "/sign-in")


@dataclass(frozen=True)
class Visit:
    """One request of the crawl and what came back."""

    person: str
    method: str
    address: str
    status: int
    body: bytes
    foreign: frozenset[str] = frozenset()

    @property
    def leaked(self) -> bool:
        """Whether anything of the foreign branch shows that the request did not bring itself."""
        text = self.body.decode(errors="replace")
        return CANARY in text or any(one in text for one in self.foreign if one not in self.address)


def plant(bank: Any) -> None:
    """Each room's own rows in the foreign branch, and the mark on names of places and people."""
    for found in sorted(ROOMS.glob("*/tests/canary.py")):
        module = importlib.import_module(f"counterpoint.{found.parents[1].name}.tests.canary")
        module.plant(bank, bank.b03, CANARY)
    with unscoped("the test plants canaries in a foreign branch"):
        branch = bank.b03
        OrgUnit.objects.filter(pk=branch.pk).update(name=f"{CANARY} branch", address=f"{CANARY} street")
        branch.refresh_from_db()
        User.objects.filter(pk=bank.people["Stranger"].pk).update(name=f"{CANARY} person")
        for model in scoped_models():
            rows = model.objects.filter(**{f"{model.path_field}__startswith": branch.path})
            texts = {f.name for f in model._meta.get_fields() if isinstance(f, models.CharField)}
            for field in texts & {"name", "title", "reason"} if model is not OrgUnit else ():
                rows.update(**{field: CANARY})


def foreign_values(branch: OrgUnit) -> dict[str, list[Any]]:
    """Ids of the foreign branch's rows by kind of parameter."""
    values: dict[str, list[Any]] = {"uuid": [], "int": [], "slug": [branch.code], "str": [branch.code]}
    with unscoped("the test collects foreign ids", practice=True):
        for model in scoped_models():
            for row in model.objects.filter(**{f"{model.path_field}__startswith": branch.path})[:4]:
                kind = "uuid" if isinstance(row.pk, UUID) else "int"
                values[kind].append(row.pk)
                for name in ("code", "public_code", "number", "label", "receipt"):
                    if isinstance(getattr(row, name, None), str):
                        values["str"].append(getattr(row, name))
                        values["slug"].append(getattr(row, name))
    return {kind: list(dict.fromkeys(found)) for kind, found in values.items()}


def addresses(route: str, values: dict[str, list[Any]]) -> Iterator[str]:
    """The route filled with foreign ids."""
    pattern = route.split(" ", maxsplit=1)[0]
    wanted = [match.group("converter") or "str" for match in PARAMETER.finditer(pattern)]
    pools = [values.get(kind) or values["str"] for kind in wanted]
    for combination in itertools.islice(itertools.product(*pools), MAX_ADDRESSES * max(1, len(pools))):
        address = pattern
        for value in combination:
            address = PARAMETER.sub(str(value), address, count=1)
        yield address


def rows_of(branch: OrgUnit) -> dict[str, list[Any]]:
    """Every row of the foreign branch, as values: equal before and after means nobody touched it."""
    with unscoped("the test compares the foreign branch with itself", practice=True):
        return {
            model._meta.label: list(
                model.objects.filter(**{f"{model.path_field}__startswith": branch.path}).order_by("pk").values()
            )
            for model in scoped_models()
        }


def form_of(values: dict[str, list[Any]]) -> dict[str, Any]:
    """A form that names the foreign branch in every field that some page reads; `aimed` adds ids field by field."""
    return {
        "branch": values["slug"][0], "counter": 1, "service": "cash_deposit", "tier": "normal",
        "place": "lobby", "minutes": 10, "share": 0.5, "device": values["slug"][-1], "week": "2026-11-30",
        "decision": "approve", "answer": "agree", "kind": "annual", "reason": "crawl", "revision": 1, "way": 0,
        "since": "2026-12-01", "until": "2026-12-02", "role": "teller", "staff_no": "crawler", "name": "crawler",
        "number": 9, "hours": "09:00-17:00", "channel": "staff", "day": "2026-11-30", "operation": "remove",
        "minute": 635, "position": 0,
    }  # fmt: skip


def crawl(
    client: Client, person: str, branch: OrgUnit, *, most: int = MAX_ADDRESSES, write: bool = False, world: str = ""
) -> Iterator[Visit]:
    """Ask every route with every foreign id, as this person; query, and with `write` the form, name the branch too.
    `world` is the address of a practice world to stay in."""
    values = foreign_values(branch)
    ids = [str(one) for one in values["uuid"]]
    foreign = frozenset(ids)
    method, form = ("POST", form_of(values)) if write else ("GET", {})
    for route, _callback, _policy in policy.routes():
        if route.startswith(("/live/", "/static/", "/readyz", *ENDS_THE_SESSION)):  # readyz says 503 without a worker
            continue
        for place, inner in enumerate(itertools.islice(addresses(route, values), most)):
            address = f"{world}{inner}"
            aimed = dict.fromkeys(("ticket", "user", "person", "taker", "profile", "advice"), ids[place % len(ids)])
            for query in ("", f"?branch={branch.code}"):
                answer = client.post(address + query, form | aimed) if write else client.get(address + query)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                named = address + query + "".join(map(str, aimed.values()) if write else "")
                if not inner.startswith(BY_TOKEN):
                    yield Visit(person, method, named, answer.status_code, body, foreign)
