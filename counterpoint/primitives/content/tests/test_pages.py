"""Pages of definitions: everybody above the counter reads, headquarters proposes and decides."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.primitives.content import editing, get, labels
from counterpoint.primitives.content.models import ContentVersion
from counterpoint.primitives.content.tests.test_decisions import TODAY, decided, propose, told


@pytest.fixture
def hana(headquarters, sign_in):
    return sign_in("Hana")


def page(client, name, *args, query="", status=200):
    answer = client.get(reverse(f"primitives:{name}", args=args) + query)
    assert answer.status_code == status
    return answer.content.decode()


def edit(client, **more):
    """Send the editor of the standard tier as a browser would."""
    data = {
        "as": "form", "pack": "any", "mark": "D", "source": "branch practice", "effective_from": "2026-11-23",
        "effective_to": "", "why": "shorter waits", "names.zh-hans": "普通", "names.zh-hant": "普通",
        "names.en": "Standard", "priority": "2", "promise_minutes": "12", "patience_factor": "1.0", "share": "0.89",
        "do": "preview",
    } | more  # fmt: skip
    return client.post(reverse("primitives:content-edit", args=["tiers", "standard"]), data)


class TestCatalogue:
    def test_it_lists_every_kind_by_room_with_marks(self, hana):
        text = page(hana, "content")
        for words in ("客户层级", "工时规则", "贵宾", "已核实", "默认值", "规则与定义"):
            assert words in text

    @pytest.mark.parametrize(
        ("query", "there", "gone"),
        [
            ("?q=贵宾", "tiers/vip", "tiers/standard"),
            ("?q=promise vip", "没有符合的内容", "tiers/vip"),
            ("?kind=tiers", "tiers/standard", "service_types/transfer"),
            ("?mark=verified", "roster.day.max_minutes", "tiers/standard"),
            ("?mark=open&kind=tiers", "tiers/standard", "roster.day.max_minutes"),
            ("?mark=waiting", "没有符合的内容", "tiers/standard"),
        ],
    )
    def test_a_search_leaves_what_fits(self, hana, query, there, gone):
        text = page(hana, "content", query=query)
        assert there in text and gone not in text

    def test_a_supervisor_reads_and_a_teller_does_not(self, headquarters, sign_in):
        text = page(sign_in("Sun"), "content")
        assert "客户层级" in text and "content/proposals" not in text and "content/new" not in text
        page(sign_in("Mei"), "content", status=404)

    @pytest.mark.parametrize("name", ["content-proposals", "content-import"])
    def test_a_supervisor_proposes_nothing(self, headquarters, sign_in, name):
        page(sign_in("Sun"), name, status=404)
        page(sign_in("Sun"), "content-edit", "tiers", "standard", status=404)
        page(sign_in("Sun"), "content-new", "tiers", status=404)


class TestDefinition:
    def test_it_shows_body_examples_versions_and_who_refers_to_it(self, headquarters, sign_in):
        text = page(sign_in("Sun"), "content-definition", "service_types", "cash_withdrawal")
        assert "customers: 10, counter_minutes: 40" in text and "成立" in text
        assert "rehearsals/payday" in text and "只提示，不拦截" in text
        assert "提出修改" not in text
        text = page(sign_in("Sun"), "content-definition", "rehearsals", "payday")
        assert "service_types/cash_withdrawal" in text

    def test_a_version_number_without_end_is_not_found(self, hana):
        page(hana, "content-definition", "tiers", "vip", query=f"?version={'9' * 5000}", status=404)

    def test_each_version_can_be_looked_at(self, headquarters, hana, draft):
        decided(headquarters, draft())
        text = page(hana, "content-definition", "tiers", "standard")
        assert "promise_minutes: 12" in text and "版本 2" in text
        text = page(hana, "content-definition", "tiers", "standard", query="?version=1")
        assert "promise_minutes: 15" in text and "不是今天执行的版本" in text and "恢复此版本" in text
        page(hana, "content-definition", "tiers", "standard", query="?version=9", status=404)

    def test_a_pack_of_its_own_has_its_own_page(self, hana):
        assert "480" in page(hana, "content-definition", "parameters", "roster.day.max_minutes", query="?pack=cn")

    @pytest.mark.parametrize(("kind", "key"), [("ghosts", "x"), ("tiers", "ghosts")])
    def test_what_does_not_exist_is_not_found(self, hana, kind, key):
        page(hana, "content-definition", kind, key, status=404)
        page(hana, "content-export-one", kind, key, status=404)


class TestSource:
    """Sources stand in the reader's language, or are marked as what they are."""

    ENGLISH = '<span lang="en" translate="no">service standards'

    def test_english_sources_are_marked_on_chinese_pages_and_plain_on_english_ones(self, hana):
        for name, *args in (("content-definition", "tiers", "vip"), ("content",)):
            assert self.ENGLISH in page(hana, name, *args)
        hana.cookies["counterpoint-language"] = "en"
        text = page(hana, "content-definition", "tiers", "vip")
        assert self.ENGLISH not in text and "<span>service standards" in text

    def test_what_headquarters_writes_in_chinese_is_not_marked(self, headquarters, hana, draft):
        row = decided(headquarters, draft(source="总行厅堂管理办法第八条"))
        for text in (
            page(hana, "content-definition", "tiers", "standard"), page(hana, "content-proposal", row.pk),
        ):  # fmt: skip
            assert "<span>总行厅堂管理办法第八条</span>" in text

    @pytest.mark.parametrize(
        ("origin", "language", "expected"),
        [
            ({"zh-hans": "办法", "zh-hant": "辦法", "en": "rules"}, "zh-hant", ("辦法", "")),
            ({"zh-hans": "办法"}, "zh-hant", ("办法", "zh-Hans")),
            ({"zh-hans": "办法"}, "en", ("Labour Law of the PRC, 劳动法", "")),
            ({"en": "rules"}, "zh-hans", ("Labour Law of the PRC, 劳动法", "en")),
            (None, "zh-hans", ("Labour Law of the PRC, 劳动法", "en")),
            ("odd", "en", ("Labour Law of the PRC, 劳动法", "")),
        ],
    )
    def test_the_definition_says_it_in_the_readers_language_where_it_can(self, origin, language, expected):
        item = replace(get("tiers", "vip", TODAY), source="Labour Law of the PRC, 劳动法", body={"origin": origin})
        told = labels.source_of(item, language)
        assert (told.text, told.lang) == expected

    @pytest.mark.parametrize("text", ["银监发〔2011〕104号", "2020-3", "", "商业银行业务连续性监管指引; step times"])
    def test_numbers_and_chinese_law_are_nobodys_english(self, text):
        assert labels.source_as_written(text, "zh-hans").lang == ""


class TestEditing:
    def test_the_form_begins_with_what_is_in_force(self, hana):
        text = page(hana, "content-edit", "tiers", "standard")
        assert re.search(r'name="promise_minutes" value="15"', text) and "承诺等候分钟数" in text

    def test_a_preview_tells_what_differs_and_proposes_nothing(self, hana):
        text = edit(hana).content.decode()
        assert "promise_minutes: 15" in text and "promise_minutes: 12" in text and "全部成立" in text
        assert "3 家网点" in text

    def test_what_is_wrong_stands_at_its_field(self, hana):
        answer = edit(hana, promise_minutes="-1", source="")
        text = answer.content.decode()
        assert answer.status_code == 422 and "须大于 0，现为 -1" in text
        assert 'name="do" value="submit"' not in text

    def test_a_proposal_is_made_and_waits(self, headquarters, hana, client):
        answer = edit(hana, do="submit")
        assert answer.status_code == 302
        text = hana.get(answer.url).content.decode()
        assert "shorter waits" in text and "由总行同事审批" in text and 'value="approve"' not in text
        assert told(headquarters).value.promise_minutes == 15
        assert "shorter waits" in page(hana, "content-proposals")

    def test_the_same_by_htmx_is_told_where_to_go(self, hana):
        url = reverse("primitives:content-edit", args=["tiers", "standard"])
        answer = hana.get(url)
        assert answer.status_code == 200
        data = dict(edit(hana).wsgi_request.POST.items()) | {"do": "submit"}
        answer = hana.post(url, data, HTTP_HX_REQUEST="true")
        assert answer.status_code == 204 and "/content/proposals/" in answer.headers["HX-Redirect"]

    def test_form_and_yaml_are_two_ways_to_write_the_same(self, hana):
        text = edit(hana, do="yaml").content.decode()
        assert "promise_minutes: 12" in text and '<textarea id="f-text"' in text
        yaml = "names: {zh-hans: 普通}\npriority: 2\npromise_minutes: 11\npatience_factor: 1\nshare: 0.9\n"
        text = edit(hana, **{"as": "yaml", "text": yaml, "do": "form"}).content.decode()
        assert re.search(r'name="promise_minutes" value="11"', text)
        text = edit(hana, **{"as": "yaml", "text": "names: [", "do": "form"}).content.decode()
        assert '<textarea id="f-text"' in text and "names: [" in text

    def test_what_the_form_has_no_field_for_stays_in_the_yaml_and_is_told(self, hana):
        yaml = "names: {zh-hans: 普通}\npriority: 2\npromise_minuts: 11\npatience_factor: 1\nshare: 0.9\n"
        text = edit(hana, **{"as": "yaml", "text": yaml, "do": "form"}).content.decode()
        assert '<textarea id="f-text"' in text and "promise_minuts: 11" in text and "此处没有这个字段" in text

    def test_an_empty_definition_goes_from_yaml_back_to_the_form(self, hana):
        url = reverse("primitives:content-new", args=["tiers"])
        text = hana.post(url, {"as": "yaml", "text": "", "do": "form"}).content.decode()
        assert 'name="promise_minutes"' in text

    def test_a_wrong_example_is_told_in_yaml_too(self, hana):
        url = reverse("primitives:content-edit", args=["parameters", "roster.day.max_minutes"]) + "?pack=cn"
        head = {"pack": "cn", "mark": "D", "source": "x", "effective_from": "2026-11-23", "why": "x"}
        yaml = "value: 500\nunit: minutes\nhard: true\n"
        text = hana.post(url, head | {"as": "yaml", "text": yaml}).content.decode()
        assert "至少保留一个算例" in text
        text = hana.post(url, head | {"as": "yaml", "text": f"key: other\n{yaml}"}).content.decode()
        assert "key：" in text or "key:" in text

    def test_rows_are_added_and_removed_without_scripts(self, hana):
        url = reverse("primitives:content-edit", args=["rehearsals", "payday"])
        data = {"as": "form", "surges.0.~row": "1", "surges.0.service": "transfer", "surges.0.count": "3"}
        text = hana.post(url, data | {"do": "add:surges"}).content.decode()
        assert 'name="surges.1.service"' in text and 'value="transfer"' in text
        text = hana.post(url, data | {"do": "drop:surges.0"}).content.decode()
        assert 'name="surges.0.service"' not in text

    def test_a_new_definition_is_written_and_ruled_by(self, headquarters, hana):
        url = reverse("primitives:content-new", args=["tiers"])
        assert 'name="key"' in hana.get(url).content.decode()
        data = {
            "as": "form", "key": "student", "pack": "any", "mark": "D", "source": "x", "effective_from": "2026-11-23",
            "why": "new", "names.zh-hans": "学生", "priority": "2", "promise_minutes": "12", "patience_factor": "1",
            "share": "0.01", "do": "submit",
        }  # fmt: skip
        assert hana.post(url, data | {"key": "Big"}).status_code == 422
        assert hana.post(url, data).status_code == 302
        with scoped(headquarters.scope("Hana")):
            assert ContentVersion.objects.get().key == "student"
        assert "student" in page(hana, "content-proposals")

    def test_a_definition_too_large_for_a_form_is_edited_as_yaml(self, hana, monkeypatch):
        monkeypatch.setattr(editing, "MOST_FIELDS", 40)
        text = page(hana, "content-edit", "floor_plans", "flagship")
        assert '<textarea id="f-text"' in text and "请用 YAML 编辑" in text


class TestDeciding:
    def decide(self, client, row, what, reason=""):
        url = reverse("primitives:content-decide", args=[row.pk])
        return client.post(url, {"decision": what, "reason": reason})

    def test_a_colleague_sees_the_difference_and_approves(self, headquarters, sign_in, draft):
        row = propose(headquarters, draft())
        henry = sign_in("Henry")
        text = page(henry, "content-proposal", row.pk)
        assert "promise_minutes: 12" in text and 'value="approve"' in text
        assert self.decide(henry, row, "approve").status_code == 302
        assert told(headquarters).value.promise_minutes == 12
        text = page(henry, "content-proposal", row.pk)
        assert "版本 2" in text and "promise_minutes: 15" in text and 'value="approve"' not in text

    def test_a_reason_is_needed_to_reject(self, headquarters, sign_in, draft):
        row = propose(headquarters, draft())
        assert self.decide(sign_in("Cora"), row, "reject").status_code == 422
        assert self.decide(sign_in("Cora"), row, "reject", "太短").status_code == 302
        assert "太短" in page(sign_in("Hana"), "content-proposal", row.pk)

    def test_the_proposer_may_only_withdraw(self, headquarters, sign_in, draft):
        row = propose(headquarters, draft())
        assert self.decide(sign_in("Hana"), row, "approve").status_code == 422
        assert self.decide(sign_in("Hana"), row, "withdraw", "改数字").status_code == 302

    def test_only_compliance_sees_the_button_of_a_verified_rule(self, headquarters, sign_in, draft):
        row = propose(headquarters, draft(mark="V"))
        assert 'value="approve"' not in page(sign_in("Henry"), "content-proposal", row.pk)
        assert 'value="approve"' in page(sign_in("Cora"), "content-proposal", row.pk)

    @pytest.mark.parametrize("what", ["", "dance"])
    def test_an_unknown_decision_is_not_found(self, headquarters, sign_in, draft, what):
        assert self.decide(sign_in("Henry"), propose(headquarters, draft()), what).status_code == 404

    def test_the_inbox_has_a_tab_for_each_state(self, headquarters, hana, draft):
        propose(headquarters, draft())
        assert "shorter waits" in page(hana, "content-proposals")
        assert "shorter waits" not in page(hana, "content-proposals", query="?state=approved")
        page(hana, "content-proposals", query="?state=lost", status=404)


class TestFiles:
    def test_everything_leaves_as_a_zip_and_one_as_yaml(self, hana):
        answer = hana.get(reverse("primitives:content-export"))
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert "tiers/vip.yaml" in names and "parameters/roster.day.max_minutes.yaml" in names
        assert "promise_minutes: 5" in page(hana, "content-export-one", "tiers", "vip")

    def send(self, client, text, do="look", why=""):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("tiers/vip.yaml", text)
        data.seek(0)
        data.name = "x.zip"
        return client.post(reverse("primitives:content-import"), {"file": data, "why": why, "do": do})

    def test_a_look_proposes_nothing_and_then_it_is_proposed(self, headquarters, hana):
        text = page(hana, "content-export-one", "tiers", "vip").replace("version: 1", "version: 2")
        text = text.replace("promise_minutes: 5", "promise_minutes: 4")
        assert "有变化" in self.send(hana, text).content.decode()
        with scoped(headquarters.scope("Hana")):
            assert not ContentVersion.objects.exists()
        assert self.send(hana, text, "propose").status_code == 422
        assert self.send(hana, text, "propose", "贵宾更快").status_code == 302
        with scoped(headquarters.scope("Hana")):
            assert ContentVersion.objects.get().why == "贵宾更快"

    def test_what_is_wrong_is_told_and_nothing_is_proposed(self, headquarters, hana):
        assert "有误" in self.send(hana, "key: vip\n", "propose", "x").content.decode()
        with scoped(headquarters.scope("Hana")):
            assert not ContentVersion.objects.exists()

    def test_the_schema_of_a_kind_is_there_for_people_who_write_files(self, hana):
        answer = hana.get(reverse("primitives:content-schema", args=["tiers"]))
        assert "promise_minutes" in answer.json()["required"]
        page(hana, "content-schema", "ghosts", status=404)
        link = reverse("primitives:content-schema", args=["tiers"])
        assert f'href="{link}"' in page(hana, "content-definition", "tiers", "standard")
