"""A new level is one YAML version: added while the house runs and used from intake to closing."""

from datetime import timedelta

import pytest
import yaml

from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case
from counterpoint.primitives.cases.firing import fire_due
from counterpoint.primitives.cases.models import CaseEscalation
from counterpoint.primitives.content import loader
from counterpoint.service import api, catalogue
from counterpoint.service.models import Complaint
from counterpoint.service.rules.settings import ComplaintRules, Limit

MINUTE = timedelta(minutes=1)
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
    """One file: a second version of the complaint type with a level above all others."""
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
    monkeypatch.setenv(loader.FOLDERS, str(tmp_path))
    loader.forget()
    yield tmp_path
    monkeypatch.delenv(loader.FOLDERS)
    loader.forget()


@pytest.fixture
def signal(fourth_level):
    """A second file, if the level is to be proposed from the words too."""
    (fourth_level / "complaint_signals").mkdir()
    (fourth_level / "complaint_signals" / "crowd.yaml").write_text(SIGNAL, encoding="utf-8")
    loader.forget()


def row_of(complaint):
    with unscoped("the test looks"):
        return Complaint.objects.get(pk=complaint)


def test_a_fourth_level_is_one_file_and_works_on_the_pages_from_intake_to_the_figures(
    bank, fourth_level, sign_in, clock
):
    assert [path.name for path in fourth_level.rglob("*.yaml")] == ["fourth.yaml"]
    mei, sun, ada = (sign_in(name) for name in ("Mei", "Sun", "Ada"))
    assert "特级" in mei.get("/service/complaints/take").content.decode()
    form = {"text": "很多人在门口要取钱", "channel": "counter", "level": "level_0", "idempotency_key": "a"}
    base = mei.post("/service/complaints/take", form)["Location"]
    row = row_of(base.rsplit("/", 1)[-1])
    assert row.level == "level_0"
    with unscoped("the test looks"):
        told = Message.objects.filter(dedupe__startswith=f"complaint:{row.pk}", title__contains="特级")
        assert {one.recipient.name for one in told} == {"Sun", "Ada"}, "alarmed as the next graver known level is"
    seen = case(scope=bank.scope("Sun"), case=row.case, now=bank.now)
    assert {c.clock: c.due_at for c in seen.clocks if c.clock == "contact"} == {"contact": bank.now + 10 * MINUTE}
    assert (seen.case.owner_name, {c.clock for c in seen.clocks}) == ("Sun", {"contact", "legal"})
    clock.at += 12 * MINUTE
    fire_due(now=clock.at)
    with unscoped("the test looks"):
        assert CaseEscalation.objects.filter(case=row.case, rung="rung1").count() == 1
    assert "特级" in sun.get("/service/complaints").content.decode()
    page = sun.get(base).content.decode()
    assert "特级" in page and "联系客户" in page

    def do(who, name, **sent):
        clock.at += MINUTE
        answer = who.post(f"{base}/do/{name}", sent, follow=True)
        assert answer.status_code == 200 and [str(m) for m in answer.context["messages"]] == []
        return answer.content.decode()

    do(sun, "accept")
    do(sun, "milestone", slug="contacted")
    do(sun, "resolve", root_cause="external", remedy="已疏导并兑付")
    do(ada, "verify")
    assert "特级" in do(sun, "close", satisfied="yes")
    closed = row_of(row.pk)
    assert (closed.stage_kind, closed.level, closed.breaches) == ("closed", "level_0", 1)
    on = bank.now.date()
    counted = api.counted(scope=bank.scope("Sun"), branch=bank.b01, since=on, until=on)
    assert counted.by_level[0].key == "level_0"
    assert "特级" in sun.get("/service/complaints/statistics").content.decode()


def test_a_complaint_is_raised_to_the_new_level_by_its_button(bank, take, fourth_level, sign_in):
    taken = take("空调坏了")
    sun, base = sign_in("Sun"), f"/service/complaints/{taken.id}"
    assert "特级" in sun.get(base).content.decode()
    sun.post(f"{base}/do/confirm", {"level": "level_0", "reason": "门口聚集"})
    assert row_of(taken.id).level == "level_0" and "特级" in sun.get(base).content.decode()


def test_with_a_signal_of_its_own_the_words_propose_it(bank, take, signal, sign_in):
    taken = take("很多人围堵在门口要取钱")
    assert taken.level == "level_0"
    page = sign_in("Sun").get(f"/service/complaints/{taken.id}").content.decode()
    assert "特级" in page and "围堵" in page


def test_a_complaint_from_before_keeps_its_old_version(bank, take, fourth_level):
    taken = take("空调坏了", at=bank.now - timedelta(days=20))
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    assert (seen.case.version, take("空调又坏了", key="later").level) == (1, "level_3")


def test_a_level_that_no_figure_names_is_treated_as_the_nearest_lighter_one():
    limit = Limit(5, 60)
    figures = ComplaintRules(
        "complaints", first_owner={"b": ("supervisor",), "a": ("branch_head",)}, alarm={"a": ("branch_head",)},
        report_levels=("b",), lesson_levels=("a", "b"), extensions=(30,), callback_days=(1,), repeat_days=30,
        keep_years=3, text_limit=4000, proof_bits=16, forms_per_address=limit, forms_per_branch=limit,
        open_at_least=0.35,
    )  # fmt: skip
    assert figures.over(["b", "a"]) is figures
    more = figures.over(["c", "b", "between", "a", "gravest"])
    assert more.alarm == {"a": ("branch_head",), "gravest": ("branch_head",)}
    assert more.first_owner["c"] == more.first_owner["between"] == ("supervisor",)
    assert more.report_levels == ("b", "c", "between") and set(more.lesson_levels) == {
        "a",
        "b",
        "c",
        "between",
        "gravest",
    }


def test_the_shipped_figures_name_every_level_themselves(bank):
    raw = catalogue.get("complaint_rules", "complaints", bank.now.date(), "cn", bank=bank.b01.path).value
    assert catalogue.rules(bank.b01, bank.now) is raw
