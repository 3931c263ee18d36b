"""The sheets on paper say what the pages say, in the reader's language, and read back as text."""

import io
import re
from dataclasses import replace
from itertools import pairwise

import pypdf
import pytest
from django.utils import translation

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.role import printing
from counterpoint.role.api import day_at, service_types, tiers
from counterpoint.role.printing import Words, evening_data, morning_data
from counterpoint.role.sheets import HalfHour, Plan, evening_sheet, morning_sheet
from counterpoint.role.templatetags import role as filters


@pytest.fixture
def asked(bank):
    scope = bank.scope("Sun")
    with scoped(scope):
        yield {"scope": scope, "branch": bank.b01, "today": day_at(bank.b01, bank.now)}


def text_of(made):
    """The words of a paper; readers put blanks of their own between the scripts."""
    pages = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    return re.sub(r"(?<=[0-9]) (?=[年月日])|(?<=[年月]) (?=[0-9])", "", pages)


def test_the_paper_names_branch_day_and_peak_and_everybody_on_the_roster(sign_in, a_busy_day):
    text = text_of(sign_in("Sun").get("/sheets/morning.pdf").content)
    assert "人民路支行" in text and "11月23日" in text
    assert "98" in text and "10:00" in text
    assert all(words in text for words in ("Mei", "Omar", "08:30", "11:30", "现金"))


def test_the_evening_paper_sets_tickets_beside_the_forecast_and_names_what_is_open(sign_in, a_busy_day):
    text = text_of(sign_in("Sun").get("/sheets/evening.pdf").content)
    assert all(words in text for words in ("43", "A019", "优先", "贵宾", "普通"))
    assert "排班" in text


@pytest.mark.parametrize(("language", "words"), [("zh-hant", "晨會單"), ("en", "Morning sheet")])
def test_paper_speaks_the_readers_language(sign_in, a_busy_day, language, words):
    client = sign_in("Sun")
    client.cookies["counterpoint-language"] = language
    text = text_of(client.get("/sheets/morning.pdf").content)
    assert words in text


def test_a_sheet_of_another_day_is_printed_for_that_day(sign_in, a_busy_day):
    answer = sign_in("Sun").get("/sheets/morning.pdf?date=2026-11-20")
    assert "morning-2026-11-20.pdf" in answer.headers["Content-Disposition"]
    assert "11月20日" in text_of(answer.content)


def test_a_branch_that_is_called_like_markup_is_printed_as_it_is_called(sign_in, bank, a_busy_day):
    with scoped(Scope(actor=None, roots=("/",))):
        OrgUnit.objects.filter(pk=bank.b01.pk).update(name='#read("/etc/passwd") *行*')
    text = text_of(sign_in("Sun").get("/sheets/morning.pdf").content)
    assert "#read" in text and "root:" not in text


@pytest.mark.parametrize("sheet", ["morning", "evening"])
@pytest.mark.parametrize("form", ["", ".pdf"])
def test_page_and_paper_name_tiers_by_the_branchs_own_rules(sign_in, bank, a_busy_day, monkeypatch, sheet, form):
    asked_for = []
    monkeypatch.setattr(printing, "tiers", lambda on, pack="cn": asked_for.append(pack) or tiers(on, pack))
    with scoped(Scope(actor=None, roots=("/",))):
        OrgUnit.objects.filter(pk=bank.b01.pk).update(rule_pack="intl")
    assert sign_in("Sun").get(f"/sheets/{sheet}{form}").status_code == 200
    assert set(asked_for) == {"intl"}


# --- the data of the paper ------------------------------------------------------------------------------------------
def test_nothing_known_is_said_in_words_and_not_in_zeros(asked, only_these_sources):
    with translation.override("en"):
        data = morning_data(morning_sheet(**asked), "B", "en")
    assert data["yesterday"] is None and data["shifts"] is None
    assert data["finding"] == "No forecast for this day." and data["no_shifts"] == "No published roster for this day."
    assert {row[1] for row in data["hours"]} == {"–"} and data["ceiling"] == 1.0


def test_the_evening_counts_walk_outs_with_their_share(asked, a_busy_day):
    with translation.override("en"):
        data = evening_data(evening_sheet(**asked, language="en"), "B", "en")
    facts = dict(data["day"]["facts"])
    assert facts["Tickets"] == "43" and facts["Served"] == "41" and facts["Walked out"] == "1 (2.3%)"
    assert data["day"]["tiers"][0] == ["Priority", "5 min", 0, "–", "0 min"]
    assert data["day"]["tiers"][1] == ["VIP", "5 min", 1, "0%", "9 min"]
    assert data["day"]["longest"][0][0] == "A019" and len(data["day"]["longest"]) == 5
    assert data["finding"] == "98 customers expected, most at 10:00"
    assert [item[1] for item in data["open"]] == [
        "1 customer still waits",
        "No published roster for 11-24.",
        "Not done yet: Cash box and blank vouchers at close",
    ]
    own = [row for row in data["dues"] if row[2] == "Self-check"]
    assert own == [
        ["11-23 17:30", "Cash box and blank vouchers at close", "Self-check", "Teller"],
        ["11-24 17:30", "Cash box and blank vouchers at close", "Self-check", "Teller"],
    ]


def test_without_a_next_business_day_the_paper_has_no_tomorrow(asked, a_busy_day):
    sheet = replace(evening_sheet(**asked), tomorrow=None)
    assert evening_data(sheet, "B", "en")["tomorrow"] is None
    assert printing.pdf("evening.typ", evening_data(sheet, "B", "en")).startswith(b"%PDF")


def test_a_forecast_of_nobody_is_no_forecast(asked):
    plan = Plan(asked["today"], (HalfHour(540, 0.0, None),), None)
    with translation.override("en"):
        assert printing._plan(plan, Words(asked["today"].date, "cn", "en"))["finding"] == "No forecast for this day."


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_service_and_tier_has_its_own_name_in_every_language(asked, language):
    on = asked["today"].date
    words = Words(on, "cn", language)
    assert {words.service(key) for key in service_types(on)} == {
        one.name(language) for one in service_types(on).values()
    }
    assert {words.tier(key) for key in tiers(on)} == {one.name(language) for one in tiers(on).values()}
    assert (words.service("unheard"), words.tier("unheard"), words.posts(("unheard",))) == ("unheard",) * 3


def test_posts_of_a_shift_are_one_line(asked):
    with translation.override("zh-hans"):
        words = Words(asked["today"].date, "cn", "zh-hans")
    assert words.posts(()) == "" and words.posts(("cash", "lobby")) == "现金、大堂"


# --- filters and bars of the page -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "whole", "percent"),
    [(None, "–", "–"), (0, "0", "0%"), (0.994, "1", "99%"), (1, "1", "100%"), (14.6, "15", "1460%")],
)
def test_numbers_are_shown_whole_and_unknown_ones_as_a_dash(value, whole, percent):
    assert (filters.whole(value), filters.percent(value)) == (whole, percent)


def plan(today, *hours):
    return Plan(today, tuple(HalfHour(*hour) for hour in hours), None)


def test_bars_stand_on_the_floor_and_the_highest_reaches_the_top(asked):
    bars = filters.bars(plan(asked["today"], (540, 10.0, 12), (570, 20.0, 20), (600, 5.0, None)))
    assert all(bar.y + bar.height == pytest.approx(filters.FLOOR, abs=0.11) for bar in bars)
    assert bars[1].y == filters.TOP and bars[1].came_y == filters.TOP
    assert bars[2].came_y is None and [bar.peak for bar in bars] == [False, True, False]
    assert [bar.value for bar in bars] == ["12", "20", "5"]


@pytest.mark.parametrize("count", [1, 4, 10, 11, 16, 30])
def test_bars_share_the_width_without_touching_and_few_enough_are_labelled(asked, count):
    bars = filters.bars(plan(asked["today"], *((540 + 30 * n, 1.0, None) for n in range(count))))
    assert bars[0].x >= 0 and bars[-1].right <= filters.WIDTH
    assert all(before.right < after.x for before, after in pairwise(bars))
    labelled = [bar.label for bar in bars if bar.labelled]
    assert all(label.endswith(":00") for label in labelled) and len(labelled) <= 8
    assert all(bar.x < bar.middle < bar.right for bar in bars)


def test_a_number_is_written_above_bar_and_line_whichever_is_higher(asked):
    low, high = filters.bars(plan(asked["today"], (540, 10.0, 2), (570, 10.0, 30)))
    assert low.text_y == pytest.approx(low.y - 4) and high.text_y == pytest.approx(high.came_y - 4)


def test_an_empty_half_hour_has_no_number_and_an_unknown_day_no_peak(asked):
    bars = filters.bars(plan(asked["today"], (540, None, 0), (570, None, None), (600, 0.0, None)))
    assert [bar.value for bar in bars] == ["", "", ""] and not any(bar.peak for bar in bars)
    assert filters.bars(plan(asked["today"])) == []


def test_the_picture_of_a_page_has_points_for_decimals_in_every_language(sign_in, a_busy_day):
    client = sign_in("Sun")
    for language in ("zh-hans", "en"):
        client.cookies["counterpoint-language"] = language
        page = client.get("/sheets/evening").content.decode()
        assert 'viewBox="0 0 400 150"' in page and ',0"' not in page.split('class="hours"')[1].split("</svg>")[0]
