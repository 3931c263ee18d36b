"""Profiles one by one and from a list: what is stored, which inputs are refused whole, who may set them."""

import io
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

import pytest
from django.utils import translation
from openpyxl import Workbook

from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.team import api
from counterpoint.team.actions import staff_import, staff_profile_set
from counterpoint.team.models import SkillGrant, StaffProfile
from counterpoint.team.tests.stories import by, journal

JUNE = date(2027, 6, 30)


def set_profile(bank, name="Mei", skills=(), who="Sun", **more):
    return staff_profile_set(
        **by(bank, who), branch=bank.b01, user=bank.people[name], skills=[api.SkillInput(*s) for s in skills], **more
    )


def load(bank, text, name="staff.csv", who="Sun"):
    content = text if isinstance(text, bytes) else text.encode()
    return staff_import(**by(bank, who), branch=bank.b01, name=name, content=content)


def people(bank):
    return {p.name: p for p in api.staff(scope=bank.scope("Sun"), branch=bank.b01)}


def skills_of(person):
    return [(s.skill, s.level, s.expires_on) for s in person.skills]


def test_a_profile_keeps_contract_skills_and_certificates(bank):
    set_profile(
        bank, skills=[("wealth", 2, JUNE, "基金从业"), ("cash", 5)], contract_minutes=1920, min_week_minutes=960,
        min_day_minutes=180, max_day_minutes=420, overtime_agreed=120, speed=1.25, protected=True,
    )  # fmt: skip
    mei = people(bank)["Mei"]
    assert skills_of(mei) == [("cash", 5, None), ("wealth", 2, JUNE)]
    assert mei.skills[1].certificate == "基金从业" and mei.staff_no == "mei"
    numbers = (
        mei.contract_minutes,
        mei.min_week_minutes,
        mei.min_day_minutes,
        mei.max_day_minutes,
        mei.overtime_agreed,
    )
    assert numbers == (1920, 960, 180, 420, 120) and (mei.speed, mei.protected) == (1.25, True)


def test_setting_again_replaces_the_whole_profile_and_keeps_its_id(bank):
    first = set_profile(bank, skills=[("cash", 3), ("lobby", 1)], protected=True, speed=2.0)
    second = set_profile(bank, skills=[("wealth", 1)])
    mei = people(bank)["Mei"]
    assert first.pk == second.pk == mei.profile and skills_of(mei) == [("wealth", 1, None)]
    assert (mei.protected, mei.speed, mei.contract_minutes) == (False, 1.0, 2400)
    assert [data["skills"] for _kind, data in journal(bank, "team.profile_set")] == [
        [["cash", 3, None], ["lobby", 1, None]], [["wealth", 1, None]],
    ]  # fmt: skip


def test_somebody_no_longer_active_leaves_the_list_and_comes_back_with_the_same_id(bank):
    first = set_profile(bank, skills=[("cash", 3)])
    set_profile(bank, skills=[], active=False)
    assert people(bank) == {}
    assert set_profile(bank, skills=[("cash", 3)]).pk == first.pk and set(people(bank)) == {"Mei"}


@pytest.mark.parametrize(
    ("skills", "more", "chinese"),
    [
        ([("cash", 3), ("cash", 4)], {}, "Mei 的同一技能列了两次，请保留一条。"),
        ([("cash", 0)], {}, "技能等级为 1 至 5。"),
        ([("cash", 6)], {}, "技能等级为 1 至 5。"),
        ([], {"speed": 0.0}, "速度系数须大于 0，且周最低工时不得超过合同工时。"),
        ([], {"speed": -1.0}, "速度系数须大于 0，且周最低工时不得超过合同工时。"),
        ([], {"speed": 3.01}, "速度系数须大于 0，且周最低工时不得超过合同工时。"),
        ([], {"speed": float("nan")}, "速度系数须大于 0，且周最低工时不得超过合同工时。"),
        ([], {"min_week_minutes": 2401}, "速度系数须大于 0，且周最低工时不得超过合同工时。"),
    ],
)
def test_a_profile_that_cannot_be_is_refused_and_the_old_one_stays(bank, skills, more, chinese):
    set_profile(bank, skills=[("lobby", 2)])
    with pytest.raises(Invalid) as refused:
        set_profile(bank, skills=skills, **more)
    assert refused.value.message == chinese and skills_of(people(bank)["Mei"]) == [("lobby", 2, None)]
    assert len(journal(bank, "team.profile_set")) == 1


@pytest.mark.parametrize("edge", [{"speed": 3.0}, {"speed": 0.01}, {"min_week_minutes": 2400}, {"contract_minutes": 0}])
def test_the_edges_of_a_profile_are_allowed(bank, edge):
    assert set_profile(bank, skills=[("cash", 1), ("lobby", 5)], **edge).pk


@pytest.mark.parametrize("name", ["Mei", "Omar", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"])
def test_only_leaders_of_the_branch_set_profiles(bank, name):
    with pytest.raises(Forbidden):
        set_profile(bank, skills=[], who=name)
    with pytest.raises(Forbidden):
        load(bank, "id,skills\nmei,cash\n", who=name)
    assert journal(bank, "team.") == []


def test_other_branches_do_not_see_the_people(team):
    assert len(people(team)) == 4
    for name, number in (("Rita", 4), ("Otto", 4), ("Bo", 0), ("Stranger", 0)):
        assert len(api.staff(scope=team.scope(name), branch=team.b01)) == number, name


def test_one_person_may_have_profiles_at_two_branches(bank):
    set_profile(bank, "Mei", [("cash", 3)])
    staff_profile_set(**by(bank, "Bo"), branch=bank.b02, user=bank.people["Mei"], skills=[api.SkillInput("wealth", 1)])
    assert skills_of(people(bank)["Mei"]) == [("cash", 3, None)]
    (other,) = api.staff(scope=bank.scope("Bo"), branch=bank.b02)
    assert skills_of(other) == [("wealth", 1, None)]


CSV = "id,name,skills,week_hours,min_week_hours,speed,protected,overtime_hours\n"
GOOD = CSV + "mei,梅,cash:3@2027-06-30 lobby,38.5,20,1.1,no,0\nomar,奥马尔,lobby:2,40,,,yes,5\n"


def test_a_list_sets_every_profile_and_notes_it_once(bank):
    assert load(bank, GOOD) == 2
    mei, omar = people(bank)["Mei"], people(bank)["Omar"]
    assert skills_of(mei) == [("cash", 3, JUNE), ("lobby", 1, None)]
    assert (mei.contract_minutes, mei.min_week_minutes, mei.speed, mei.protected) == (2310, 1200, 1.1, False)
    assert (omar.contract_minutes, omar.protected, omar.overtime_agreed) == (2400, True, 300)
    assert mei.name == "Mei"  # the list does not rename anybody
    assert journal(bank, "team.") == [
        ("team.staff_imported", {"people": 2, "sha256": sha256(GOOD.encode()).hexdigest()})
    ]


def test_the_same_list_again_changes_nothing_but_the_note(bank):
    load(bank, GOOD)
    before = people(bank)
    load(bank, GOOD)
    assert people(bank) == before and len(journal(bank, "team.staff_imported")) == 2
    with scoped(bank.scope("Sun")):
        assert (StaffProfile.objects.count(), SkillGrant.objects.count()) == (2, 3)


def test_people_who_are_not_on_the_list_keep_their_profile(bank):
    set_profile(bank, "Ada", [("wealth", 4)])
    load(bank, GOOD)
    assert set(people(bank)) == {"Ada", "Mei", "Omar"} and skills_of(people(bank)["Ada"]) == [("wealth", 4, None)]


def test_a_workbook_and_chinese_headings_do_the_same(bank):
    book = Workbook()
    for row in (["工号", "姓名", "技能", "周工时", "孕哺期"], ["mei", "梅", "cash:3；lobby", 38.5, "是"]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert load(bank, stream.getvalue(), "名单.XLSX") == 1
    mei = people(bank)["Mei"]
    assert (mei.contract_minutes, mei.protected) == (2310, True) and len(mei.skills) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_office_programs_are_read(bank, encoding):
    assert load(bank, "工号,技能\nmei,cash\n".encode(encoding)) == 1


@pytest.mark.parametrize(
    ("text", "problems", "words"),
    [
        (CSV + "mei,梅,cash:9 lobby,40,,,,\n", [(2, "skills")], "cash:9"),
        (CSV + "mei,梅,,40,,,,\n", [(2, "skills")], "at least one skill"),
        (CSV + "mei,梅,cash,99,,,,\nomar,奥,cash,x,,,,\n", [(2, "week_hours"), (3, "week_hours")], "2 problems"),
        (CSV + "mei,梅,cash,40,,,maybe,\n", [(2, "protected")], "yes or no"),
        (CSV + "mei,梅,cash,40,41,,,\n", [(2, "min_week_hours")], "more than the contract"),
        (CSV + "mei,梅,cash,40,,,,\nmei,梅,lobby,40,,,,\n", [(3, "id")], "same number as in row 2"),
        (CSV + ",梅,cash,40,,,,\n", [(2, "id")], "needs a number"),
        (CSV, [], "lists nobody"),
        ("name,skills\n梅,cash\n", [], "no column"),
    ],
)
def test_a_faulty_list_is_refused_whole_with_its_rows(bank, text, problems, words):
    set_profile(bank, "Mei", [("lobby", 2)])
    with pytest.raises(api.ImportRefused) as refused:
        load(bank, text)
    assert words in refused.value.message and refused.value.status == 422
    assert [(p["row"], p["column"]) for p in refused.value.details["problems"]] == problems
    assert skills_of(people(bank)["Mei"]) == [("lobby", 2, None)] and journal(bank, "team.staff_imported") == []


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xff\xff\xff", b"PK\x03\x04 no workbook"])
@pytest.mark.parametrize("name", ["staff.csv", "staff.xlsx"])
def test_a_file_that_is_no_list_is_refused_and_not_a_crash(bank, name, content):
    with pytest.raises(api.ImportRefused):
        load(bank, content, name)
    assert people(bank) == {}


def test_numbers_of_nobody_here_are_named_and_nothing_is_imported(bank):
    text = "id,skills\nmei,cash\nbo,cash\nzoe,lobby\n"
    with pytest.raises(api.ImportRefused) as refused:
        load(bank, text)
    assert refused.value.message == "第 3 行：本网点没有工号 bo。未导入任何内容。"
    assert [(p["row"], p["column"], p["message"]) for p in refused.value.details["problems"]] == [
        (3, "id", "本网点没有这个工号。"), (4, "id", "本网点没有这个工号。"),
    ]  # fmt: skip
    assert people(bank) == {}
    with translation.override("en"), pytest.raises(api.ImportRefused, match="Row 3: nobody at this branch"):
        load(bank, text)


def test_who_starts_tomorrow_is_imported_from_their_first_day_by_the_branchs_clock(bank):
    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        new = actions.person_add(
            scope=root, now=bank.now, org_unit=bank.b01, staff_no="lin", name="Lin", password="x-1030-branch"
        )
        actions.post_grant(
            scope=root, now=bank.now, org_unit=bank.b01, user=new, role="teller", since=date(2026, 11, 24)
        )
    bank.now = datetime(2026, 11, 23, 15, 59, tzinfo=UTC)
    with pytest.raises(api.ImportRefused):
        load(bank, "id,skills\nlin,cash\n")
    bank.now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert load(bank, "id,skills\nlin,cash\n") == 1


def test_a_profile_outside_the_scope_is_not_read(team):
    assert api.profile_of(scope=team.scope("Stranger"), branch=team.b01, user=team.people["Mei"].pk) is None
    assert api.profile_of(scope=team.scope("Sun"), branch=team.b01, user=uuid4()) is None
    assert api.profile_of(scope=team.scope("Sun"), branch=team.b01, user=None) is None
    with pytest.raises(NotFound):
        api.roster(scope=team.scope("Sun"), roster_id=uuid4())
