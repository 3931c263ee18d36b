"""A practice world of the small bank, and a client that enters by its address."""

import importlib
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.test import Client
from django.test.utils import override_script_prefix

from counterpoint.foundation import access, practice, prefix, roles
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.scope import scoped
from tests.scope import crawl

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 of a Wednesday in Shanghai
REAL = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def make(bank, who="Sun", **changes):
    """A world that stands still at ten in the morning, with a teller, a lobby manager and a branch head in it."""
    given = {"title": "第一课", "roles": ("supervisor",), "at": MORNING, "speed": 0.0,
             "puppets": ("teller", "lobby_manager", "branch_head")} | changes  # fmt: skip
    scope = bank.scope(who)
    source = given.pop("source", (bank.b01,))
    with scoped(scope):
        return practice.world_make(
            scope=scope, source=source, shape=practice.Shape(**given), now=bank.now, real=given.pop("real", REAL)
        )


class WorldClient(Client):
    """Does with each address what the outermost layer and the server do."""

    def request(self, **request):
        asked = prefix.strip({"path": request.get("PATH_INFO", "/")})
        root = asked.get("root_path", "")
        request |= {"SCRIPT_NAME": root, "PATH_INFO": prefix.path_of(asked)}
        with override_script_prefix(f"{root}/"):
            return super().request(**request)


def enter(bank, who="Sun"):
    """A client signed in as that person."""
    client = WorldClient(raise_request_exception=False)
    client.force_login(bank.people[who])
    return client


def at(world):
    """The address of a world."""
    return f"/practice/{world.org_unit.code}"


def path_of(address):
    """Path of an address that a page names."""
    return urlsplit(address).path


class Inside:
    """The small bank as what is planted sees it: its foreign branch is that of the world, its people are there."""

    def __init__(self, bank, world, branch):
        self.bank, self.world, self.now, self.people = bank, world, bank.now, bank.people
        self.units = bank.units | {"b03": branch, "hq": world.org_unit}

    def scope(self, name):
        """The Stranger's in the world; under another name it is another leader there, for what two persons do."""
        scope = access.practice_scope(self.people["Stranger"], self.world.org_unit.code, REAL)[1]
        return replace(scope, actor=self.people[name].pk)

    def __getattr__(self, name):
        return self.units[name]


def lived(bank, rooms=None):
    """(world, its branch) in which the Stranger holds every role and every room has lived: marked rows of each."""
    every = tuple(sorted(set(roles.ROLES) - roles.MEMBERS))
    world = make(bank, "Stranger", source=(bank.b03,), roles=every, top_roles=every, at=bank.now, puppets=("teller",))
    scope = access.practice_scope(bank.people["Stranger"], world.org_unit.code, REAL)[1]
    with scoped(scope):
        branch = OrgUnit.objects.get(kind="branch")
    for found in sorted(crawl.ROOMS.glob("*/tests/canary.py")):
        room = found.parents[1].name
        if rooms is None or room in rooms:
            module = importlib.import_module(f"counterpoint.{room}.tests.canary")
            with practice.inside(world, bank.now):
                module.plant(Inside(bank, world, branch), branch, crawl.CANARY)
    return world, branch
