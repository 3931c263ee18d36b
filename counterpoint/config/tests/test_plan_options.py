"""What `counterpoint plan` makes of its options, before anything is forecast: week, branch, columns, rules, notes."""

from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from counterpoint.config import plan_command
from counterpoint.config.plan_command import _columns, _explain, _monday, plan_input, rules
from counterpoint.foundation import calendar
from counterpoint.team import parameters, planning
from counterpoint.team.planning import PlanInputError
from counterpoint.team.tests.small import LAST, tickets

GIVEN = {
    "mapping": None, "columns": (), "staff": None, "branch": "", "week": None, "hours": "mon-wed 09:00-12:00",
    "pack": "intl", "promise": "", "people": None, "seed": 1, "language": "zh-hans", "skip_bad_rows": False,
    "effort": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Five weeks of a small branch until Wednesday 25 November 2026."""
    file = tmp_path_factory.mktemp("plan") / "history.csv"
    tickets().to_csv(file, index=False)
    return file


def asked(history, **more):
    return plan_input(history=history, **{**GIVEN, **more})


def file(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


# --- which week -----------------------------------------------------------------------------------------------------
@settings(max_examples=40)
@given(last=st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_without_a_week_the_first_monday_after_the_history_is_planned(last):
    monday = _monday(None, last)
    assert monday.weekday() == 0 and 1 <= (monday - last).days <= 7


@settings(max_examples=40)
@given(last=st.dates(date(2020, 1, 1), date(2030, 12, 31)), ahead=st.integers(-40, 400))
def test_a_week_is_planned_when_at_least_one_of_its_days_lies_after_the_history(last, ahead):
    wanted = last + timedelta(days=ahead)
    days = [wanted - timedelta(days=wanted.weekday()) + timedelta(days=n) for n in range(7)]
    if any(day > last for day in days):
        assert _monday(wanted.isoformat(), last) == days[0]
    else:
        with pytest.raises(PlanInputError, match="inside the history"):
            _monday(wanted.isoformat(), last)


@pytest.mark.parametrize("week", ["soon", "2026-13-01", "2026-02-30", "30.11.2026", "", "二〇二六"])
def test_a_week_that_is_no_date_is_refused_with_an_example(week):
    with pytest.raises(PlanInputError, match="2026-11-30"):
        _monday(week, LAST)


def test_the_last_week_of_the_calendar_is_refused_and_does_not_overflow(history):
    with pytest.raises(PlanInputError, match="9999"):
        asked(history, week="9999-12-31")


# --- columns and mapping --------------------------------------------------------------------------------------------
def test_columns_are_pairs_and_the_last_word_on_a_column_holds():
    assert _columns(("arrived= taken at ", "service=业务", "arrived=t")) == {"arrived": "t", "service": "业务"}
    assert _columns(("arrived=a=b",)) == {"arrived": "a=b"}


@pytest.mark.parametrize("part", ["arrived", "=name", "arrived=", "", " = ", "arrived= "])
def test_half_a_pair_is_refused_with_an_example(part):
    with pytest.raises(PlanInputError, match="arrived=taken_at"):
        _columns((part,))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [1", "no YAML"),
        ("- a\n- b\n", "must hold keys"),
        ("skills: cash\n", "`skills`"),
        ("hours: soon\n", "hours"),
    ],
    ids=["broken", "a list", "a word for a list", "hours that are none"],
)
def test_a_mapping_that_cannot_be_used_is_refused(history, tmp_path, content, words):
    with pytest.raises(PlanInputError, match=words):
        asked(history, mapping=file(tmp_path, "m.yaml", content), hours="")


def test_a_mapping_that_is_not_there_and_one_in_another_script_are_told_apart(history, tmp_path):
    with pytest.raises(PlanInputError, match=r"no mapping file .*none\.yaml"):
        asked(history, mapping=tmp_path / "none.yaml")
    strange = tmp_path / "gbk.yaml"
    strange.write_bytes("hours: 周一".encode("gbk"))
    with pytest.raises(PlanInputError, match=r"gbk\.yaml is no YAML"):
        asked(history, mapping=strange)


def test_the_mapping_speaks_where_the_command_is_silent_and_the_command_wins(history, tmp_path):
    spoken = file(tmp_path, "m.yaml", {
        "hours": "mon-fri 10:00-16:00", "calendar": "intl", "promise": "80% < 20 min",
        "skills": {"cash": "cash"}, "names": {"cash": "现金"}, "minutes": {"cash": 4},
    })  # fmt: skip
    silent = asked(history, mapping=spoken, hours="", pack=None)
    assert (silent.promise.share, silent.promise.minutes) == (0.8, 20)
    assert silent.days[0].open == ((600, 960),)
    assert silent.skills == {"cash": "cash"} and silent.names == {"cash": "现金"}
    assert silent.defaults == {"cash": (4.0, 0.6)}
    loud = asked(history, mapping=spoken, promise="95% < 10 min")
    assert (loud.promise.share, loud.promise.minutes) == (0.95, 10)
    assert loud.days[0].open == ((540, 720),)


@pytest.mark.parametrize("word", ["CN", "us", "china"])
def test_a_calendar_that_nobody_knows_is_refused_because_no_law_would_hold(history, tmp_path, word):
    with pytest.raises(PlanInputError, match="calendar"):
        asked(history, mapping=file(tmp_path, "m.yaml", {"calendar": word}), pack=None)


def test_without_any_word_chinas_calendar_and_the_usual_promise_hold(history):
    made = asked(history, pack=None)
    assert (made.promise.share, made.promise.minutes) == (0.9, 15)
    assert made.rules == rules("cn")


# --- which branch ---------------------------------------------------------------------------------------------------
def branches(tmp_path, *names):
    frame = tickets()
    frame["branch"] = [names[n % len(names)] for n in range(len(frame))]
    frame["ticket"] = [f"T{n}" for n in range(len(frame))]
    path = tmp_path / "branches.csv"
    frame.to_csv(path, index=False)
    return path


def test_one_of_several_branches_is_planned_on_its_own_tickets(tmp_path):
    two = branches(tmp_path, "B01", "B02")
    made = asked(two, branch="B02")
    assert made.branch == "B02" and set(made.log.usable["branch"]) == {"B02"}
    assert len(made.log.usable) == len(tickets()) // 2


def test_several_branches_without_a_choice_are_counted_and_named(tmp_path):
    with pytest.raises(PlanInputError, match=r"holds 3 branches \(B01, B02, B03 …\)\. Choose with --branch"):
        asked(branches(tmp_path, "B03", "B01", "B02"))


def test_a_branch_that_several_do_not_hold_is_refused_with_those_that_are_there(tmp_path):
    with pytest.raises(PlanInputError, match="no branch 'B09'; it has B01, B02"):
        asked(branches(tmp_path, "B01", "B02"), branch="B09")


def test_a_single_branch_needs_no_choice_and_gives_the_plan_its_name(tmp_path, history):
    assert asked(branches(tmp_path, "人民路支行")).branch == "人民路支行"
    assert asked(history).branch == ""
    assert asked(history, branch="人民路支行").branch == "人民路支行"


# --- staff ----------------------------------------------------------------------------------------------------------
def test_a_staff_list_that_is_not_there_says_so(history, tmp_path):
    with pytest.raises(PlanInputError, match=r"none\.csv cannot be read"):
        asked(history, staff=tmp_path / "none.csv")


def test_people_of_the_list_bring_their_speeds(history, tmp_path):
    listed = file(tmp_path, "s.csv", "id,name,skills,week_hours,speed\n1,梅,cash,40,1.2\n2,孙,transfer,40,\n")
    made = asked(history, staff=listed)
    assert [person.id for person in made.people] == ["1", "2"]
    assert made.speeds == {"1": 1.2, "2": 1.0}


# --- rules and notes ------------------------------------------------------------------------------------------------
CONTENT = [
    row for path in sorted(plan_command.CONTENT.glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))
]  # fmt: skip


@pytest.mark.parametrize("pack", ["cn", "intl"])
def test_the_rules_are_those_of_the_web_application_in_the_order_of_their_keys(pack):
    found = rules(pack)
    mine = [r for r in CONTENT if r.get("pack", "any") in {pack, "any"} and r["key"].startswith("roster.")]
    assert [rule.key for rule in found] == sorted(row["key"].removeprefix("roster.") for row in mine)
    assert {rule.key: rule.value for rule in found} == {r["key"].removeprefix("roster."): r["value"] for r in mine}


@pytest.mark.parametrize("pack", ["cn", "intl"])
@pytest.mark.parametrize("on", [date(2021, 1, 4), date(2026, 11, 30)])
def test_command_and_web_are_bound_by_the_same_rules_on_a_date(pack, on):
    assert tuple(rule for rule in rules(pack) if rule.in_force(on.isoformat())) == parameters.rules_of(pack, on)


def test_only_a_verified_source_makes_a_rule_hard():
    assert {rule.hard for rule in rules("cn") if rule.mark == "V"} >= {True}
    assert {rule.hard for pack in ("cn", "intl") for rule in rules(pack) if rule.mark != "V"} == {False}


@pytest.mark.parametrize("mark", ["V", "D"])
def test_a_rule_ends_on_the_day_before_the_one_that_content_names_as_its_end(monkeypatch, tmp_path, mark):
    row = {
        "key": "roster.day.max_minutes", "version": 1, "source": "law", "mark": mark, "value": 480, "unit": "minutes",
        "effective_from": date(2020, 1, 1), "effective_to": date(2027, 1, 1), "hard": True,
    }  # fmt: skip
    (tmp_path / "x.yaml").write_text(yaml.safe_dump([row]))
    monkeypatch.setattr(plan_command, "CONTENT", tmp_path)
    (rule,) = rules("cn")
    assert rule.hard is (mark == "V")
    assert rule.in_force("2026-12-31") and not rule.in_force("2027-01-01") and not rule.in_force("2019-12-31")


def notes(made):
    return {note.code: note for note in made.notes}


def test_hours_read_from_the_history_are_confessed(history):
    assert "hours_inferred" not in notes(asked(history))
    told = notes(asked(history, hours=""))["hours_inferred"]
    assert planning.parse_hours(str(told.values["hours"])) == planning.inferred_hours(asked(history).log)


def test_a_year_whose_holidays_are_not_announced_is_confessed_for_china_only(history):
    year = next(y for y in range(2026, 2100) if not calendar.announced(y))
    far = f"{year}-06-01"
    assert notes(asked(history, week=far, pack="cn"))["calendar_provisional"].values == {"year": year}
    assert "calendar_provisional" not in notes(asked(history, week=far, pack="intl"))
    assert "calendar_provisional" not in notes(asked(history, week="2026-11-30", pack="cn"))


def test_rows_that_were_left_out_are_counted(history, tmp_path):
    lines = history.read_text().splitlines()
    for number in (3, 7):
        lines[number] = lines[number].replace("2026-", "the ", 1)
    bad = file(tmp_path, "bad.csv", "\n".join(lines) + "\n")
    assert notes(asked(bad, skip_bad_rows=True))["skipped_rows"].values == {"count": 2}
    assert "skipped_rows" not in notes(asked(history, skip_bad_rows=True))


# --- what is said ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("count", "shown", "more"), [(1, 1, ""), (20, 20, ""), (21, 20, "and 1 more"), (65, 20, "and 45 more")]
)
def test_of_many_bad_rows_the_first_twenty_are_shown_and_the_rest_counted(count, shown, more):
    wrong = PlanInputError("The file has bad rows.")
    wrong.problems = [{"row": n, "column": "arrived", "value": "[/b]x", "message": "no time"} for n in range(count)]
    console = Console(record=True, width=200, file=None, quiet=False, stderr=True)
    _explain(console, wrong)
    said = console.export_text()
    assert said.count("arrived = ") == shown and "Nothing was written." in said
    assert more in said and ("more rows" in said) is bool(more)
    assert said.count("'[/b]x'") == shown
