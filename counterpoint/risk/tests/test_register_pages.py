"""The register on its pages: set up, filtered, exported; incidents by one form; the fraud library by words."""

import io

import pytest
from openpyxl import load_workbook

from counterpoint.foundation.api import scoped
from counterpoint.risk import api
from counterpoint.risk.models import Risk
from counterpoint.risk.register import kinds
from counterpoint.risk.register.picture import DOT, heat_map, place
from counterpoint.risk.register.queries import risks

pytestmark = pytest.mark.django_db
REPORT = {"kind": "human", "error": "cash", "level": "minor", "title": "尾箱短款二百元", "idempotency_key": "k"}


@pytest.fixture
def sun(bank, sign_in):
    client = sign_in("Sun")
    client.post("/risk/set-up")
    return client


def the_risk(bank):
    with scoped(bank.scope("Sun")):
        return Risk.objects.get(key="risk.cash_difference")


def test_the_register_is_set_up_filtered_and_exported(bank, sign_in, sun):
    page = sun.get("/risk/").content.decode()
    assert "现金长短款" in page and "heat-dot" in page and "剩余风险" in page
    fraud = sun.get("/risk/?category=fraud").content.decode()
    assert "抢劫与暴力侵害" in fraud and "现金长短款" not in fraud
    assert "没有符合条件的风险" in sun.get("/risk/?q=不存在的词").content.decode()
    book = load_workbook(io.BytesIO(sun.get("/risk/register.xlsx").content))
    assert book.active.max_row >= 25
    assert "建立清单" not in page


def test_an_empty_register_says_so(sign_in):
    assert "尚未建立风险清单" in sign_in("Sun").get("/risk/").content.decode()


def test_one_risk_shows_what_would_move_it(bank, sun):
    row = the_risk(bank)
    page = sun.get(f"/risk/one/{row.pk}").content.decode()
    assert "再通过一次" in page and "唱收唱付" in page and "从未" in page
    assert sun.get("/risk/scale").status_code == 200
    sun.post(f"/risk/one/{row.pk}/owner", {"owner": str(bank.people["Mei"].pk)})
    sun.post(f"/risk/one/{row.pk}/follow", {"kind": "measure", "title": "更换点钞机", "idempotency_key": "m"})
    page = sun.get(f"/risk/one/{row.pk}").content.decode()
    assert "更换点钞机" in page and "Mei" in page
    assert the_risk(bank).residual == row.residual


def test_a_teller_reports_in_one_form_and_sees_their_own(bank, sign_in, sun):
    mei = sign_in("Mei")
    assert mei.get("/risk/").status_code == 404
    assert mei.post("/risk/incidents/report", REPORT).status_code == 302
    mei.post("/risk/incidents/report", REPORT)
    assert mei.get("/risk/incidents").content.decode().count("尾箱短款二百元") == 1
    assert "尾箱短款二百元" not in sign_in("Omar").get("/risk/incidents").content.decode()
    assert "尾箱短款二百元" in sun.get(f"/risk/one/{the_risk(bank).pk}").content.decode()
    refused = mei.post("/risk/incidents/report", REPORT | {"error": "", "idempotency_key": "z"}).content.decode()
    assert "请选择差错类型" in refused and "尾箱短款二百元" in refused


def test_error_statistics_are_honest_about_few_cases(bank, sign_in, sun):
    sign_in("Mei").post("/risk/incidents/report", REPORT)
    page = sun.get("/risk/errors").content.decode()
    assert "现金长短款" in page and "件数太少" in page
    assert sun.get("/risk/errors.xlsx").status_code == 200


def test_the_fraud_library_is_searched_in_any_language(bank, sign_in, sun):
    assert "安全账户" in sun.get("/risk/fraud?q=安全账户").content.decode()
    assert "没有包含这些词" in sun.get("/risk/fraud?q=外星人").content.decode()
    assert sign_in("Mei").get("/risk/fraud").status_code == 200
    held = kinds.frauds(bank.b01, bank.now)
    assert len(held) >= 12 and all(set(one.names) == {"zh-hans", "zh-hant", "en"} for one in held.values())


@pytest.mark.parametrize("who", ["Bo", "Stranger"])
def test_another_branch_gets_404(bank, sign_in, sun, who):
    row, other = the_risk(bank), sign_in(who)
    for path in (f"/risk/one/{row.pk}",):
        assert other.get(path).status_code == 404
    assert other.post(f"/risk/one/{row.pk}/owner", {"owner": str(bank.people["Mei"].pk)}).status_code == 404
    assert "现金长短款" not in other.get("/risk/").content.decode()


def test_no_two_dots_of_the_heat_map_cover_each_other(bank, sun):
    lines = risks(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    found = heat_map(lines, kinds.scale(bank.b01, bank.now), "zh-hans")
    dots = [(a.x, a.y) for a in found.arrows]
    assert len(dots) == len(lines) and len(found.cells) == 25
    near = [
        (a, b) for n, a in enumerate(dots) for b in dots[:n]
        if ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 < 2 * DOT - 1.01
    ]  # fmt: skip
    assert near == [] and heat_map(lines, kinds.scale(bank.b01, bank.now), "zh-hans") == found
    assert place(1, 1)[0] < place(5, 1)[0] and place(1, 1)[1] > place(1, 5)[1]


def test_the_desk_tells_of_open_incidents(bank, sign_in, sun):
    sign_in("Mei").post("/risk/incidents/report", REPORT)
    assert "尾箱短款二百元" in sun.get("/").content.decode()
    assert api.risks(scope=bank.scope("Sun"), now=bank.now, text="长短款")[0].residual > 8
