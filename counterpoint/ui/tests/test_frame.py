"""The frame around every page in the assembled house: who sees which pages, the day, the branch, the person."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import scoped, special_day_set
from counterpoint.ui import navigation
from counterpoint.ui.charts import Chart, Series
from counterpoint.ui.context import shell, theme_of
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.drawing import HEIGHT, WIDTH, spark
from counterpoint.ui.problems import PROBLEMS, problem_page
from counterpoint.ui.words import PHASE_NAMES, for_scripts

CAST = ["Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"]


def request(bank, name, path="/", **more):
    made = RequestFactory().get(path)
    made.scope = bank.scope(name) if name else None
    for key, value in more.items():
        setattr(made, key, value)
    return made


# --- pages ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["Mei", "Rita", "Sysadmin"])
def test_every_page_that_the_frame_offers_opens_for_the_person_it_is_offered_to(bank, sign_in, who):
    links = [link for group in navigation.groups(request(bank, who)) for link in group.links]
    assert links
    client = sign_in(who)
    answers = {link.url: client.get(link.url, follow=True).status_code for link in links}
    assert {url: code for url, code in answers.items() if code != 200} == {}


@pytest.mark.parametrize("who", CAST)
def test_at_most_one_address_is_current_and_it_is_the_page_itself(bank, who):
    for item in navigation.items():
        path = reverse(item.url_name)
        links = [link for group in navigation.groups(request(bank, who, path)) for link in group.links]
        current = {link.url for link in links if link.current}
        assert len(current) <= 1
        if path in {link.url for link in links}:
            assert current == {path}


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/sheets/morning", "role.morning"),
        ("/sheets/morning/more", "role.morning"),
        ("/sheets/mornings", None),
        ("/sheets/morning.pdf", None),
        ("/", "role.desk"),
        ("/nowhere", None),
    ],
)
def test_an_address_lies_under_a_page_only_at_a_border_of_its_parts(bank, path, current):
    links = [link for group in navigation.groups(request(bank, "Sun", path)) for link in group.links]
    assert [link.key for link in links if link.current] == ([current] if current else [])


def test_the_bottom_bar_holds_at_most_four_pages_of_the_person(bank):
    for who in CAST:
        groups = navigation.groups(request(bank, who))
        phone = navigation.phone_links(groups)
        assert len(phone) <= 4 and set(phone) <= {link for group in groups for link in group.links}


def test_no_two_chapters_or_pages_are_called_alike_in_any_language():
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            seen = {}
            for item in navigation.items():
                if item.chapter != navigation.PERSONAL:
                    seen.setdefault((item.chapter, str(item.label)), []).append(item.key)
        assert {name: keys for name, keys in seen.items() if len(keys) > 1} == {}


# --- the shell ------------------------------------------------------------------------------------------------------
def test_the_shell_keeps_the_personal_pages_out_of_the_side(bank):
    made = shell(request(bank, "Sun"))["shell"]
    assert navigation.PERSONAL not in {group.key for group in made.nav}
    assert "personal.account" in {link.key for link in made.personal}


def test_the_day_line_is_todays_hours_in_the_branchs_zone(bank, clock):
    with scoped(bank.scope("Sun")):
        made = shell(request(bank, "Sun", branch=bank.b01))["shell"]
    assert made.day.phase == "open" and [span.key for span in made.day.spans] == list(PHASES)
    assert f"{made.day.now:%H:%M}" == "10:30"
    opening = next(span for span in made.day.spans if span.key == "open")
    assert f"{opening.starts:%H:%M %z}" == "09:00 +0800"


@pytest.mark.parametrize(
    ("utc", "day"),
    [((2026, 11, 22, 15, 59), False), ((2026, 11, 22, 16, 0), True), ((2026, 10, 1, 2, 0), False)],
    ids=["a minute before monday", "monday's first minute", "a holiday"],
)
def test_a_closed_day_has_no_line(bank, clock, utc, day):
    clock.at = datetime(*utc, tzinfo=UTC)
    with scoped(bank.scope("Sun")):
        assert (shell(request(bank, "Sun", branch=bank.b01))["shell"].day is not None) is day


def test_an_exception_of_the_day_moves_the_line(bank, clock):
    scope, on = bank.scope("Sysadmin"), bank.now.date()
    with scoped(scope):
        special_day_set(scope=scope, now=bank.now, branch=bank.b01, on=on, opens=600, closes=700, reason="停电")
    with scoped(bank.scope("Sun")):
        spans = shell(request(bank, "Sun", branch=bank.b01))["shell"].day.spans
    assert f"{spans[1].starts:%H:%M}" == "10:00" and f"{spans[-1].starts:%H:%M}" == "11:40"


def test_the_live_stream_is_the_branchs_unless_the_page_names_another_or_none(bank):
    with scoped(bank.scope("Sun")):
        assert shell(request(bank, "Sun", branch=bank.b01))["shell"].live_url == "/live/b01"
        assert shell(request(bank, "Sun", branch=bank.b01, live_url=""))["shell"].live_url == ""
    assert shell(request(bank, "Sun"))["shell"].live_url == ""


@pytest.mark.parametrize(("profile", "demo"), [("demo", True), ("test", False), ("production", False)])
def test_only_the_demo_says_that_it_is_one(bank, settings, profile, demo):
    settings.PROFILE = profile
    assert shell(request(bank, "Sun"))["shell"].demo is demo


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [(None, "auto"), ("dark", "dark"), ("light", "light"), ("auto", "auto"), ("", "auto"), ("Dark", "auto")],
)
def test_only_a_known_theme_is_followed(cookie, theme):
    made = RequestFactory().get("/")
    if cookie is not None:
        made.COOKIES["counterpoint-theme"] = cookie
    assert theme_of(made) == theme


@pytest.mark.parametrize(
    ("scope", "person"),
    [
        (None, ""),
        (SimpleNamespace(actor=None, actor_label="demo", may=lambda verb: False), ""),
        (SimpleNamespace(actor=1, actor_label="梅", may=lambda verb: False), "梅"),
        (SimpleNamespace(actor=1, actor_label="", may=lambda verb: False), "user"),
    ],
    ids=["signed out", "the server itself", "a person", "a person without a label"],
)
def test_the_bar_names_a_person_and_never_the_machine(scope, person):
    made = RequestFactory().get("/")
    made.scope, made.user = scope, "user"
    assert shell(made)["shell"].person == person


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_scripts_and_phases_have_words_in_every_language(language):
    with translation.override(language):
        said = for_scripts()
        phases = [str(PHASE_NAMES[phase]) for phase in PHASES]
    assert all(said.values()) and len(set(phases)) == len(PHASES)
    if language != "en":
        assert not any(word.isascii() for word in (*said.values(), *phases))


# --- error pages ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", sorted(PROBLEMS))
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_error_page_speaks_every_language(key, language):
    with translation.override(language):
        status = {"csrf": 403, "missing": 403, "lti": 400, "lti-other": 403}.get(key) or int(key)
        page = problem_page(RequestFactory().get("/x"), status, key=key).content.decode()
        assert all(str(words) in page.replace("&#x27;", "'") for words in (PROBLEMS[key].title, PROBLEMS[key].todo))
        assert f'lang="{language}"' in page
    assert str(PROBLEMS[key].title)


def test_a_status_without_a_page_of_its_own_keeps_its_number():
    answer = problem_page(RequestFactory().get("/x"), 418)
    assert answer.status_code == 418 and "418" in answer.content.decode()


@pytest.mark.parametrize(("reference", "shown"), [("7f3a-01", True), ("", False)])
def test_a_reference_for_the_administrator_is_shown_when_there_is_one(reference, shown):
    made = RequestFactory().get("/x")
    made.request_id = reference
    assert ("<code>" in problem_page(made, 500).content.decode()) is shown


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503, 507])
def test_trying_again_is_offered_only_where_it_may_help(status):
    page = problem_page(RequestFactory().get("/x?y=1"), status).content.decode()
    assert ('href="/x?y=1"' in page) is (status >= 500)


# --- spark lines ----------------------------------------------------------------------------------------------------
values = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=30)


@settings(max_examples=40)
@given(values=values, target=st.none() | st.floats(-1e6, 1e6))
def test_a_spark_line_stays_in_its_box_and_ends_at_the_last_known_value(values, target):
    line, known = spark(values, target=target), [v for v in values if v is not None]
    if len(known) < 2:
        assert line is None
        return
    points = [tuple(map(float, part.split())) for part in line.path.replace("L", "M").split("M")[1:]]
    assert len(points) == len(known)
    assert all(0 <= x <= WIDTH and 3 <= y <= HEIGHT - 3 for x, y in points)
    assert points[-1] == (line.last_x, line.last_y)
    assert [x for x, _y in points] == sorted(x for x, _y in points)
    runs = sum(v is not None and (n == 0 or values[n - 1] is None) for n, v in enumerate(values))
    assert line.path.count("M") == runs
    inside = target is not None and min(known) <= target <= max(known)
    assert (line.target_y is not None) is inside


@settings(max_examples=40)
@given(low=st.floats(-1e3, 1e3), step=st.floats(1, 1e3))
def test_more_is_drawn_higher(low, step):
    first, last = (part.split()[1] for part in spark([low, low + step]).path.replace("L", "M").split("M")[1:])
    assert float(first) == HEIGHT - 3 and float(last) == 3


# --- charts ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("part", ["values", "low", "high"])
def test_a_number_that_no_script_can_read_is_a_gap_in_picture_and_table(bad, part):
    series = Series("n", **{"values": (1, 2), "low": (0, 1), "high": (2, 3), part: (1, bad)})
    one = Chart("c", "line", "T", "min", "s", ("a", "b"), "x", [series])
    payload = json.loads(json.dumps(one.payload(), allow_nan=False))
    assert payload["series"][0][part] == [1, None]
    assert one.table()[1][1].count(None) == 1


def test_a_heat_chart_has_gaps_too():
    one = Chart("c", "heat", "T", "min", "s", ("a", "b"), "x", rows=("r",), cells=((float("nan"), 2),))
    assert one.payload()["cells"] == [[None, 2]] and one.table()[1] == [["r", None, 2]]
