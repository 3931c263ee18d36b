"""A new kind of case, a new level, a new version: each one YAML file, no code."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives.cases import (
    case,
    case_accept,
    case_adopt,
    case_close,
    case_level,
    case_open,
    case_resolve,
    firing,
)
from counterpoint.primitives.cases.models import CaseEscalation
from counterpoint.primitives.cases.tests import examples
from counterpoint.primitives.content import ContentError, check, get, kind_of

MINUTE = timedelta(minutes=1)
FLOOD = """
key: example.flood
version: 1
source: made up for the tests
mark: D
effective_from: 2020-01-01
names: {zh-hans: 漏水, en: Flood}
levels:
  - {slug: drip, names: {zh-hans: 渗水, en: Drip}}
  - {slug: burst, names: {zh-hans: 爆管, en: Burst}}
clocks:
  - slug: stopped
    names: {zh-hans: 止水, en: Stopped}
    within: {drip: {hours: 8}, burst: {minutes: 10}}
    runs: always
    warn: []
    ladder: [{after: {minutes: 0}, to: supervisor, any_hour: true},
             {after: {minutes: 5}, to: branch_head, any_hour: true}]
owner: [supervisor]
"""


def test_a_new_kind_of_case_is_one_file_from_opening_over_escalation_to_closing(bank, content_folder, sign_in):
    content_folder("case_types", FLOOD)
    assert not [p for p in check() if "flood" in str(p)]
    here = {"scope": bank.scope("Ada"), "now": bank.now}
    one = case_open(**here, org_unit=bank.b01, type="example.flood", level="burst", title="地下室漏水")
    firing.run(bank.now + 16 * MINUTE)
    with scoped(bank.scope("Hana")):
        rungs = list(CaseEscalation.objects.filter(case=one.id).order_by("pk").values_list("rung", flat=True))
    assert rungs == ["due", "rung1", "rung2"]
    for verb in (case_accept, case_resolve, case_close):
        done = verb(scope=bank.scope("Sun"), now=bank.now + 20 * MINUTE, case=one.id)
    assert done.stage_kind == "closed" and done.breaches == 1
    page = sign_in("Sun").get(f"/cases/{one.id}/").content.decode()
    assert "爆管" in page and "止水" in page and "漏水" in sign_in("Sun").get("/cases/new").content.decode()


def test_a_new_level_is_one_more_version_and_old_cases_keep_theirs(bank, room):
    here = {"scope": bank.scope("Ada"), "now": bank.now}
    old = case_open(**here, org_unit=bank.b01, type="example.chore", title="换灯")
    body = examples.CHORE.replace("levels: [", "levels: [{slug: later, names: {zh-hans: 可缓, en: Later}}, ").replace(
        "within: {only: {minutes: 30}}", "within: {only: {minutes: 20}, later: {hours: 9}}"
    )
    today = str(bank.now.date())
    first = examples.text(examples.CHORE, until=today)
    second = examples.text(body, version=2, since=today)
    room("case_types", f"- {_indented(first)}\n- {_indented(second)}", "chore")
    new = case_open(**here, org_unit=bank.b01, type="example.chore", level="later", title="换灯")
    assert (old.version, new.version) == (1, 2) and new.due_at == bank.now + timedelta(hours=9)
    kept = case(**here, case=old.id).case
    assert kept.version == 1 and kept.due_at == bank.now + 30 * MINUTE
    moved = case_adopt(**here, case=old.id)
    assert moved.version == 2 and moved.due_at == bank.now + 20 * MINUTE
    assert case_level(**here, case=new.id, level="only", reason="急").due_at == bank.now + 20 * MINUTE


def _indented(text):
    return text.strip().replace("\n", "\n  ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hours: 8", "weeks: 8"), ("hours: 8}", "hours: 8, minutes: 3}"), ("to: supervisor", "to: janitor"),
        ("runs: always", "runs: sometimes"), ("{hours: 8}", "{working_days: 2}"), ("drip: {", "drop: {"),
        ("levels:", "sorts:"), ("warn: []", "warn: [0.9, 0.5]"), ("owner: [supervisor]", "owner: [janitor]"),
        ("slug: burst", "slug: drip"), ("names: {zh-hans: 漏水, en: Flood}", "names: {en: Flood}"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named(bank, content_folder, old, new):
    content_folder("case_types", FLOOD.replace(old, new))
    with pytest.raises(ContentError, match=r"flood|added"):
        get("case_types", "example.flood", bank.now.date())


def test_the_kind_has_a_schema_for_the_editor(db):
    schema = kind_of("case_types").schema()
    assert {"levels", "clocks", "fields", "owner"} <= set(schema["properties"]) and "key" not in schema["properties"]
