"""A new level is one YAML version: added while the house runs and used from intake to closing."""

from datetime import timedelta

import pytest
import yaml

from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case, case_accept, case_close, case_milestone, case_resolve, case_verify
from counterpoint.primitives.cases.firing import fire_due
from counterpoint.primitives.cases.models import CaseEscalation
from counterpoint.primitives.content import loader
from counterpoint.service import api

SIGNAL = """
key: crowd
version: 1
source: made up for the test
mark: D
effective_from: 2026-11-01
names: {zh-hans: 大量客户聚集, zh-hant: 大量客戶聚集, en: Crowd}
level: level_0
weight: 9
certain: true
phrases: [围堵, 挤兑]
"""


@pytest.fixture
def fourth_level(tmp_path, monkeypatch):
    """A second version of the complaint type with a level above all others, and a signal that proposes it."""
    source = loader.PACKAGE / "service" / "content" / "case_types" / "complaint.yaml"
    body = yaml.safe_load(source.read_text(encoding="utf-8"))[0]
    body |= {"version": 2, "effective_from": "2026-11-10", "source": "made up for the test"}
    names = {"zh-hans": "特级", "zh-hant": "特級", "en": "Level 0"}
    body["levels"].append({"slug": "level_0", "names": names})
    for clock in body["clocks"]:
        if clock["slug"] in ("contact", "legal"):
            clock["within"]["level_0"] = {"minutes": 10} if clock["slug"] == "contact" else {"calendar_days": 15}
    place = tmp_path / "case_types"
    place.mkdir()
    written = yaml.safe_dump(body, allow_unicode=True).replace("'2026-11-10'", "2026-11-10")
    (place / "fourth.yaml").write_text(written, encoding="utf-8")
    (tmp_path / "complaint_signals").mkdir()
    (tmp_path / "complaint_signals" / "crowd.yaml").write_text(SIGNAL, encoding="utf-8")
    monkeypatch.setenv(loader.FOLDERS, str(tmp_path))
    loader.forget()
    yield
    monkeypatch.delenv(loader.FOLDERS)
    loader.forget()


def test_a_fourth_level_works_from_the_words_to_the_end(bank, take, fourth_level, sign_in):
    taken = take("很多人围堵在门口要取钱")
    assert taken.level == "level_0"
    here = {"scope": bank.scope("Sun"), "case": taken.case}
    minutes = [bank.now + timedelta(minutes=n) for n in range(60)]
    clocks = {c.clock: c.due_at for c in case(scope=bank.scope("Sun"), case=taken.case, now=bank.now).clocks}
    assert clocks["contact"] == minutes[10] and set(clocks) == {"contact", "legal"}
    fire_due(now=minutes[12])
    with unscoped("the test looks"):
        assert CaseEscalation.objects.filter(case=taken.case, rung="rung1").count() == 1
    page = sign_in("Sun").get(f"/service/complaints/{taken.id}").content.decode()
    assert "特级" in page and "围堵" in page
    case_accept(**here, now=minutes[13])
    case_milestone(**here, now=minutes[14], slug="contacted")
    case_resolve(**here, now=minutes[20], fields={"root_cause": "external", "remedy": "已疏导并兑付"})
    case_verify(scope=bank.scope("Ada"), case=taken.case, passed=True, now=minutes[30])
    closed = case_close(**here, now=minutes[40], fields={"satisfied": "yes"})
    assert (closed.stage_kind, closed.level, closed.breaches) == ("closed", "level_0", 1)
    assert (
        api.counted(scope=bank.scope("Sun"), branch=bank.b01, since=bank.now.date(), until=bank.now.date())
        .by_level[0]
        .key
        == "level_0"
    )


def test_a_complaint_from_before_keeps_its_old_version(bank, take, fourth_level):
    taken = take("空调坏了", at=bank.now - timedelta(days=20))
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    assert (seen.case.version, take("空调又坏了", key="later").level) == (1, "level_3")
