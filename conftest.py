"""The small bank that tests tell their stories in, and its fixed cast."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "databases"}
MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
PASSWORD = "branch-day-1030"  # noqa: S105


@dataclass
class Bank:
    """Headquarters, two regions, three branches, and who works there."""

    units: dict[str, Any]
    people: dict[str, Any]
    now: datetime

    def scope(self, name: str) -> Any:
        """The person's scope today."""
        from counterpoint.foundation import access

        return access.scope_of(self.people[name], self.now.date())

    def __getattr__(self, name: str) -> Any:
        return self.units[name]


CAST = {
    "Mei": ("teller", "b01"),
    "Omar": ("lobby_manager", "b01"),
    "Sun": ("supervisor", "b01"),
    "Ada": ("branch_head", "b01"),
    "Rita": ("regional_manager", "east"),
    "Hana": ("hq_operations", "hq"),
    "Otto": ("auditor", "hq"),
    "Sysadmin": ("system_admin", "hq"),
    "Bo": ("supervisor", "b02"),
    "Stranger": ("supervisor", "b03"),
}


def build_bank(now: datetime) -> Bank:
    """Create the small bank in the current database."""
    from counterpoint.foundation import access, actions, roles, scope

    root = access.system_scope(tuple(roles.table()))
    units: dict[str, Any] = {}
    tree = [
        ("hq", None, "headquarters", "总行"),
        ("east", "hq", "region", "东区"),
        ("west", "hq", "region", "西区"),
        ("b01", "east", "branch", "人民路支行"),
        ("b02", "east", "branch", "解放路支行"),
        ("b03", "west", "branch", "西湖支行"),
    ]
    with scope.scoped(root):
        for code, parent, kind, name in tree:
            units[code] = actions.org_unit_create(
                scope=root, now=now, kind=kind, code=code, name=name, parent=units.get(parent or "")
            )
        week = {d: [(540, 1020)] for d in range(5)} | {5: [(570, 960)]}
        for code in ("b01", "b02", "b03"):
            actions.hours_set(scope=root, now=now, branch=units[code], weekly=week)
            for number, kind in ((1, "cash"), (2, "cash"), (3, "non_cash"), (4, "wealth")):
                actions.counter_create(scope=root, now=now, branch=units[code], number=number, kind=kind)
        people = {}
        for name, (role, where) in CAST.items():
            user = actions.person_add(
                scope=root, now=now, org_unit=units[where], staff_no=name.lower(), name=name, password=PASSWORD
            )
            actions.post_grant(scope=root, now=now, org_unit=units[where], user=user, role=role, since=date(2026, 1, 1))
            people[name] = user
    return Bank(units, people, now)


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that stands at 10:30 of a Monday in Shanghai."""
    from counterpoint.foundation import clock as clocks

    fixed = clocks.FixedClock(MONDAY)
    previous = clocks.use(fixed)
    yield fixed
    clocks.use(previous)


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """On the second database only what touches a database runs again: the rest cannot come out differently."""
    if not os.environ.get("COUNTERPOINT_DATABASE"):
        return
    kept = [i for i in items if i.get_closest_marker("django_db") or DATABASE_FIXTURES & set(i.fixturenames)]
    config.hook.pytest_deselected(items=[i for i in items if i not in set(kept)])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Build the bank once, committed; each test runs in a transaction that is rolled back.

    Nothing ever flushes the test database: the journal refuses to be emptied. A test that needs an empty database or
    real commits makes its own HOME in a process of its own.
    """
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda self: None  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        build_bank(MONDAY)


@pytest.fixture
def bank(db: None, clock: Any) -> Bank:
    """The small bank, as it stood when it was set up."""
    from counterpoint.foundation.models import OrgUnit, User
    from counterpoint.foundation.scope import unscoped

    with unscoped("the test looks its cast up"):
        units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
    people = {user.name: user for user in User.objects.filter(name__in=CAST)}
    return Bank(units, people, MONDAY)


@pytest.fixture
def sign_in(bank: Bank, client: Any) -> Any:
    """`sign_in("Sun")` returns a test client signed in as that person."""
    from django.test import Client

    def enter(name: str) -> Any:
        fresh = Client()
        fresh.force_login(bank.people[name])
        return fresh

    return enter
