"""The chapter's definitions: types refuse what cannot be meant, and headquarters changes each by its form."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import content
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.content import actions, yaml_text
from counterpoint.primitives.content.labels import words_of
from counterpoint.primitives.content.models import ContentVersion
from counterpoint.primitives.content.schema_form import Form
from counterpoint.primitives.content.tests.conftest import headquarters  # noqa: F401  (the cast at headquarters)
from counterpoint.primitives.content.tests.test_schema_form import sent
from counterpoint.primitives.metrics import relation
from counterpoint.service import catalogue
from counterpoint.service.models import Complaint
from counterpoint.service.rules import corpus

ON = date(2026, 11, 23)
KINDS = ("complaint_signals", "complaint_corpus", "complaint_models", "complaint_rules", "report_templates")
HEAD = {
    "as": "form", "mark": "D", "source": "circular 12", "effective_from": "2026-11-23", "effective_to": "",
    "why": "the branch asked", "do": "submit",
}  # fmt: skip


def held(kind, key, pack="any"):
    """The newest version."""
    return max((i for i in content.every(kind) if (i.key, i.pack) == (key, pack)), key=lambda item: item.version)


def test_every_kind_of_the_chapter_has_a_type_a_schema_and_chinese_words():
    with translation.override("zh-hans"):
        for name in KINDS:
            kind = content.kind_of(name)
            words, schema = words_of(kind), kind.schema()
            nodes = [schema, *schema.get("$defs", {}).values()]
            fields = [field for node in nodes for field in node.get("properties", {})]
            for words_found in [str(kind.title), *(words(field, "") for field in fields)]:
                assert any("一" <= letter <= "鿿" for letter in words_found), (name, fields, words_found)


@pytest.fixture
def hana(headquarters, sign_in):  # noqa: F811
    return sign_in("Hana")


CHANGES = [
    ("complaint_signals", "injury", "weight", "3.5"),
    ("complaint_corpus", "loss", "category", "error"),
    ("complaint_models", "level", "scale", "0.07"),
    ("complaint_rules", "complaints", "repeat_days", "45"),
    ("report_templates", "rectification", "names.zh-hans", "投诉整改情况报告"),
]


def posted(kind, item, field, value):
    """What a browser sends of the form of a definition with one field changed."""
    form = Form(kind.schema(), words_of(kind), {})
    data = sent(form.fields(yaml_text.plain(dict(item.body))))
    examples = yaml_text.dump(list(item.examples)) if item.examples else ""
    data.update(HEAD | {"pack": item.pack, "examples": examples})
    assert field in data
    data[field] = value
    return data


@pytest.mark.parametrize(("name", "key", "field", "value"), CHANGES)
def test_headquarters_changes_a_definition_by_its_form_and_a_colleague_approves(
    headquarters,  # noqa: F811
    hana,
    name,
    key,
    field,
    value,
):
    kind = content.kind_of(name)
    item = held(name, key, "cn" if name == "complaint_rules" else "any")
    url = reverse("primitives:content-edit", args=[name, key]) + f"?pack={item.pack}"
    page = hana.get(url).content.decode()
    assert f'name="{field}"' in page
    assert hana.post(url, posted(kind, item, field, value)).status_code == 302
    with scoped(headquarters.scope("Henry")) as scope:
        row = ContentVersion.objects.get()
        assert actions.content_approve(scope=scope, proposal=row.pk, now=headquarters.now).version == item.version + 1
        after = content.get(name, key, ON, bank=headquarters.hq.path)
    before, now = deepcopy(yaml_text.plain(dict(item.body))), yaml_text.plain(dict(after.body))
    outer, _dot, inner = field.partition(".")
    (before[outer] if inner else before)[inner or outer] = now[outer][inner] if inner else now[outer]
    assert str((now[outer])[inner] if inner else now[outer]) == value
    assert before == now or kind.value_of(key, before) == kind.value_of(key, now), "nothing else has changed"


def test_a_figure_is_changed_together_with_its_worked_example(headquarters, hana):  # noqa: F811
    kind, item = content.kind_of("complaint_rules"), held("complaint_rules", "complaints", "cn")
    url = reverse("primitives:content-edit", args=["complaint_rules", "complaints"]) + "?pack=cn"
    data = posted(kind, item, "keep_years", "5")
    refused = hana.post(url, data)
    until = str(date(2026, 11, 23) + timedelta(days=5 * 366))
    assert refused.status_code == 422 and until in refused.content.decode(), "the page says what comes out now"
    data["examples"] = data["examples"].replace("2029-11-25", until)
    assert hana.post(url, data).status_code == 302


def test_what_headquarters_decided_rules_the_next_complaint_without_a_restart(headquarters, hana, take):  # noqa: F811
    kind, item = content.kind_of("complaint_models"), held("complaint_models", "level")
    assert take().level
    here = headquarters.b01.path
    with scoped(headquarters.scope("Henry")):
        before = catalogue.models(ON, bank=here).level.scale
    hana.post(
        reverse("primitives:content-edit", args=["complaint_models", "level"]), posted(kind, item, "scale", "0.05")
    )
    with scoped(headquarters.scope("Henry")) as scope:
        actions.content_approve(scope=scope, proposal=ContentVersion.objects.get().pk, now=headquarters.now)
        assert catalogue.models(ON, bank=here).level.scale == 0.05 != before


SPOILT = [
    ("complaint_signals", {"weight": 0}, "weight"),
    ("complaint_signals", {"names": {"zh-hans": "一"}}, "三种语言"),
    ("complaint_signals", {"phrases": [], "number": ""}, "短语"),
    ("complaint_signals", {"phrases": ["… *"]}, "没有文字"),
    ("complaint_signals", {"number": "", "at_least": 3}, "数字"),
    ("complaint_signals", {"number": "age", "at_least": 60, "below": 60}, "须大于"),
    ("complaint_signals", {"number": "shoes"}, "number"),
    ("complaint_corpus", {"slots": {"big": ["一万元"]}}, "二选一"),
    ("complaint_corpus", {"texts": []}, "中文"),
    ("complaint_corpus", {"level": "", "texts": [], "slots": {"big": ["一万元"]}}, "openings"),
    ("complaint_models", {"weights": "plain words"}, "权重"),
    ("complaint_models", {"offsets": [0.5]}, "偏移"),
    ("complaint_models", {"classes": ["a", "b"], "offsets": [0.0, 0.0]}, "权重"),
    ("complaint_models", {"scale": -1}, "scale"),
    ("complaint_rules", {"alarm": {"level_1": ["emperor"]}}, "emperor"),
    ("complaint_rules", {"proof_bits": 60}, "proof_bits"),
    ("complaint_rules", {"text_limit": 40_000}, "text_limit"),
    ("complaint_rules", {"forms_per_branch": {"count": 0, "minutes": 60}}, "forms_per_branch.count"),
    ("report_templates", {"sections": []}, "sections"),
]
FIRST = {
    "complaint_signals": ("injury", "any"), "complaint_corpus": ("loss", "any"), "complaint_models": ("level", "any"),
    "complaint_rules": ("complaints", "cn"), "report_templates": ("rectification", "any"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "more", "words"), SPOILT)
def test_what_cannot_be_meant_is_refused_in_chinese(name, more, words):
    kind, item = content.kind_of(name), held(name, *FIRST[name])
    kind.value_of(item.key, yaml_text.plain(dict(item.body)))
    with translation.override("zh-hans"), pytest.raises(ValueError, match=words):
        kind.value_of(item.key, yaml_text.plain(dict(item.body)) | more)


@pytest.mark.parametrize(
    "starts", ["{owner.name}", "{owner!r}", "{owner:>99999999}", "{boss}", "{", "{}", "{0}", "{owner[0]}"]
)
def test_a_template_fills_in_facts_and_nothing_else(starts):
    kind, item = content.kind_of("report_templates"), held("report_templates", "rectification")
    body = yaml_text.plain(dict(item.body))
    body["sections"][0]["starts"] = {"zh-hans": starts}
    with translation.override("zh-hans"), pytest.raises(ValueError, match="一、投诉情况"):
        kind.value_of(item.key, body)


def test_two_sections_of_one_name_are_refused():
    kind, item = content.kind_of("report_templates"), held("report_templates", "rectification")
    body = yaml_text.plain(dict(item.body))
    body["sections"][1]["slug"] = body["sections"][0]["slug"]
    with translation.override("zh-hans"), pytest.raises(ValueError, match="短名相同"):
        kind.value_of(item.key, body)


def test_weights_that_would_swell_are_not_unpacked():
    import base64
    import zlib

    from counterpoint.service.rules.grams import Model

    bomb = base64.b85encode(zlib.compress(bytes(200_000_000), 9)).decode()
    with pytest.raises(ValueError, match="8193 weights"):
        Model.from_text(("a", "b"), bomb, 1.0, (0.0, 0.0))


def test_silent_choices_leave_texts_without_opening_or_closing():
    shared = corpus.Patterns(
        "slots", slots={"x": ("甲",)}, openings=("你好,",), closings=("。",), en_openings=("Hello,",),
        en_closings=("Bye.",), silent=corpus.Silent(openings=1, en_closings=1),
    )  # fmt: skip
    core = corpus.Patterns("one", "level_1", "wait", ("{x}等",), ("{x} waits",))
    texts = {row.text for row in corpus.draw([shared, core], seed=3, each=40, mixed=0)}
    assert texts == {"甲等。", "你好,甲等。", "Hello, 甲 waits", "Hello, 甲 waits Bye."}


def test_the_days_of_a_repeat_are_those_of_the_figures(bank, take, monkeypatch):
    rules = catalogue.rules
    told = {"contact": "13912345678"}
    take("空调坏了太热", at=bank.now - timedelta(days=10), **told)
    monkeypatch.setattr(catalogue, "rules", lambda branch, now: replace(rules(branch, now), repeat_days=9))
    apart = take("空调又坏了太热", **told)
    monkeypatch.undo()
    near = take("空调还是坏的太热", **told)
    with unscoped("the test looks"):
        found = dict(Complaint.objects.values_list("pk", "repeats"))
    assert (found[apart.id], found[near.id]) == (0, 2)


def test_rows_behind_a_number_say_levels_and_choices_in_words():
    """Columns need not be called as the field of the case is."""
    kind = case_types(ON, "cn")["service.complaint"]
    fields = {"category": "category", "channel": "channel", "cause": "root_cause"}
    known = {"level": kind.levels} | {column: kind.field(field).choices for column, field in fields.items()}
    with translation.override("zh-hans"):
        for column, choices in known.items():
            assert [relation("service.complaints").value_name(column, one.slug) for one in choices] == [
                one.names["zh-hans"] for one in choices
            ]
    assert relation("service.complaints").value_name("category", "no such") == "no such"
