"""People above the branch have panels too: what waits for them, what is late below; a panel names its places."""

from datetime import timedelta

import pytest

from counterpoint.primitives import cases
from counterpoint.ui import panels
from counterpoint.ui.panels import ABOVE, Panel, PanelBody, PanelFault

pytestmark = pytest.mark.django_db


def case_at(bank, who, branch, owner=None):
    return cases.case_open(
        scope=bank.scope(who), org_unit=bank.units[branch], type="role.self_check", now=bank.now,
        title=f"自查 {branch}", owner=bank.people[owner].pk if owner else None,
    )  # fmt: skip


def test_the_region_sees_what_waits_for_it_and_what_is_late_below(bank, sign_in, clock):
    case_at(bank, "Sun", "b01", owner="Rita")
    case_at(bank, "Stranger", "b03")
    text = sign_in("Rita").get("/").content.decode()
    assert "1 件事项等您处理" in text and "自查 b01" in text and "自查 b03" not in text and "逾期事项" not in text
    clock.at = bank.now + timedelta(days=30)
    late = sign_in("Rita").get("/").content.decode()
    assert "辖内 1 件事项已逾期" in late and 'data-level="act"' in late
    assert "辖内 2 件事项已逾期" in sign_in("Hana").get("/").content.decode()


def test_a_room_joins_the_region_s_desk_by_naming_the_place(sign_in, monkeypatch):
    sign_in("Rita").get("/")
    monkeypatch.setattr(panels, "_panels", dict(panels._panels))
    panels.register(
        Panel("x.above", "Reports", frozenset(), 1, "role.branches.view",
              lambda request: PanelBody("role/parts/greeting.html", {}, "watch", "3 reports to decide"),
              places=frozenset({ABOVE})),
    )  # fmt: skip
    assert "3 reports to decide" in sign_in("Rita").get("/").content.decode()
    assert "3 reports to decide" not in sign_in("Sun").get("/").content.decode()
    with pytest.raises(PanelFault):
        Panel("x.y", "", frozenset(), 1, None, lambda request: None, places=frozenset({"moon"}))
