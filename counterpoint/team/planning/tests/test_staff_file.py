"""A staff list becomes people of the roster whole, or is refused with every row that is wrong."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.team.planning import StaffFileError, read_staff
from counterpoint.team.planning.staff_file import COLUMNS, NO, YES
from counterpoint.team.planning.tests.files import workbook
from counterpoint.team.planning.values import PlanInputError


def people(text, name="staff.csv"):
    return read_staff(name, text if isinstance(text, bytes) else text.encode())


def one(**cells):
    """The only person of a list with these columns beside a number and a skill."""
    row = {"id": "1", "skills": "cash", **cells}
    return people(f"{','.join(row)}\n{','.join(row.values())}\n")[0]


def refused(text, name="staff.csv"):
    with pytest.raises(StaffFileError) as told:
        people(text, name)
    return told.value


def wrong(**cells):
    """The only problem of a person with these cells."""
    row = {"id": "1", "skills": "cash", **cells}
    (problem,) = refused(f"{','.join(row)}\n{','.join(row.values())}\n").problems
    return problem


def skills(text):
    return [(s.key, s.level, s.until) for s in people(f'id,skills\n1,"{text}"\n')[0].skills]


class TestReading:
    def test_a_number_and_a_skill_are_enough_and_the_rest_is_a_usual_contract(self):
        row = one()
        assert (row.id, row.name, row.row) == ("1", "1", 2)
        assert (row.max_week, row.min_week, row.min_day, row.max_day) == (2400, 0, 240, 480)
        assert (row.overtime_agreed, row.speed, row.protected) == (0, 1.0, False)

    @pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in COLUMNS.items() for name in names])
    def test_every_column_is_known_by_each_of_its_names(self, key, name):
        cells = {"id": "7", "skills": "cash", key: {"id": "7", "name": "Mei", "skills": "cash", "protected": "yes",
                                                    "min_day_hours": "3", "speed": "2"}.get(key, "6")}  # fmt: skip
        head = [name.upper() if column == key else column for column in cells]
        row = people(f"{','.join(head)}\n{','.join(cells.values())}\n")[0]
        found = {
            "id": row.id, "name": row.name, "skills": row.skills[0].key, "week_hours": row.max_week,
            "min_week_hours": row.min_week, "min_day_hours": row.min_day, "max_day_hours": row.max_day,
            "overtime_hours": row.overtime_agreed, "speed": row.speed, "protected": row.protected,
        }  # fmt: skip
        wanted = {"id": "7", "name": "Mei", "skills": "cash", "protected": True, "min_day_hours": 180, "speed": 2.0}
        assert found[key] == wanted.get(key, 360)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_chinese_lists_are_read_in_the_encodings_of_chinese_spreadsheets(self, encoding):
        row = people("工号,姓名,技能\n007,梅,现金\n".encode(encoding))[0]
        assert (row.id, row.name, row.skills[0].key) == ("007", "梅", "现金")

    def test_spaces_around_a_heading_do_not_matter(self):
        assert people(" ID , Skills \n7,cash\n")[0].id == "7"

    def test_a_number_with_leading_noughts_stays_what_it_is(self):
        assert [row.id for row in people("id,skills\n007,cash\n7,cash\n")] == ["007", "7"]

    def test_a_workbook_says_the_same_as_the_text(self):
        rows = [["id", "name", "skills", "week_hours"], ["007", "Mei", "cash:2", 38.5], ["8", None, "lobby", None]]
        text = "id,name,skills,week_hours\n007,Mei,cash:2,38.5\n8,,lobby,\n"
        assert people(workbook(*rows), "list.XLSX") == people(text)

    def test_empty_rows_are_passed_over_and_numbers_still_match_the_file(self):
        text = "id,skills\n\n1,cash\n,\n2,nine:9\n\n"
        assert [(p.row, p.column) for p in refused(text).problems] == [(5, "skills")]
        assert [row.row for row in people(text.replace("nine:9", "cash"))] == [3, 5]
        sheet = workbook(["id", "skills"], ["1", "cash"], [None, None], ["2", "cash:9"], [None, " "])
        assert [p.row for p in refused(sheet, "list.xlsx").problems] == [4]

    def test_cells_missing_at_the_end_of_a_row_are_empty(self):
        assert [row.name for row in people("id,skills,name\n1,cash\n2,cash,Omar\n")] == ["1", "Omar"]

    def test_a_comma_without_quotation_marks_moves_no_cell_into_another_column(self):
        told = refused("id,name,skills\n1,Mei,cash,lobby\n2,Omar,cash,lobby\n")
        assert [(p.row, p.message) for p in told.problems] == [
            (2, "has 4 cells, the heading has 3"),
            (3, "has 4 cells, the heading has 3"),
        ]
        assert "row 2 has 4 cells" in str(told) and "quotation marks" in str(told)

    def test_a_comma_at_the_end_of_a_row_is_no_cell(self):
        assert people("id,skills\n1,cash,\n2,cash,,\n")[1].id == "2"

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            ("", "staff.csv", "staff.csv is empty"),
            ("id,skills\n", "staff.csv", "staff.csv lists nobody"),
            ("id,skills\n,\n\n", "staff.csv", "lists nobody"),
            (workbook(["id", "skills"]), "staff.xlsx", "lists nobody"),
            (workbook([]), "staff.xlsx", "staff.xlsx is empty"),
            ("name,skills\nMei,cash\n", "staff.csv", "no column 'id' (or 员工号); it has name, skills"),
            ("id,name\n1,Mei\n", "staff.csv", "no column 'skills' (or 岗位技能); it has id, name"),
            ("id,Skills,skills \n1,cash,lobby\n", "staff.csv", "two columns named 'skills'"),
            ('id,skills\n1,"cash\n', "staff.csv", "cannot be read"),
            (b"id,skills\n\xff\xff\xff", "staff.csv", "neither UTF-8 nor GB 18030"),
            (b"no workbook", "staff.xlsx", "cannot be read"),
            (workbook(["id", "skills"], ["1", "cash"])[:-300], "staff.xlsx", "cannot be read"),
        ],
    )
    def test_a_file_that_is_no_staff_list_says_why(self, content, name, words):
        told = refused(content, name)
        assert words in str(told) and isinstance(told, PlanInputError)


class TestSkills:
    @pytest.mark.parametrize(
        ("text", "held"),
        [
            ("cash", [("cash", 1, None)]),
            ("cash:5", [("cash", 5, None)]),
            ("cash:3@2027-06-30", [("cash", 3, "2027-06-30")]),
            ("cash@2027-06-30", [("cash", 1, "2027-06-30")]),
            ("cash:2(2027-06-30)", [("cash", 2, "2027-06-30")]),
            ("cash:2（2027-06-30）", [("cash", 2, "2027-06-30")]),
            ("现金:4、理财", [("现金", 4, None), ("理财", 1, None)]),
            ("non_cash;a-b，c.d", [("non_cash", 1, None), ("a-b", 1, None), ("c.d", 1, None)]),
            ("cash；lobby  wealth", [("cash", 1, None), ("lobby", 1, None), ("wealth", 1, None)]),
            ("cash@2028-02-29", [("cash", 1, "2028-02-29")]),
        ],
    )
    def test_skills_are_read_as_people_write_them(self, text, held):
        assert skills(text) == held

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("cash:0", "'cash:0' is no skill"),
            ("cash:6", "'cash:6' is no skill"),
            ("cash:10", "'cash:10' is no skill"),
            ("cash:", "'cash:' is no skill"),
            ("cash：3", "'cash：3' is no skill"),
            ("ca\u200bsh", "is no skill; write `cash`, `cash:3` or `cash:3@2027-06-30`"),
            ("cash:３", "is no skill"),
            ("cash@2027-6-30", "is no skill"),
            ("cash@2027-02-29", "2027-02-29 is no date"),
            ("cash@2027-13-01", "2027-13-01 is no date"),
            ("cash@２０２７-06-30", "is no date"),
            ("cash lobby cash:2", "cash is listed twice"),
            ("", "at least one skill is needed"),
            (" ;; ", "at least one skill is needed"),
        ],
    )
    def test_a_skill_that_is_none_is_told_once(self, text, words):
        (problem,) = refused(f'id,skills,name\n1,"{text}",Mei\n').problems
        assert words in problem.message and problem.column == "skills" and problem.row == 2

    @given(
        st.lists(
            st.tuples(
                st.from_regex(re.compile(r"[a-z][a-z_]{0,9}", re.ASCII), fullmatch=True),
                st.integers(1, 5),
                st.none() | st.dates(min_value=date(1000, 1, 1)),
            ),
            min_size=1,
            max_size=6,
            unique_by=lambda held: held[0],
        ),
        st.sampled_from([" ", ";", "；", "、", " , "]),
    )
    def test_what_is_written_is_what_is_read(self, held, between):
        text = between.join(f"{key}:{level}{f'@{until}' if until else ''}" for key, level, until in held)
        assert skills(text) == [(k, level, until.isoformat() if until else None) for k, level, until in held]


class TestNumbers:
    @pytest.mark.parametrize(
        ("column", "low", "high"),
        [
            ("week_hours", 0, 60),
            ("min_week_hours", 0, 60),
            ("max_day_hours", 0, 12),
            ("min_day_hours", 0, 12),
            ("overtime_hours", 0, 36),
            ("speed", 0.3, 3),
        ],
    )
    def test_each_number_has_its_limits_and_says_them(self, column, low, high):
        room = {"min_week_hours": {"week_hours": "60"}, "min_day_hours": {"max_day_hours": "12"}}.get(column, {})
        for inside in (low, high):
            assert one(**room, **{column: str(inside)})
        for outside in (low - 0.1, high + 0.1, "many", "nan", "inf", "-inf", "1.5.2"):
            problem = wrong(**{column: str(outside)})
            assert problem.message == f"write a number from {low:g} to {high:g}" and problem.column == column

    @pytest.mark.parametrize(
        ("written", "minutes"), [("38.5", 2310), ("0.51", 31), ("４０", 2400), (" 40 ", 2400), ("4e1", 2400)]
    )
    def test_hours_become_whole_minutes(self, written, minutes):
        assert one(week_hours=written).max_week == minutes

    def test_a_week_may_not_ask_for_more_than_the_contract_holds(self):
        assert one(min_week_hours="40").min_week == 2400
        assert wrong(min_week_hours="40.1").message == "is more than the contract's week"
        assert one(week_hours="20", min_week_hours="20").min_week == 1200

    def test_the_shortest_day_of_a_short_contract_is_no_longer_than_its_longest(self):
        assert (one(max_day_hours="3").min_day, one(max_day_hours="3").max_day) == (180, 180)
        assert one(max_day_hours="4").min_day == 240 == one(max_day_hours="12").min_day

    def test_a_shortest_day_above_the_longest_would_never_be_rostered_and_is_refused(self):
        assert one(min_day_hours="8").min_day == 480
        assert wrong(min_day_hours="8.5").message == "is more than the longest day"
        assert wrong(max_day_hours="3", min_day_hours="6").column == "min_day_hours"


class TestProtection:
    @pytest.mark.parametrize("word", sorted(YES))
    def test_a_yes_protects_and_takes_agreed_overtime_away(self, word):
        row = one(protected=word.upper(), overtime_hours="6")
        assert row.protected and row.overtime_agreed == 360
        assert row.person().protected and row.person().overtime_agreed == 0

    @pytest.mark.parametrize("word", sorted(NO))
    def test_a_no_or_nothing_leaves_it(self, word):
        row = one(protected=word, overtime_hours="6")
        assert not row.protected and row.person().overtime_agreed == 360

    @pytest.mark.parametrize("word", ["maybe", "2", "是的", "ja"])
    def test_anything_else_is_asked_again(self, word):
        assert wrong(protected=word).message == "write yes or no"


def test_every_problem_of_every_row_is_told_at_once_in_the_order_of_rows():
    told = refused("id,skills,speed,protected\n,cash,9,maybe\n2,cash,1,no\n2,cash,1,no\n3,,1,no\n")
    assert [(p.row, p.column) for p in told.problems] == [
        (2, "id"),
        (2, "speed"),
        (2, "protected"),
        (4, "id"),
        (5, "skills"),
    ]
    assert told.problems[-2].message == "the same number as in row 3"
    assert "5 problems, first: row 2, id = '': everybody needs a number. Nothing was used." in str(told)


def test_a_problem_names_the_files_own_column():
    (problem,) = refused("工号,技能,速度系数\n1,现金,快\n").problems
    assert str(problem) == "row 2, 速度系数 = '快': write a number from 0.3 to 3"


def test_a_row_becomes_a_person_of_the_roster():
    row = people(
        "id,name,skills,week_hours,min_week_hours,min_day_hours,max_day_hours,overtime_hours\n"
        "1,Mei,cash:3@2027-06-30,38,20,5,9,2\n"
    )[0]
    person = row.person()
    assert (person.id, person.name, person.min_week, person.max_week) == ("1", "Mei", 1200, 2280)
    assert (person.min_day, person.max_day, person.overtime_agreed) == (300, 540, 120)
    assert person.can("cash", 3, "2027-06-30") and not person.can("cash", 3, "2027-07-01")
