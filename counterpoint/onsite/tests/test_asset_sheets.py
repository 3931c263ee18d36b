"""The register as Excel: what goes out can come in again, and a wrong row says why."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from counterpoint.foundation.api import Invalid, scoped
from counterpoint.onsite.assets import queries, sheets
from counterpoint.onsite.models import Asset
from counterpoint.onsite.tests.registered import extinguisher, kiosk, where


def listed(bank):
    return queries.register(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)


def book(*rows):
    page = Workbook()
    for row in rows:
        page.active.append(row)
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def taken(bank, content):
    with scoped(bank.scope("Sun")):
        return sheets.taken(**where(bank), content=content)


def everything(bank):
    with scoped(bank.scope("Sun")):
        return [
            (a.device.code, a.device.name, a.device.kind, a.serial, a.place, a.made_on, a.serviced_on, a.due_on)
            for a in Asset.objects.select_related("device")
        ]


def test_an_export_comes_in_again_without_changing_anything(bank):
    kiosk(bank)
    extinguisher(bank, serviced_on=date(2026, 3, 1))
    before = everything(bank)
    out = sheets.exported(listed(bank), "zh-hans", bank.b01, bank.now)
    result = taken(bank, out)
    assert (result.added, result.changed, result.problems) == (0, 2, ())
    assert everything(bank) == before


def test_the_template_can_be_filled_in_and_comes_in(bank):
    content = sheets.template("zh-hans", bank.b01, bank.now)
    page = load_workbook(io.BytesIO(content))
    page.worksheets[0].append(
        ["fire-02", "干粉灭火器", "灭火器二号", "", "门边", "", "A9", "2024年3月1日", None, "2026.02.03"]
    )
    out = io.BytesIO()
    page.save(out)
    result = taken(bank, out.getvalue())
    assert (result.added, result.problems) == (2, ())
    row = next(one for one in everything(bank) if one[0] == "fire-02")
    assert row[2:] == ("extinguisher_powder", "A9", "门边", date(2024, 3, 1), date(2026, 2, 3), date(2028, 2, 3))


def test_headings_and_kinds_may_be_in_any_language_of_the_house(bank):
    content = book(["code", "Kind", "name", "Made on"], ["cam-1", "CCTV camera", "门口摄像机", date(2024, 1, 2)])
    assert taken(bank, content).added == 1


def test_a_wrong_row_says_why_and_the_others_come_in(bank):
    head = ["编号", "类型", "名称", "生产日期"]
    content = book(
        head, ["a-1", "camera", "一", ""], ["a 2!", "camera", "二", ""], ["a-3", "飞船", "三", ""],
        ["a-4", "camera", "四", "去年"], [None] * 4, ["a-5", "camera", "五", date(2050, 1, 1)],
    )  # fmt: skip
    result = taken(bank, content)
    assert (result.added, [(p.row, p.code) for p in result.problems]) == (
        1, [(3, "a 2!"), (4, "a-3"), (5, "a-4"), (7, "a-5")],
    )  # fmt: skip
    assert all(p.message for p in result.problems)


@pytest.mark.parametrize("content", [b"hello", book(["a", "b"], ["c", "d"]), b"PK\x03\x04broken"])
def test_what_is_no_register_is_refused(bank, content):
    with pytest.raises(Invalid):
        taken(bank, content)


def test_a_file_that_is_too_long_is_refused_before_anything_is_written(bank, monkeypatch):
    monkeypatch.setattr(sheets, "MOST", 2)
    content = book(["code", "Kind", "name"], *([f"cam-{n}", "camera", "门口摄像机"] for n in range(3)))
    with pytest.raises(Invalid):
        taken(bank, content)
    assert everything(bank) == []
