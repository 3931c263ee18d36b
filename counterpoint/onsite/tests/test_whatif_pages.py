"""The what-if page: who sees it, what it says in each state, its address, its workbook."""

from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from counterpoint.onsite import futures
from counterpoint.onsite.tests.whatif_days import TUESDAY, forecast

pytestmark = pytest.mark.django_db
DAY = TUESDAY.isoformat()


@pytest.fixture
def warm(monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", True)


@pytest.fixture
def known(bank):
    """A forecast for Tuesday, no roster: as many people as it needs."""
    forecast(bank, bank.b01, TUESDAY)
    return bank


def page(client, name="whatif", language="en", **fields):
    client.cookies["counterpoint-language"] = language
    return client.get(reverse(f"onsite:{name}"), {"day": DAY, **fields})


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_the_plan_and_where_it_comes_from_are_told_as_simulated(known, sign_in, warm):
    told = text(page(sign_in("Sun")))
    for words in (
        "As planned 9 of 10 wait at most", "simulated", "200 days with the same customers", "not yet calibrated",
        "as many people as the forecast needs", "forecast of 2026-11-23", "112 customers at the windows (90 to 140)",
        "What would help", "no difference shown", "Rehearse a surge", "Payday",
    ):  # fmt: skip
        assert words in told, words
    assert told.count("data-chart=") == 2
    assert "第" not in told.replace("对位", "")


def test_in_chinese_nothing_english_is_left_in_the_answer(known, sign_in, warm):
    told = text(page(sign_in("Sun"), language="zh-hans", arrivals="20", promise="10"))
    assert "客户增加 20 %、承诺 10 分钟：" in told
    for words in ("模拟", "情景推演", "高峰预演", "怎样改善", "差异 [95 %]"):
        assert words in told
    for words in ("simulated", "Scenario", "wait", "worse"):
        assert f">{words}" not in told


def test_a_scenario_states_its_effect_with_an_interval(known, sign_in, warm):
    told = text(page(sign_in("Sun"), arrivals="80"))
    assert "80 % more customers: P90 wait" in told
    assert "[+" in told
    assert "worse" in told
    assert 'name="arrivals" min="-50" max="200" step="5" value="80"' in told


def test_the_answer_alone_sets_the_short_address_of_the_question(known, sign_in, warm):
    answer = page(sign_in("Sun"), "whatif-answer", arrivals="20", more_cash="0", surge_service="", lunch="planned")
    assert answer.headers["HX-Push-Url"] == f"/onsite/whatif?branch=b01&day={DAY}&arrivals=20"
    told = text(answer)
    assert "<html" not in told
    assert 'hx-get="/onsite/whatif/steps?branch=b01' in told
    helped = text(page(sign_in("Sun"), "whatif-steps", arrivals="20"))
    assert 'id="whatif-best" hx-swap-oob="true"' in helped
    assert "What would help" in helped


def test_while_the_twin_is_cold_the_page_says_so_and_asks_again(known, sign_in, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", False)
    told = text(page(sign_in("Sun"), arrivals="20"))
    assert "The simulation is being loaded" in told
    assert f'hx-get="/onsite/whatif/answer?branch=b01&day={DAY}&arrivals=20" hx-trigger="load' in told
    assert page(sign_in("Sun"), "whatif-excel").status_code == 404


ODD = {
    "words for numbers": {"arrivals": "viele", "uptake": "²", "promise": "-3"},
    "unknown names": {"first": "x", "close": "99", "out": "toaster", "lunch": "never", "add_skill": "barber"},
    "broken times": {"close": "1", "close_from": "25:99", "close_to": "00:00"},
    "a foreign day": {"day": "yesterday", "plan": "<script>"},
    "control signs": {"arrivals": "\x00", "first": "\U0001f600" * 200},
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", ["whatif", "whatif-answer"])
def test_nonsense_in_the_address_is_no_error(known, sign_in, warm, name, fields):
    told = text(page(sign_in("Sun"), name, **fields))
    assert "As planned" in told or "goes from" in told or "left out" in told
    assert "<script>" not in told


def test_what_cannot_be_played_is_said_in_words_and_the_form_stays(known, sign_in, warm):
    nobody = {f"post_{key}": "off" for key in ("cash-1", "cash-2", "non_cash-1")}
    told = text(page(sign_in("Sun"), **nobody))
    assert "This cannot be played" in told
    assert "Nobody sits at a window on this day" in told
    assert 'id="whatif-form"' in told
    crowded = text(page(sign_in("Sun"), "whatif-answer", add_skill="wealth", add_count="6"))
    assert "No window for" in crowded


@pytest.mark.parametrize(
    ("day", "words", "next_step"),
    [
        ("2026-11-20", "is over", "Show the next open day"),
        ("2026-11-29", "The branch is closed on", "Show the next open day"),
        (DAY, "Nobody knows yet how many will come", 'href="/team/plan"'),
    ],
)
def test_a_day_that_cannot_be_asked_about_says_why_and_what_to_do(bank, sign_in, warm, day, words, next_step):
    told = text(page(sign_in("Sun"), day=day))
    assert words in told
    assert next_step in told
    assert 'name="day"' in told
    assert words in text(page(sign_in("Sun"), "whatif-answer", day=day))
    for name in ("whatif-steps", "whatif-excel"):
        assert page(sign_in("Sun"), name, day=day).status_code == 404


def test_without_a_day_the_next_open_one_is_asked_about(known, sign_in, warm):
    client = sign_in("Sun")
    client.cookies["counterpoint-language"] = "en"
    assert f'value="{DAY}" selected' in text(client.get(reverse("onsite:whatif")))


def test_a_form_sent_without_scripts_becomes_the_short_address(known, sign_in, warm):
    sent = page(sign_in("Sun"), branch="b01", plan="need", arrivals="20", surge_service="", promise="", lunch="planned")
    assert (sent.status_code, sent.url) == (302, f"/onsite/whatif?branch=b01&day={DAY}&arrivals=20")
    assert page(sign_in("Sun"), arrivals="many", promise="").status_code == 200


def test_rehearsals_are_addresses_that_fill_the_form(known, sign_in, warm):
    import re

    told = text(page(sign_in("Sun")))
    found = re.search(r'href="(/onsite/whatif\?[^"]*arrivals=25[^"]*)"[^>]*>Payday', told)
    client = sign_in("Sun")
    client.cookies["counterpoint-language"] = "en"
    filled = text(client.get(found.group(1)))
    assert 'value="cash_withdrawal" selected' in filled
    assert "25 % more customers, 30 more for" in filled


NAMES = ("whatif", "whatif-answer", "whatif-steps", "whatif-excel")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["Mei", "Omar", "Otto", "Sysadmin"])
def test_who_does_not_plan_finds_no_such_page(known, sign_in, warm, who, name):
    assert page(sign_in(who), name).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_another_branch_is_a_branch_that_does_not_exist(known, sign_in, warm, name):
    forecast(known, known.b03, TUESDAY, who="Stranger")
    for who, code in (
        ("Sun", "b03"),
        ("Sun", "nowhere"),
        ("Sun", "b\0"),
        ("Bo", "b01"),
        ("Stranger", "b01"),
        ("Rita", "b03"),
    ):
        assert page(sign_in(who), name, branch=code).status_code == 404


@pytest.mark.parametrize("who", ["Sun", "Ada", "Rita", "Hana"])
def test_who_plans_or_leads_opens_it_by_a_shared_address(known, sign_in, warm, who):
    assert "20 % more customers" in text(page(sign_in(who), branch="b01", arrivals="20"))


def test_somebody_who_leads_here_and_only_serves_there_cannot_ask_about_there(known, sign_in, warm):
    from datetime import date

    from counterpoint.foundation.models import Post
    from counterpoint.foundation.scope import unscoped

    with unscoped("the test gives a second post"):
        Post(org_unit=known.b02, user=known.people["Sun"], role="teller", since=date(2026, 1, 1)).save()
    forecast(known, known.b02, TUESDAY, who="Bo")
    assert page(sign_in("Sun"), branch="b02").status_code == 404
    assert page(sign_in("Sun"), branch="b01").status_code == 200


def test_signed_out_a_live_part_is_401(client):
    answer = client.get(reverse("onsite:whatif-answer"), headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_the_workbook_opens_and_holds_question_figures_half_hours_and_steps(known, sign_in, warm):
    answer = page(sign_in("Sun"), "whatif-excel", arrivals="30", first="haircut")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="what-if-{DAY}.xlsx"'
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Figures", "Half hours", "Single steps", "Question"]
    for sheet in book:
        assert "simulated" in sheet["A1"].value
    figures = list(book["Figures"].iter_rows(min_row=3, values_only=True))
    assert figures[0][:4] == ("A day", "Unit of measure", "Plan", "Scenario")
    assert len(figures) == 8
    _label, unit, plan, scenario, difference, low, high, _verdict = figures[2]
    assert unit == "min"
    assert scenario - plan == pytest.approx(difference, abs=0.01)
    assert low <= difference <= high
    assert len(list(book["Half hours"].iter_rows(min_row=4))) == 16
    asked = [row[0] for row in book["Question"].iter_rows(min_row=4, values_only=True)]
    assert "30 % more customers" in asked
    assert any("haircut" in line for line in asked)


def test_the_page_stands_in_the_navigation_of_those_who_may_use_it(known, sign_in):
    for who, there in (("Sun", True), ("Rita", True), ("Mei", False)):
        client = sign_in(who)
        assert ("/onsite/whatif" in client.get(reverse("onsite:hall")).content.decode()) is there
