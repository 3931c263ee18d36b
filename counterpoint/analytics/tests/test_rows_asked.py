"""Rows behind a region's number: asked for all branches at once, and each branch's rows stay its own."""

from datetime import timedelta

import pytest

from counterpoint.analytics.tests.test_queries_asked import asked
from counterpoint.foundation.actions import org_unit_create
from counterpoint.foundation.api import OrgUnit, scoped
from counterpoint.onsite.tests.halls import Hall
from counterpoint.onsite.tests.test_history import bring as history
from counterpoint.onsite.tests.test_history import log
from counterpoint.primitives.cases.models import Case
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.metrics import relations, watching

AT_ONCE = (
    "onsite.customers", "onsite.windows", "onsite.triage", "onsite.advice", "primitives.cases", "primitives.case_ends",
    "primitives.rounds", "primitives.plays", "primitives.drills", "analytics.imported", "service.complaints",
)  # fmt: skip
PAGES = ("onsite.wait_avg", "onsite.deals_per_hour")


def around(bank):
    """Two weeks around the bank's day."""
    today = bank.now.date()
    return {"since": today - timedelta(days=14), "until": today + timedelta(days=1)}


def branches(bank):
    with scoped(watching.night()):
        return list(OrgUnit.objects.filter(kind="branch").order_by("path"))


def more(bank, letter, count):
    """So many branches more in the east."""
    night = watching.night()
    with scoped(night):
        for n in range(count):
            unit = {"kind": "branch", "code": f"{letter}{n}", "name": f"{letter}{n}", "parent": bank.east}
            org_unit_create(scope=night, now=bank.now, **unit)


@pytest.mark.parametrize("key", AT_ONCE)
def test_rows_of_ten_branches_ask_as_often_as_those_of_five(bank, key, django_assert_max_num_queries):
    def read():
        return dict(relations.read_each(key, scope=watching.night(), branches=branches(bank), **around(bank)))

    more(bank, "n", 2)
    few = asked(read)
    more(bank, "m", 5)
    with django_assert_max_num_queries(few):
        assert len(read()) >= 10


@pytest.mark.parametrize("key", PAGES)
def test_the_page_of_a_regions_rows_asks_as_often_for_ten_branches(bank, sign_in, key, django_assert_max_num_queries):
    rita, page = sign_in("Rita"), f"/analytics/kpis/{key}/rows/?unit=east&grain=week&on=2026-11-16"
    history(bank, log((bank.now.date() - timedelta(days=7),), branch="b01"))
    few = asked(lambda: rita.get(page))
    more(bank, "n", 7)
    with django_assert_max_num_queries(few):
        answer = rita.get(page)
    assert answer.status_code == 200 and answer.context["found"].total > 0


@pytest.fixture
def lived(bank):
    """Folded days, open tickets, cases and rounds at two branches."""
    monday = bank.now.date() - timedelta(days=7)
    history(bank, log((monday, monday + timedelta(days=1)), branch="b01"))
    history(bank, log((monday,), branch="b02"), who="Rita", branches=("b02",))
    hall = Hall(bank)
    for _ in range(3):
        hall.take()
    common = {
        "type": "primitives.task", "version": 1, "pack": "cn", "rights": "primitives.task", "title": "x", "state": {},
        "level": "urgent", "stage": "new", "stage_kind": "open", "changed_at": bank.now,
    }  # fmt: skip
    with scoped(watching.night()):
        for code, count in (("b01", 2), ("b02", 3)):
            for n in range(count):
                Case.objects.create(
                    org_unit=bank.units[code], opened_at=bank.now - timedelta(days=n), fields={"item": "door"}, **common
                )
                Round.objects.create(
                    org_unit=bank.units[code], business_date=monday, checklist="probe.walk", version=1, pack="cn"
                )
    return bank


@pytest.mark.parametrize("key", AT_ONCE)
def test_each_branch_has_the_rows_that_it_has_alone(lived, key):
    night, span = watching.night(), around(lived)
    for branch, frame in relations.read_each(key, scope=night, branches=branches(lived), **span):
        assert frame.equals(relations.read(key, scope=night, branch=branch, **span)), branch.code


def test_rows_out_of_reach_are_not_read(lived):
    bo = lived.scope("Bo")
    found = dict(relations.read_each("primitives.cases", scope=bo, branches=branches(lived), **around(lived)))
    assert {branch.code: len(frame) for branch, frame in found.items() if len(frame)} == {"b02": 3}
