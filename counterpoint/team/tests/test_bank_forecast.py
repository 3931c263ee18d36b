"""The bank's table: rows add up on the page, each caller sees their part, numbers are the same at both levels."""

import io
import sys
from datetime import timedelta

import pandas as pd
import pytest
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation.api import Forbidden, JobRun, roles, scoped, system_scope
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source, sources
from counterpoint.team import actions, api, nightly, queries, treeing
from counterpoint.team.errors import NotNow
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import WEEK, journal

BANK = reverse("team:bank")
COLUMNS = ("date", "service", "minute", "arrivals", "abandoned")


@pytest.fixture(autouse=True)
def came(monkeypatch):
    """Twelve weeks in which b01 had 16 and b02 had 30 customers on Mondays to Wednesdays; b03 none."""
    registry = sys.modules["counterpoint.primitives.metrics.sources"]
    monkeypatch.setattr(registry, "_sources", {s.key: s for s in sources() if not s.key.startswith("onsite.")})
    daily = {"b01": 16, "b02": 30}
    days = [WEEK - timedelta(days=n) for n in range(1, 85)]

    def read(_scope, branch, since, until):
        rows = [
            (day, "a", 540, daily[branch.code] + day.toordinal() % 3, 0)
            for day in days
            if branch.code in daily and day.weekday() < 3 and since <= day < until
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    metrics.register(Source("onsite.arrivals", COLUMNS, "customers", read))


@pytest.fixture
def made(team, clock):
    """Forecasts of b01 and b02 (b03 has none), added up on the Monday morning."""
    team.now = clock.at = team.now.replace(year=WEEK.year, month=WEEK.month, day=WEEK.day, hour=0)
    for branch, name in ((team.b01, "Sun"), (team.b02, "Bo")):
        api.forecast_store(
            scope=team.scope(name), now=team.now, branch=branch, since=WEEK, until=WEEK + timedelta(days=7), seed=1,
            inputs_hash="x", payload=expected.payload(),
        )  # fmt: skip
    treeing.make_tree(scope=team.scope("Hana"), now=team.now, unit=team.units["hq"])
    return team


def look(client, **asked):
    return client.get(BANK, asked).context


def test_the_banks_rows_are_its_regions_and_add_up_on_every_day(made, sign_in):
    hana = sign_in("Hana")
    for number in range(7):
        shown = look(hana, day=(WEEK + timedelta(days=number)).isoformat())
        assert [line["code"] for line in shown["lines"]] == ["east"]
        assert sum(line["expected"] for line in shown["lines"]) == shown["total"]["expected"]
        below = look(hana, day=(WEEK + timedelta(days=number)).isoformat(), unit="east")
        assert {line["code"] for line in below["lines"]} == {"b01", "b02"}
        assert sum(line["expected"] for line in below["lines"]) == below["total"]["expected"]
        assert below["total"]["expected"] == shown["total"]["expected"]


def test_a_branch_without_a_forecast_is_named_and_not_counted(made, sign_in):
    assert look(sign_in("Hana"))["missing"] == ["西湖支行"]


def test_a_region_sees_its_own_branches_with_the_same_numbers(made, sign_in):
    hers = look(sign_in("Rita"))
    whole = look(sign_in("Hana"), unit="east")
    assert hers["total"]["expected"] == whole["total"]["expected"]
    assert [line["expected"] for line in hers["lines"]] == [line["expected"] for line in whole["lines"]]
    assert hers["missing"] == []


@pytest.mark.parametrize("name", ["Sun", "Mei"])
def test_people_of_a_branch_have_no_such_page_with_numbers(made, sign_in, name):
    answer = sign_in(name).get(BANK)
    assert answer.status_code in (403, 404) or answer.context["found"] is None


def test_units_and_days_that_are_not_there_are_not_found(made, sign_in):
    for name, asked in (("Hana", {"unit": "b09"}), ("Hana", {"day": "2027-01-01"}), ("Rita", {"unit": "west"})):
        assert sign_in(name).get(BANK, asked).status_code == 404


def test_only_headquarters_asks_for_it(made, sign_in):
    with pytest.raises(Forbidden):
        actions.tree_make(scope=made.scope("Rita"), now=made.now, unit=made.units["east"])
    sign_in("Hana").post(reverse("team:bank-make"))
    with scoped(made.scope("Hana")):
        assert JobRun.objects.get(kind="team.tree").state == "done"
    assert [kind for kind, _data in journal(made, "team.tree_made", made.units["hq"])] == ["team.tree_made"] * 2


def test_without_any_forecast_it_says_so(team, sign_in):
    with pytest.raises(NotNow):
        treeing.make_tree(scope=team.scope("Hana"), now=team.now, unit=team.units["hq"])
    assert "各网点预测尚未汇总" in sign_in("Hana").get(BANK).content.decode()


def test_it_is_added_up_once_every_morning(made):
    before = made.now
    assert nightly.add_up(before.replace(hour=23) - timedelta(days=1)) == 1  # seven in the morning in Shanghai
    assert nightly.add_up(before) == 0
    with scoped(system_scope(tuple(roles.table()))):
        assert queries.TreeForecast.objects.filter(org_unit=made.units["hq"]).count() == 2


def test_the_workbook_holds_every_row_of_every_day(made, sign_in):
    answer = sign_in("Hana").get(reverse("team:bank-excel"))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == WEEK.isoformat()]
    assert {row[1] for row in rows} == {
        "总行", "总行 / 东区", "总行 / 东区 / 人民路支行", "总行 / 东区 / 解放路支行",
    }  # fmt: skip
