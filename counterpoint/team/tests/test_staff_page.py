"""People and skills on the screen: badges, what runs out, posts nobody can fill, the form and the list."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from counterpoint.team import api, rules
from counterpoint.team.tests.stories import WEEK, by, in_days, journal, key

URL = reverse("team:staff")
TODAY = date(2026, 11, 23)


def words(answer):
    return [str(message) for message in answer.context["messages"]]


def save(client, team, name="Mei", **form):
    form = {"user": key(team, name), "shown": key(team, name), "skills": "cash:3", "hours": "40", "speed": "1"} | form
    return client.post(reverse("team:staff-save"), {k: v for k, v in form.items() if v is not None}, follow=True)


def load(client, text, name="staff.csv"):
    sent = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    return client.post(reverse("team:staff-import"), {"file": sent}, follow=True)


def person(team, name="Mei"):
    return next(p for p in api.staff(scope=team.scope("Sun"), branch=team.b01) if p.name == name)


def held(team, name="Mei"):
    return [(s.skill, s.level, s.expires_on) for s in person(team, name).skills]


def certify(team, until, name="Mei", skill="cash"):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people[name], skills=[api.SkillInput(skill, 3, until)]
    )


def test_a_branch_without_profiles_says_what_to_do_and_offers_everybody(bank, sign_in):
    answer = sign_in("Sun").get(URL)
    assert "还没有员工档案。" in answer.content.decode()
    assert [c.name for c in answer.context["others"]] == ["Ada", "Mei", "Omar", "Sun"]


def test_who_has_a_profile_is_no_longer_offered_as_new(team, sign_in):
    answer = sign_in("Sun").get(URL)
    assert answer.context["others"] == [] and [p.name for p, _skills in answer.context["people"]] == [
        "Ada", "Mei", "Omar", "Sun",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "level", "due"),
    [
        (None, "calm", False),
        (TODAY - timedelta(days=1), "act", True),
        (TODAY, "watch", True),
        (TODAY + timedelta(days=59), "watch", True),
        (TODAY + timedelta(days=60), "calm", False),
    ],
)
def test_a_certificate_is_loud_before_and_after_it_ends(team, sign_in, until, level, due):
    certify(team, until)
    answer = sign_in("Sun").get(URL)
    badges = {p.name: [level for _grant, _name, level in skills] for p, skills in answer.context["people"]}
    assert badges["Mei"] == [level]
    assert [(name, last) for name, _skill, last, _over in answer.context["due"]] == ([("Mei", until)] if due else [])
    told = "已于" if until and until < TODAY else "将于"
    assert (f"Mei：现金 证书{told} {until} 到期。" in answer.content.decode()) is due


@pytest.mark.parametrize(("hour", "level"), [(15, "watch"), (16, "act")])
def test_a_certificate_ends_at_the_branchs_midnight(team, sign_in, clock, hour, level):
    certify(team, TODAY)
    clock.at = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    people = sign_in("Sun").get(URL).context["people"]
    assert [level for p, skills in people if p.name == "Mei" for _g, _n, level in skills] == [level]


def payload(need):
    return {
        "days": [{"date": in_days(n).isoformat(), "open": [[540, 600]]} for n in range(2)],
        "start": 540,
        "need": need,
    }


def forecast(team, need):
    return api.forecast_store(
        **by(team, "Sun"), branch=team.b01, since=WEEK, until=in_days(2), seed=1, inputs_hash="x", payload=payload(need)
    )


def test_posts_that_nobody_can_fill_are_named_by_their_worst_half_hour_of_the_day(team, sign_in):
    forecast(team, {"cash": [[3, 4], [5, 4]], "lobby": [[2, 2], [0, 2]], "wealth": [[0, 0], [1, 0]]})
    holes = sign_in("Sun").get(URL).context["holes"]
    assert holes == [
        "11-30 周一：现金 在 09:30 需要 4 人，持有效证书的只有 3 人",
        "12-01 周二：现金 在 09:00 需要 5 人，持有效证书的只有 3 人",
        "12-01 周二：理财 在 09:00 需要 1 人，持有效证书的只有 0 人",
    ]


def test_days_that_are_over_leave_the_list_of_holes(team, sign_in, clock):
    forecast(team, {"cash": [[4, 4], [4, 4]]})
    clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    assert [hole[:5] for hole in sign_in("Sun").get(URL).context["holes"]] == ["12-01"]
    clock.at = datetime(2026, 12, 2, 2, tzinfo=UTC)
    assert sign_in("Sun").get(URL).context["holes"] == []


def test_at_most_twelve_holes_are_listed_soonest_first(team, sign_in):
    days = [{"date": in_days(n).isoformat(), "open": [[540, 570]]} for n in range(14)]
    api.forecast_store(
        **by(team, "Sun"), branch=team.b01, since=WEEK, until=in_days(14), seed=1, inputs_hash="x",
        payload={"days": days, "start": 540, "need": {"cash": [[9]] * 14}},
    )  # fmt: skip
    holes = sign_in("Sun").get(URL).context["holes"]
    assert len(holes) == 12 and holes[0].startswith("11-30") and holes[-1].startswith("12-11")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cash", [("cash", 1, None)]),
        ("cash:5", [("cash", 5, None)]),
        ("cash:3@2027-06-30", [("cash", 3, date(2027, 6, 30))]),
        ("cash@2028-02-29", [("cash", 1, date(2028, 2, 29))]),
        ("cash:3,lobby:2", [("cash", 3, None), ("lobby", 2, None)]),
        ("cash:3，lobby:2、wealth", [("cash", 3, None), ("lobby", 2, None), ("wealth", 1, None)]),
        ("cash：３＠２０２７－０６－３０", [("cash", 3, date(2027, 6, 30))]),
        ("  cash:3\u3000\t lobby  ", [("cash", 3, None), ("lobby", 1, None)]),
        ("外币:2", [("外币", 2, None)]),
        ("", []),
    ],
)
def test_skills_are_read_as_people_write_them(team, sign_in, text, found):
    answer = save(sign_in("Sun"), team, skills=text)
    assert words(answer) == ["已保存。"] and held(team) == found


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("cash:nine", "cash:nine"),
        ("cash:3 lobby:x", "lobby:x"),
        ("cash:3@2027-02-30", "cash:3@2027-02-30"),
        ("cash:3@soon", "cash:3@soon"),
        (":3", ":3"),
        ("cash/3", "cash/3"),
        ("cash:3:4", "cash:3:4"),
        ("<b>cash</b>", "&lt;b&gt;cash&lt;/b&gt;"),
        ("c" * 33, "c" * 33),
    ],
)
def test_a_skill_that_is_not_understood_is_shown_with_the_way_to_write_it(team, sign_in, text, part):
    before = held(team)
    answer = save(sign_in("Sun"), team, skills=text)
    assert f"无法识别“{part}”。请写成 cash:3 或 cash:3@2027-06-30。" in answer.content.decode() and held(team) == before


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"skills": "cash:6"}, "技能等级为 1 至 5。"),
        ({"skills": "cash:-1"}, "技能等级为 1 至 5。"),
        ({"skills": "cash cash:2"}, "Mei 的同一技能列了两次，请保留一条。"),
        *(({"hours": text}, "每周工时为 0 至 60，速度系数为 0.3 至 3。") for text in
          ("-1", "60.5", "1e9", "nan", "inf", "forty", "四十")),
        *(({"speed": text}, "每周工时为 0 至 60，速度系数为 0.3 至 3。") for text in
          ("0", "0.29", "3.01", "nan", "-inf", "fast")),
    ],
)  # fmt: skip
def test_a_profile_out_of_bounds_is_refused_with_words_and_nothing_changes(team, sign_in, form, message):
    before = person(team)
    assert words(save(sign_in("Sun"), team, **form)) == [message] and person(team) == before


@pytest.mark.parametrize(
    ("form", "minutes", "speed"),
    [
        ({"hours": "", "speed": ""}, 2400, 1.0),
        ({"hours": None, "speed": None}, 2400, 1.0),
        ({"hours": "0"}, 0, 1.0),
        ({"hours": "60", "speed": "3"}, 3600, 3.0),
        ({"hours": "37.5", "speed": "0.3"}, 2250, 0.3),
        ({"hours": "３８", "speed": " 1.2 "}, 2280, 1.2),
    ],
)
def test_hours_and_speed_have_usual_values_and_wide_bounds(team, sign_in, form, minutes, speed):
    save(sign_in("Sun"), team, **form)
    assert (person(team).contract_minutes, person(team).speed) == (minutes, speed)


def test_the_form_keeps_what_it_does_not_ask_for(team, sign_in):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Mei"], min_week_minutes=1200, min_day_minutes=180,
        max_day_minutes=420, overtime_agreed=90,
        skills=[api.SkillInput("cash", 3, date(2027, 6, 30), "反假货币"), api.SkillInput("lobby", 1, None, "大堂")],
    )  # fmt: skip
    save(sign_in("Sun"), team, skills="cash:4 wealth", hours="15", protected="1")
    mei = person(team)
    assert (mei.min_week_minutes, mei.min_day_minutes, mei.max_day_minutes, mei.overtime_agreed) == (900, 180, 420, 90)
    assert [(s.skill, s.level, s.certificate) for s in mei.skills] == [("cash", 4, "反假货币"), ("wealth", 1, "")]
    assert mei.protected and (save(sign_in("Sun"), team), person(team).protected)[1] is False


def set_mei(team, **more):
    values = {"skills": [api.SkillInput("cash", 3, date(2027, 6, 30)), api.SkillInput("lobby", 1)]} | more
    api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Mei"], **values)


def sent_by(page):
    """What a browser would send of the page's form about a person, as it stands."""
    part = page[page.index('id="set"') : page.index("</form>", page.index('id="set"'))]
    found = {}
    for tag in re.findall(r"<input[^>]*>", part):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if 'type="checkbox"' not in tag or " checked" in tag:
            found[name[1]] = value[1] if value else ""
    options = re.findall(r'<option value="([^"]*)"( selected)?', part)
    return found | {"user": next((value for value, chosen in options if chosen), options[0][0])}


@pytest.mark.parametrize("most", [240, 300, 420, 480])
@pytest.mark.parametrize("flag", [True, False])
def test_a_name_leads_to_the_form_filled_with_what_is_kept_and_saving_it_changes_nothing(team, sign_in, most, flag):
    set_mei(team, contract_minutes=1335, min_week_minutes=900, max_day_minutes=most, speed=0.97, protected=flag,
            floats=flag, overtime_agreed=90)  # fmt: skip
    before, sun = person(team), sign_in("Sun")
    assert f'href="?person={key(team, "Mei")}#set"' in sun.get(URL).content.decode()
    form = sent_by(sun.get(URL, {"person": key(team, "Mei")}).content.decode())
    assert form["user"] == form["shown"] == key(team, "Mei") and form["skills"] == "cash:3@2027-06-30 lobby:1"
    assert ("protected" in form, "floats" in form, "half_days" in form) == (flag, flag, most <= 300)
    assert words(sun.post(reverse("team:staff-save"), form, follow=True)) == ["已保存。"] and person(team) == before


def test_unticked_is_unticked_for_the_person_shown(team, sign_in):
    set_mei(team, max_day_minutes=240, protected=True, floats=True)
    save(sign_in("Sun"), team)
    mei = person(team)
    assert (mei.protected, mei.floats, mei.max_day_minutes) == (False, False, 480)


@pytest.mark.parametrize("shown", [None, "Omar"])
@pytest.mark.parametrize("most", [240, 300, 420])
def test_nothing_unseen_is_reset_for_a_person_whom_the_form_did_not_show(team, sign_in, shown, most):
    set_mei(team, contract_minutes=1200, max_day_minutes=most, speed=1.2, protected=True, floats=True)
    form = {"shown": shown and key(team, shown), "skills": "cash:5", "hours": "", "speed": ""}
    save(sign_in("Sun"), team, **form)
    mei = person(team)
    assert (mei.protected, mei.floats, mei.max_day_minutes) == (True, True, most)
    assert (mei.contract_minutes, mei.speed, held(team)) == (1200, 1.2, [("cash", 5, None)])


def test_the_table_says_who_works_half_days(team, sign_in):
    def said():
        return sign_in("Sun").get(URL).content.decode().count('data-label="半天班">是')

    assert said() == 0
    set_mei(team, max_day_minutes=300)
    assert said() == 1


@pytest.mark.parametrize(
    ("before", "half_days", "week", "after"),
    [
        ((240, 480, 0), True, 2400, (240, 300, 0)),
        ((360, 480, 2400), True, 2400, (300, 300, 1500)),
        ((240, 240, 1200), True, 2400, (240, 240, 1200)),
        ((240, 240, 1200), False, 900, (240, 480, 900)),
        ((180, 420, 2400), False, 2400, (180, 420, 2400)),
        ((60, 600, 0), False, 2400, (60, 600, 0)),
    ],
)
def test_half_days_bound_the_day_and_what_is_owed_in_a_week(before, half_days, week, after):
    found = rules.day_limits(rules.DayLimits(*before), half_days=half_days, week=week)
    assert found == rules.DayLimits(*after) and found.half_days is half_days


@pytest.mark.parametrize("user", ["", "mei", "01234567-89ab-4cde-8f01-23456789abcd", "Bo", "Stranger", "Rita"])
def test_only_people_with_a_post_at_the_branch_can_be_set(team, sign_in, user):
    asked = key(team, user) if user in team.people else user
    assert save(sign_in("Sun"), team, user=asked).status_code == 404
    assert len(journal(team, "team.profile_set")) == 4


@pytest.mark.parametrize("reader", ["Mei", "Omar", "Rita", "Otto", "Bo", "Sysadmin"])
@pytest.mark.parametrize("name", ["staff-save", "staff-import"])
def test_profiles_are_set_only_by_leaders_of_the_branch(team, sign_in, reader, name):
    form = {
        "user": key(team, "Mei"),
        "skills": "wealth:5",
        "file": SimpleUploadedFile("s.csv", b"id,skills\nmei,wealth\n"),
    }
    answer = sign_in(reader).post(reverse(f"team:{name}"), form, follow=True)
    assert answer.status_code == 404 or reader == "Bo"  # Bo leads b02: the list is refused there, Mei not found
    assert [skill for skill, _level, _until in held(team)] == ["cash"]
    assert sign_in("Sun").get(reverse(f"team:{name}")).status_code == 405


@pytest.mark.parametrize(("reader", "forms"), [("Sun", True), ("Ada", True), ("Rita", False), ("Otto", False)])
def test_readers_see_the_people_but_no_form(team, sign_in, reader, forms):
    page = sign_in(reader).get(URL).content.decode()
    assert "Omar" in page and (reverse("team:staff-save") in page) is forms


def test_a_list_is_imported_and_counted(team, sign_in):
    answer = load(sign_in("Sun"), "工号,技能,周工时\nmei,cash:4,32\nada,wealth:2,40\n")
    assert words(answer) == ["已导入 2 人。"]
    assert held(team) == [("cash", 4, None)] and person(team).contract_minutes == 1920


def test_a_faulty_list_names_its_first_ten_rows(team, sign_in):
    rows = "".join(f"p{n},cash:7 lobby\n" for n in range(12))
    said = words(load(sign_in("Sun"), "id,skills\n" + rows))
    assert len(said) == 11 and said[1].startswith("第 2 行 skills：") and said[10].startswith("第 11 行")


def test_unknown_numbers_are_named_by_row(team, sign_in):
    said = words(load(sign_in("Sun"), "id,skills\nmei,cash\nbo,cash\n"))
    assert said == ["第 3 行：本网点没有工号 bo。未导入任何内容。", "第 3 行 id：本网点没有这个工号。"]


def test_no_file_and_a_file_too_large_are_refused_alike(team, sign_in):
    sun = sign_in("Sun")
    nothing = sun.post(reverse("team:staff-import"), {}, follow=True)
    huge = load(sun, b"id,skills\n" + b"x" * 2_000_000)
    assert words(nothing) == words(huge) == ["请选择不超过 2 MB 的 CSV 或 Excel 文件。"]
    assert journal(team, "team.staff_imported") == []
