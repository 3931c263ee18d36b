"""The canary crawl: plant marked rows in a foreign branch, then ask every route with every foreign id."""

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


@dataclass(frozen=True)
class Visit:
    """One request of the crawl and what came back."""

    person: str
    method: str
    address: str
    status: int
    body: bytes

    @property
    def leaked(self) -> bool:
        """Whether anything of the foreign branch shows."""
        return CANARY.encode() in self.body


def plant(bank: Any) -> None:
    """Mark everything of the foreign branch: names of places and people, then each room's own rows."""
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
    for found in sorted(ROOMS.glob("*/tests/canary.py")):
        module = importlib.import_module(f"counterpoint.{found.parents[1].name}.tests.canary")
        module.plant(bank, bank.b03, CANARY)


def foreign_values(branch: OrgUnit) -> dict[str, list[Any]]:
    """Ids of the foreign branch's rows by kind of parameter."""
    values: dict[str, list[Any]] = {"uuid": [], "int": [], "slug": [branch.code], "str": [branch.code]}
    with unscoped("the test collects foreign ids"):
        for model in scoped_models():
            for row in model.objects.filter(**{f"{model.path_field}__startswith": branch.path})[:4]:
                kind = "uuid" if isinstance(row.pk, UUID) else "int"
                values[kind].append(row.pk)
                for name in ("code", "public_code", "number", "label"):
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


def crawl(client: Client, person: str, branch: OrgUnit) -> Iterator[Visit]:
    """GET every route with every foreign id, as this person; query parameters name the foreign branch too."""
    values = foreign_values(branch)
    for route, _callback, _policy in policy.routes():
        if route.startswith(("/live/", "/sign-out", "/static/", "/readyz")):  # readyz says 503 where no worker runs
            continue
        for address in addresses(route, values):
            for query in ("", f"?branch={branch.code}"):
                answer = client.get(address + query)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                yield Visit(person, "GET", address + query, answer.status_code, body)
