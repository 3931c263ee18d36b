"""A new indicator without a programmer: headquarters fills in the form, a colleague approves, the house counts."""

import html
import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from counterpoint.analytics import charts
from counterpoint.foundation.api import scoped
from counterpoint.foundation.middleware import LANGUAGE_COOKIE
from counterpoint.primitives.content import every, yaml_text
from counterpoint.primitives.content.models import ContentVersion
from counterpoint.primitives.content.tests.conftest import headquarters  # noqa: F401  (a fixture)
from counterpoint.primitives.metrics import NAME, alarm_list, metric_of, watching
from counterpoint.primitives.metrics.tests import feeds
from counterpoint.ui.leftovers import english_left

LANGUAGES = ("zh-hans", "zh-hant", "en")
NEW = reverse("primitives:content-new", args=["metrics"])
EXAMPLE = [{"rows": [{"bad": True}, {"bad": False}, {"bad": False}, {"bad": None}], "value": 25}]
SENT = {
    "as": "form", "key": "test.share", "pack": "any", "mark": "D", "source": "支行例会商定",
    "effective_from": "2026-11-23", "effective_to": "", "why": "要看不良率",
    "code": "BADS", "names.zh-hans": "不良占比", "names.en": "Bad share",
    "unit": "%", "direction": "down", "measure": "ratio", "relation": "test.things", "grid": "0.1",
    "numerator.0.~row": "1", "numerator.0.count": "on", "numerator.0.sign": "plus",
    "numerator.0.where.0.~row": "1", "numerator.0.where.0.key": "bad", "numerator.0.where.0.value": "true",
    "denominator.0.~row": "1", "denominator.0.count": "on", "denominator.0.sign": "plus",
    "digits": "1", "volume": "rows", "target": "5",
    "thresholds.0.~row": "1", "thresholds.0.slug": "high", "thresholds.0.kind": "absolute",
    "thresholds.0.level": "act", "thresholds.0.grain": "day", "thresholds.0.high": "8", "thresholds.0.by": "0",
    "thresholds.0.against": "usual", "thresholds.0.sigmas": "3", "thresholds.0.history": "28",
    "thresholds.0.like": "any", "thresholds.0.min_volume": "30", "thresholds.0.periods": "1",
    "thresholds.0.sure": "on", "thresholds.0.running": "on",
    "on_breach.~has": "1", "on_breach.case": "primitives.task", "small": "10",
    "grains": ["day", "week", "month"], "subjects": ["unit", "person"], "owner": "supervisor", "group": "service",
    "origin.zh-hans": "网点登记的明细", "origin.en": "what the branch writes down",
    "examples": yaml_text.dump(EXAMPLE),
}  # fmt: skip


@pytest.fixture
def feed(monkeypatch):
    return feeds.offer(monkeypatch)


def send(client, do="submit", **more):
    return client.post(NEW, {**SENT, **more, "do": do})


def test_the_form_asks_in_chinese_and_offers_what_may_be_chosen(headquarters, sign_in):  # noqa: F811
    hana = sign_in("Hana")
    for answer, asks in (
        (hana.get(NEW), ("统计方式", "90% 分位数", "越低越好", "网点")),
        (send(hana, "add:thresholds"), ("何时预警", "超出自身正常范围", "同一星期几")),
        (send(hana, "add:columns"), ("导入时填写什么",)),
    ):
        text = answer.content.decode()
        assert answer.status_code == 200 and [words for words in asks if words not in text] == []
        assert english_left(text, {"Hana", "YAML", "true", "false", "rows", "bad", "null", "value"}) == []  # typed


def test_rows_of_a_formula_are_added_by_buttons(headquarters, sign_in):  # noqa: F811
    hana = sign_in("Hana")
    text = send(hana, "add:denominator").content.decode()
    assert 'name="denominator.1.sum"' in text and 'name="denominator.2.sum"' not in text
    text = send(hana, "drop:numerator.0").content.decode()
    assert 'name="numerator.0.sum"' not in text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"owner": "king"}, "没有“king”这个岗位"),
        ({"relation": "test.nothing"}, "没有 test.nothing 这类数据"),
        ({"numerator.0.sum": "wait"}, "要么计条数，要么对某一列求和"),
        ({"numerator.0.where.0.key": "colour"}, "没有 colour 列"),
        ({"numerator.0.where.0.value": "{above: 3}"}, "numerator"),
        ({"measure": "rate_per"}, "rate_per 需要填写 per"),
        ({"direction": "band"}, "区间型指标的目标须有上下限"),
        ({"thresholds.0.slug": "silence"}, "不能命名为"),
        ({"on_breach.playbook": "surge"}, "二者选一"),
        ({"on_breach.case": "no.such"}, "no.such"),
        ({"examples": "- {rows: 3, value: 3}"}, "须为数据列表"),
        ({"examples": "- {rows: [{bad: true}], value: much}"}, "须为数值"),
        ({"examples": "- {rows: [{good: true}], value: null}"}, "没有 good 列"),
        ({"examples": "- {rows: {a.b: []}, value: 3}"}, "a.b"),
        ({"grains": []}, "至少各选一项"),
        ({"examples": yaml_text.dump([EXAMPLE[0] | {"value": 30}])}, "算得 25"),
        ({"examples": "- {value: 3}"}, "算例须有 rows 和 value"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_and_nothing_is_proposed(headquarters, sign_in, feed, wrong, words):  # noqa: F811
    answer = send(sign_in("Hana"), **wrong)
    assert answer.status_code == 422 and words in answer.content.decode()
    told = [one.text for one in answer.context["editor"].problems]
    told += [one.wrong for one in answer.context["editor"].preview.judged.worked]
    assert [text for text in told if re.search(r"([a-z]{2,} ){2}[a-z]{2,}", text)] == []
    with scoped(headquarters.scope("Hana")):
        assert not ContentVersion.objects.exists()


def test_a_number_from_the_form_is_counted_shown_and_judged(headquarters, sign_in, feed):  # noqa: F811
    bank, today = headquarters, headquarters.now.date()
    feed.add(today, 70)
    feed.add(today, 30, bad=True)
    page = reverse("analytics:kpi", args=["test.share"])
    assert sign_in("Sun").get(page).status_code == 404

    assert send(sign_in("Hana")).status_code == 302
    assert sign_in("Sun").get(page).status_code == 404, "it waits for a second person"
    with scoped(bank.scope("Hana")):
        proposal = ContentVersion.objects.get()
    decide = reverse("primitives:content-decide", args=[proposal.pk])
    assert sign_in("Henry").post(decide, {"decision": "approve"}).status_code == 302

    one = metric_of("test.share", today, bank=bank.b01.path)
    assert (one.target.high, one.interval, one.grains) == (5, "share", ("day", "week", "month"))
    sun = sign_in("Sun")
    text = sun.get(page).content.decode()
    assert sun.get(page).context["card"].value.value == 30.0
    assert "不良占比" in text and "网点登记的明细" in text and "30.0" in text
    assert "BADS" in sun.get(reverse("analytics:kpis") + "?q=bads").content.decode()

    watching.watch_branch(bank.b01, bank.now)
    (alarm,) = [row for row in alarm_list(scope=bank.scope("Sun"), unit=bank.b01) if row.metric == "test.share"]
    assert alarm.level == "act" and alarm.started.startswith("case:")


def test_the_form_changes_an_indicator_that_a_file_brought(headquarters, sign_in):  # noqa: F811
    """A stricter target is a new version; the formula and the examples stay."""
    hana, key = sign_in("Hana"), "onsite.abandonment"
    url = reverse("primitives:content-edit", args=["metrics", key])
    before = metric_of(key, headquarters.now.date())
    data = form_of(hana.get(url))
    data |= {"target": "3", "why": "更严", "do": "submit"}
    assert hana.post(url, data).status_code == 302
    with scoped(headquarters.scope("Hana")):
        row = ContentVersion.objects.get()
    sign_in("Henry").post(reverse("primitives:content-decide", args=[row.pk]), {"decision": "approve"})
    after = metric_of(key, headquarters.now.date(), bank=headquarters.hq.path)
    assert (before.target.high, after.target.high) == (5, 3)
    assert (after.parts, after.thresholds, after.names) == (before.parts, before.thresholds, before.names)


def form_of(answer):
    """What a browser sends of the form that it was given."""
    from counterpoint.primitives.content.tests.test_schema_form import sent

    editor = answer.context["editor"]
    head = {field.name: field.value() for field in editor.head if field.value() is not None}
    body = sent(editor.fields)
    fields = {name: body.getlist(name) for name in body}
    return head | fields | {"as": "form", "examples": editor.examples}


@pytest.mark.parametrize("item", every(NAME), ids=lambda item: item.key)
def test_every_indicator_says_its_source_in_each_language(item):
    for language in LANGUAGES:
        with translation.override(language):
            mark, _colon, source = charts.origin(item).partition("：" if language != "en" else ": ")
            assert mark and source
            assert language == "en" or any("一" <= letter <= "鿿" for letter in source)
    assert set(item.value.origin) >= {"zh-hans", "zh-hant"}


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "叫号"), ("zh-hant", "叫號"), ("en", "call")])
def test_the_page_of_a_number_tells_its_source_in_the_readers_language(bank, sign_in, language, words):
    item = next(one for one in every(NAME) if one.key == "onsite.utilisation")
    sun = sign_in("Sun")
    sun.cookies[LANGUAGE_COOKIE] = language
    text = html.unescape(sun.get(reverse("analytics:kpi", args=[item.key])).content.decode())
    with translation.override(language):
        assert charts.origin(item) in text and words in charts.origin(item)


def test_a_source_that_headquarters_wrote_is_shown_as_it_is(headquarters, sign_in, feed):  # noqa: F811
    send(sign_in("Hana"), **{"origin.zh-hans": "", "origin.en": ""})
    with scoped(headquarters.scope("Hana")):
        row = ContentVersion.objects.get()
    sign_in("Henry").post(reverse("primitives:content-decide", args=[row.pk]), {"decision": "approve"})
    assert "支行例会商定" in sign_in("Sun").get(reverse("analytics:kpi", args=["test.share"])).content.decode()
    assert metric_of("test.share", date(2026, 11, 23), bank=headquarters.b01.path).origin == {}
