"""Pages of the register: they open in every language, change what they say they change, and stay within the branch."""

import io
from datetime import UTC, date, datetime, timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import Message
from counterpoint.onsite.assets import queries, shown
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk
from counterpoint.onsite.tests.test_assets import works
from counterpoint.onsite.tests.test_photo_checks import sent, walked
from counterpoint.primitives import checklists

PLAIN = ("assets", "assets-reliability", "assets-walks", "asset-new", "assets-import")


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_opens_in_every_language(bank, sign_in, language):
    kiosk(bank)
    extinguisher(bank, made=date(2021, 11, 1))
    broken(bank)
    client = sign_in("Sun")
    client.post(reverse("ui:language"), {"language": language}) if language != "zh-hans" else None
    for name in PLAIN:
        assert client.get(reverse(f"onsite:{name}")).status_code == 200, name
    for code in ("kiosk1", "fire-01"):
        assert client.get(reverse("onsite:asset", args=[code])).status_code == 200
        assert client.get(reverse("onsite:asset-edit", args=[code])).status_code == 200


def test_the_list_counts_finds_and_filters(bank, sign_in):
    kiosk(bank)
    extinguisher(bank, made=date(2021, 11, 1))
    extinguisher(bank, code="fire-02", made=None)
    broken(bank)
    client, address = sign_in("Mei"), reverse("onsite:assets")
    counts = client.get(address).context["counts"]
    assert counts == {"all": 3, "late": 1, "soon": 0, "unknown": 1, "failed": 1}

    def listed(**query):
        return [one["code"] for one in client.get(address, query).context["lines"]]

    assert listed(state="late") == ["fire-01"]
    assert listed(state="unknown") == ["fire-02"]
    assert listed(state="failed") == ["kiosk1"]
    assert listed(q="取号") == []
    assert listed(q="叫号") == ["kiosk1"]
    assert listed(group="fire") == ["fire-01", "fire-02"]
    assert listed(kind="kiosk") == ["kiosk1"]
    assert "没有符合条件的记录" in client.get(address, {"q": "zzz"}).content.decode()


def test_an_empty_register_says_what_to_do(bank, sign_in):
    assert "台账为空" in sign_in("Sun").get(reverse("onsite:assets")).content.decode()


def test_a_thing_is_added_changed_and_taken_out_of_use_by_hand(bank, sign_in):
    client = sign_in("Sun")
    form = {"kind": "extinguisher_powder", "code": "fire-09", "name": "九号", "made_on": "2024-03-01"}
    assert client.post(reverse("onsite:asset-new"), form).status_code == 302
    assert client.post(reverse("onsite:asset-new"), form).status_code == 422  # the code is taken
    form = {"name": "九号", "made_on": "2024-03-01", "serviced_on": "2030-01-01"}
    refused = client.post(reverse("onsite:asset-edit", args=["fire-09"]), form)
    assert refused.status_code == 422
    assert "日期不能晚于今天" in refused.content.decode()
    form["serviced_on"] = "2026-02-01"
    assert client.post(reverse("onsite:asset-edit", args=["fire-09"]), form).status_code == 302
    with scoped(bank.scope("Sun")):
        assert Asset.objects.get().due_on == date(2028, 2, 1)
    client.post(reverse("onsite:asset-deed", args=["fire-09", "retire"]))
    with scoped(bank.scope("Sun")):
        assert Asset.objects.select_related("device").get().device.retired_at == bank.now


def test_a_fault_is_reported_and_ended_by_a_press(bank, sign_in):
    kiosk(bank)
    client = sign_in("Mei")
    client.post(reverse("onsite:asset-deed", args=["kiosk1", "fault"]), {"extent": "full", "text": "卡纸"})
    assert not works(bank)
    client.post(reverse("onsite:asset-deed", args=["kiosk1", "works"]))
    assert works(bank)
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.get().ended_at is not None
    assert client.post(reverse("onsite:asset-deed", args=["kiosk1", "dance"])).status_code == 404


def test_labels_and_excel_come_as_files(bank, sign_in):
    kiosk(bank)
    client = sign_in("Sun")
    made = client.get(reverse("onsite:assets-labels"), {"size": "small", "skip": "3"})
    assert "kiosk1" in pypdf.PdfReader(io.BytesIO(made.content)).pages[0].extract_text()
    assert client.get(reverse("onsite:assets-labels"), {"q": "zzz"}).status_code == 302
    out = client.get(reverse("onsite:assets-excel"))
    again = SimpleUploadedFile("a.xlsx", out.content)
    answer = client.post(reverse("onsite:assets-import"), {"file": again})
    assert (answer.context["result"].added, answer.context["result"].changed) == (0, 1)
    assert client.get(reverse("onsite:assets-template")).status_code == 200
    assert client.post(reverse("onsite:assets-import")).status_code == 302
    broken_file = SimpleUploadedFile("a.xlsx", b"nothing")
    assert client.post(reverse("onsite:assets-import"), {"file": broken_file}).status_code == 302


def test_a_teller_may_not_edit_and_a_stranger_finds_nothing(bank, sign_in):
    kiosk(bank)
    assert sign_in("Mei").get(reverse("onsite:asset-new")).status_code == 404
    assert sign_in("Stranger").get(reverse("onsite:asset", args=["kiosk1"])).status_code == 404
    post = sign_in("Stranger").post
    assert post(reverse("onsite:asset-deed", args=["kiosk1", "fault"]), {"extent": "full"}).status_code == 404


POINTS = ("entrance", "self", "waiting", "exit")


def patrolled(bank, **codes):
    """A patrol whose labels were read at one moment; `codes` are read in place of a point's own."""
    labels = {f"point_{one}": codes.get(one, checklists.code_of(bank.b01, one)) for one in POINTS}
    answers = labels | dict.fromkeys(POINTS, "yes")
    return walked(bank, "onsite.patrol_11", {slug: (value, ()) for slug, value in answers.items()})


def test_a_patrol_scanned_at_one_desk_is_shown_as_such(bank, sign_in):
    assert patrolled(bank).passed
    page = sign_in("Sun").get(reverse("onsite:assets-walks"))
    assert [one["level"] for one in page.context["rows"]] == ["act"]
    text = page.content.decode()
    assert [(level, n) for level, _text, n in page.context["tally"]] == [("act", 1)]
    assert '<details class="block walk" open>' in text
    assert "过快，不可能走到" in text and "巡查点1：入口 → 巡查点2：自助服务区" in text and "手工输入" in text
    with scoped(bank.scope("Hana")):
        (body,) = set(Message.objects.filter(dedupe__startswith="round-proof").values_list("body", flat=True))
    assert "过快" in body or "快于" in body


def test_a_label_of_another_point_or_of_a_thing_fails_a_patrol(bank, sign_in):
    kiosk(bank)
    scored = patrolled(bank, entrance="kiosk1", exit=checklists.code_of(bank.b02, "exit"))
    assert not scored.passed and {one.item for one in scored.failed} == {"point_entrance", "point_exit"}
    assert "kiosk1" in sign_in("Sun").get(reverse("onsite:assets-walks")).content.decode()


def test_the_labels_of_the_patrol_points_come_as_a_sheet(bank, sign_in):
    made = sign_in("Sun").get(reverse("onsite:assets-point-labels"))
    text = pypdf.PdfReader(io.BytesIO(made.content)).pages[0].extract_text()
    assert [one for one in POINTS if checklists.code_of(bank.b01, one) not in text] == [] and "入口" in text, text


def test_a_thing_s_page_shows_what_rounds_photographed_of_it_and_of_nothing_else(bank, sign_in):
    extinguisher(bank, "fire-01"), extinguisher(bank, "fire-02"), kiosk(bank)
    gauge, label = sent(bank, 31), sent(bank, 32)
    answers = {
        "here": ("fire-01", ()), "gauge": ("", [gauge]), "pressure": ("red", ()), "seal": ("yes", ()),
        "valid": ("2027-03-15", [label]),
    }  # fmt: skip
    done = walked(bank, "onsite.extinguisher_monthly", answers, asset="fire-01")
    sun = sign_in("Sun")
    page = sun.get(reverse("onsite:asset", args=["fire-01"]))
    assert [one["round"] for one in page.context["pictures"]] == [done.round.id] * 2
    assert "巡检照片" in page.content.decode()
    assert reverse("primitives:case", args=[done.failed[0].case]) in page.content.decode()
    for other in ("fire-02", "kiosk1"):
        assert sun.get(reverse("onsite:asset", args=[other])).context["pictures"] == []


def test_a_fault_counts_for_the_month_of_the_branch_s_wall_clock(bank):
    kiosk(bank)
    bank.now = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # half past midnight of the first in Shanghai
    broken(bank)
    bank.now += timedelta(days=2)
    found = queries.detail(scope=bank.scope("Sun"), branch=bank.b01, code="kiosk1", now=bank.now)
    assert shown.months(found, date(2026, 12, 3)).series[0].values[-2:] == [0, 1]
