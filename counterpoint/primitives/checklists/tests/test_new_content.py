"""One new YAML file is a whole new inspection: begun, answered, failed, with its case, and no line of code."""

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.tests.world import World, content_of
from counterpoint.primitives.content import check, loader

VAULT = """
key: probe.vault
version: 1
source: tests
mark: D
effective_from: 2026-01-01
names: {zh-hans: 金库检查, zh-hant: 金庫檢查, en: Vault check}
schedule: {every: day, phase: closing, due: {after_close_minutes: 30}, role: supervisor}
sections:
  - slug: door
    names: {zh-hans: 库门, zh-hant: 庫門, en: Door}
    items:
      - {slug: locked, kind: yes_no, names: {zh-hans: 已双人锁闭, zh-hant: 已雙人鎖閉, en: Locked by two}}
      - slug: sealed
        kind: number
        limits: {min: 2}
        names: {zh-hans: 封签数, zh-hant: 封籤數, en: Seals}
        on_fail: {type: primitives.task, level: urgent, title: {zh-hans: 补封签, zh-hant: 補封籤, en: Seal again}}
examples:
  - answers: {locked: "yes", sealed: 1}
    percent: 50.0
    passed: false
    failed: [sealed]
"""


@pytest.fixture
def house(bank, tmp_path, monkeypatch):
    """The real house with one more file."""
    monkeypatch.setenv(loader.FOLDERS, str(content_of(tmp_path, checklists=VAULT)))
    loader.forget()
    yield World(bank, {})
    monkeypatch.undo()
    loader.forget()


def test_one_new_file_is_a_new_inspection_from_start_to_case(house):
    assert [problem for problem in check() if problem.key == "probe.vault"] == []
    scope = house.bank.scope("Hana")
    checklists.plan_branch(scope=scope, org_unit=house.branch, now=house.now)
    with scoped(house.scope):
        row = Round.objects.get(checklist="probe.vault")
    assert (row.phase, row.due_at.isoformat()) == ("closing", "2026-11-23T09:30:00+00:00")
    checklists.answer_put(scope=house.bank.scope("Mei"), round=row.pk, item="locked", value="yes", now=house.now)
    checklists.answer_put(scope=house.bank.scope("Mei"), round=row.pk, item="sealed", value=1, now=house.now)
    done = checklists.round_submit(scope=house.bank.scope("Mei"), round=row.pk, now=house.now)
    assert (done.percent, done.passed) == (50.0, False)
    found = cases.case(scope=house.bank.scope("Sun"), case=done.failed[0].case, now=house.now)
    assert found.case.type == "primitives.task" and found.case.title in {"补封签", "Seal again"}
    assert found.case.source == f"primitives.round:{row.pk}"
