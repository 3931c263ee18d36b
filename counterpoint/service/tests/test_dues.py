"""The evening sheet lists what is due: every clock of a complaint, rounds, drills, calls, in order, with owners."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.playbooks import drill_duties, drill_plan, drills
from counterpoint.role import dues
from counterpoint.role.api import day_at
from counterpoint.service.models import Callback, Complaint
from counterpoint.service.tests.conftest import WAITED

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 24)


@pytest.fixture
def due(bank):
    """What is due until the end of tomorrow, as a person sees it in English."""

    def read(who="Sun", branch="b01", days=0):
        scope, now = bank.scope(who), bank.now + timedelta(days=days)
        with scoped(scope), translation.override("en"):
            today = day_at(bank.units[branch], now)
            until = TOMORROW + timedelta(days=days)
            return dues.due_until(scope=scope, branch=bank.units[branch], until=until, today=today, language="en")

    return read


def kinds(found):
    return {one.what for one in found}


def test_the_same_day_clock_of_a_complaint_is_on_the_list_and_the_legal_one_on_its_day(bank, due, take):
    take(WAITED)
    (one,) = [row for row in due() if "Customer complaint" in row.what]
    assert one.what.endswith("Solved the same day") and one.owner == "Omar" and one.on == bank.now.date()
    assert not one.late and one.at.hour == 17
    legal = [row for row in due(days=14) if row.what.endswith("Legal answer")]
    assert [row.on for row in legal] == [date(2026, 12, 8)] and not legal[0].late


def test_rounds_defects_drills_and_calls_come_by_time(bank, due, take):
    checklists.plan_rounds(now=bank.now)
    drills.drills_tick(bank.now)
    sun = bank.scope("Sun")
    cases.case_open(
        scope=sun, org_unit=bank.b01, type="onsite.rectification", now=bank.now, title="灯不亮", level="half_hour",
        owner=bank.people["Omar"].pk,
    )  # fmt: skip
    duty = next(d for d in drill_duties(scope=sun, org_unit=bank.b01, now=bank.now) if d.state != "done")
    with scoped(sun):
        drill_plan(scope=sun, duty=duty.id, now=bank.now, at=bank.now + timedelta(days=1))
        row = Complaint.objects.get(case=take(WAITED).case)
        Callback(org_unit=bank.b01, complaint=row, cycle=1, due_on=TOMORROW).save()
    found = due()
    assert {"Round", "Self-check", "Drill", "Call to the customer"} <= kinds(found)
    assert any(one.name == "灯不亮" and one.owner == "Omar" for one in found)
    assert [one.on for one in found] == sorted(one.on for one in found)
    timed = [(one.on, one.at) for one in found if one.at]
    assert timed == sorted(timed)
    assert "Call to the customer" not in kinds(due("Mei"))  # only who handles complaints calls back


def test_the_sheet_and_its_paper_show_it_and_another_branch_does_not(bank, sign_in, take):
    take(WAITED)
    page = sign_in("Sun").get("/sheets/evening").content.decode()
    assert "今晚和下一营业日到期" in page and "当日办结" in page and "Omar" in page
    assert sign_in("Sun").get("/sheets/evening.pdf").content.startswith(b"%PDF")
    assert "当日办结" not in sign_in("Bo").get("/sheets/evening").content.decode()
