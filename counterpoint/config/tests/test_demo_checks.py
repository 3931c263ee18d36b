"""The demo's past of self-checks: a calendar that was lived in, with findings put right and some that wait."""

from datetime import datetime, timedelta

import pytest

from counterpoint.config.demo import bank, lived_assets, lived_checks, story
from counterpoint.config.demo import cast as casting
from counterpoint.foundation.api import scope_of, scoped
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.models import Evidence, Round
from counterpoint.role import selfchecks
from counterpoint.role.api import day_at
from counterpoint.role.sheets import evening_sheet

SEED, UNTIL = 7, story.start()
FOUNDED = story.ON - timedelta(days=365)


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr(casting, "BRANCHES", (casting.BRANCHES[3], casting.BRANCHES[7]))
    return casting.plans(2)


@pytest.fixture
def built(db, cast):
    began = datetime(FOUNDED.year, FOUNDED.month, FOUNDED.day, tzinfo=UNTIL.tzinfo)
    return bank.build(cast, now=began, since=FOUNDED)


@pytest.fixture
def lived(cast, built):
    assert lived_checks.live(cast, built, FOUNDED, UNTIL, seed=SEED) > 300
    return built


class Seen:
    """What the supervisor of a branch sees."""

    def __init__(self, cast, built, place, now=UNTIL):
        self.unit = built.units[cast[place].code]
        lead = built.people[cast[place].of_role("supervisor")[0].staff_no]
        self.scope = scope_of(lead, now)
        with scoped(self.scope):
            today = day_at(self.unit, now)
        self.at = {"scope": self.scope, "branch": self.unit, "today": today, "language": "zh-hans"}

    def year(self):
        return {line.key: line for line in selfchecks.year_of(**self.at, year=story.ON.year)}

    def month(self):
        return selfchecks.month_of(**self.at, first=story.ON.replace(day=1))


def test_the_year_of_the_first_branch_has_no_gap_before_today(cast, lived):
    lines = Seen(cast, lived, 0).year()
    assert len(lines) == 15
    for line in lines.values():
        for cell in line.cells[:10]:
            assert cell.done == cell.total and cell.state in ("done", "failed", "late_done", ""), (line.key, cell)
    assert lines["role.self.closing_daily"].cells[0].total > 15
    assert lines["role.self.closing_daily"].streak == 0 and lines["role.self.cash_box_monthly"].streak == 10


def test_findings_were_put_right_by_another_person_and_some_wait(cast, lived):
    seen = Seen(cast, lived, 0)
    stages = [one.stage for one in cases.cases(scope=seen.scope, filters=_all(), now=UNTIL).rows]
    mine = [one for one in lived_checks.FAULTS if one.branch == 0]
    assert len(stages) == len(mine)
    assert stages.count("closed") == sum(one.state == "done" and bool(one.measure) for one in mine)
    assert stages.count("resolved") == stages.count("doing") == stages.count("new") == 1
    assert len(seen.month().cases) == 3


def _all():
    return cases.CaseFilter(type=selfchecks.CASES, size=50)


def test_each_round_is_signed_scored_as_the_engine_scores_and_bears_its_case(cast, lived):
    with scoped(bank.demo_scope()):
        rows = list(Round.objects.exclude(state=Round.State.DUE))
        signed = set(Evidence.objects.filter(item="signature").values_list("round", flat=True))
    assert {row.pk for row in rows} == signed
    wrong = [row for row in rows if not row.passed]
    faults = [one for one in lived_checks.FAULTS if one.branch < 2 and one.item]
    assert len(wrong) == len(faults) and all(row.result["failed"][0]["case"] for row in wrong)
    for row in (rows[0], rows[-1], wrong[0]):
        again = checklists.round_detail(scope=bank.demo_scope(), round=row.pk)
        assert (again.score.percent, again.score.passed) == (row.percent, row.passed)


def test_the_evening_sheet_tells_what_is_left_of_the_past(cast, lived):
    seen = Seen(cast, lived, 0, now=UNTIL + timedelta(hours=8))
    with scoped(seen.scope):
        sheet = evening_sheet(**seen.at)
    keys = {item.key for item in sheet.open_items}
    assert {"self_checks", "findings"} <= keys
    assert {one.name for one in sheet.dues} >= {"日终尾箱与空白凭证自查", "岗位资格与培训年度自查"}


def test_the_tick_goes_on_where_the_past_ends(cast, lived):
    assert checklists.escalate_late(now=UNTIL) == 0
    for plan in cast:
        checklists.plan_branch(scope=bank.demo_scope(), org_unit=lived.units[plan.code], now=UNTIL)
    with scoped(bank.demo_scope()):
        mine = Round.objects.filter(slot__startswith="role.", next_due_at__isnull=False)
        assert mine.exists() and not mine.filter(due_at__lt=UNTIL).exists()


def test_the_walked_rounds_of_the_house_are_whole_and_this_morning_is_not_missed(cast, built):
    lived_assets.live(cast, built, FOUNDED, UNTIL, seed=SEED)
    for plan in cast:
        checklists.plan_branch(scope=bank.demo_scope(), org_unit=built.units[plan.code], now=UNTIL)
    assert checklists.escalate_late(now=UNTIL) == 0
    with scoped(bank.demo_scope()):
        passed = list(Round.objects.exclude(state=Round.State.DUE).values_list("passed", flat=True))
    assert sum(passed) > 0.8 * len(passed)
