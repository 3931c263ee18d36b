"""People at headquarters who decide on definitions, and a draft to begin with."""

from dataclasses import replace
from datetime import date

import pytest

from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import scoped
from counterpoint.primitives.content import items
from counterpoint.primitives.content.drafts import Draft, body_text


@pytest.fixture
def headquarters(bank):
    """The bank with Cora of compliance and Henry of operations beside Hana."""
    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        for name, role in (("Cora", "hq_compliance"), ("Henry", "hq_operations")):
            user = actions.person_add(scope=root, now=bank.now, org_unit=bank.hq, staff_no=name.lower(), name=name)
            actions.post_grant(scope=root, now=bank.now, org_unit=bank.hq, user=user, role=role, since=date(2026, 1, 1))
            bank.people[name] = user
    return bank


@pytest.fixture
def draft():
    """A promise of 12 minutes for standard customers, from today on; `draft(promise_minutes=…, why=…)` differs."""

    def make(**more):
        found = items("tiers", date(2026, 11, 23))["standard"]
        minutes = more.pop("promise_minutes", 12)
        text = body_text(found).replace("promise_minutes: 15", f"promise_minutes: {minutes}")
        return replace(
            Draft("tiers", "standard", text, "branch practice", "D", date(2026, 11, 23), why="shorter waits"), **more
        )

    return make
