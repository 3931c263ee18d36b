"""From a table to a clean log: which column is what, which rows are refused, what the mapping file may say."""

import pytest

from counterpoint.science.history import TicketLog
from counterpoint.team import planning
from counterpoint.team.planning.reading import GUESSES, PLAN_KEYS, HistoryFileError, checked, guessed, issue_rows
from counterpoint.team.planning.tests import files
from counterpoint.team.planning.values import PlanInputError

GOOD = "arrived,called,finished\n2026-11-23 09:00,2026-11-23 09:02,2026-11-23 09:07\n"


def refused(folder, content, **more):
    with pytest.raises(HistoryFileError) as told:
        files.read(folder, content, **more)
    return told.value


@pytest.mark.parametrize(
    ("field", "name"), [(field, name) for field, names in GUESSES.items() for name in names], ids=str
)
def test_every_common_column_name_is_recognised(field, name):
    assert guessed(["arrival", name] if field != "arrived" else [name], {})[field] == name


def test_capitals_in_a_heading_do_not_matter_and_the_files_own_spelling_is_kept():
    assert guessed(["Arrived_At", "SERVICE"], {}) == {"arrived": "Arrived_At", "service": "SERVICE"}


def test_of_two_candidates_the_more_telling_name_wins():
    assert guessed(["start", "called", "arrived"], {})["called"] == "called"


def test_a_given_column_is_not_replaced_by_a_guess():
    found = guessed(["arrived", "real_arrival"], {"arrived": "real_arrival"})
    assert found["arrived"] == "real_arrival"


def test_a_guessed_outcome_column_brings_the_usual_words_and_given_words_win():
    assert guessed(["arrived", "状态"], {})["outcomes"]["弃号"] == "abandoned"
    own = {"outcomes": {"ok": "served"}}
    assert guessed(["arrived", "status"], own)["outcomes"] == {"ok": "served"}
    assert "outcomes" not in guessed(["arrived"], {})


def test_without_an_arrival_the_columns_are_listed_and_the_option_is_named():
    with pytest.raises(HistoryFileError) as told:
        guessed(["when", "业务"], {})
    assert "when, 业务" in str(told.value) and "--column arrived=" in str(told.value)


def test_chinese_headings_and_outcomes_give_a_whole_log(tmp_path):
    log = files.read(
        tmp_path,
        "票号,业务类型,取号时间,叫号时间,办结时间,窗口,状态\n"
        "A1,现金,2026-11-23 09:00,2026-11-23 09:02,2026-11-23 09:07,3,已办理\n"
        "A2,现金,2026-11-23 09:01,,,,过号\n"
        "A3,理财,2026-11-23 09:03,2026-11-23 09:05,,4,不明\n",
    )
    assert log.usable["outcome"].tolist() == ["served", "abandoned", "served"]
    assert log.usable["server"].tolist()[0] == "3" and log.usable["service"].tolist()[2] == "理财"
    assert [(i["row"], i["code"]) for i in issue_rows(log)] == [(4, "unknown_outcome")]


def test_a_mapping_file_is_taken_by_its_word_and_nothing_is_guessed_beside_it(tmp_path):
    log = files.read(tmp_path, GOOD, arrived="called")
    assert log.usable["arrived"].iloc[0].minute == 2 and log.usable["called"].isna().all()


def test_a_mapping_file_with_planning_keys_only_leaves_the_columns_to_guesses(tmp_path):
    log = files.read(tmp_path, GOOD, promise="90% < 15 min", hours="mon 09:00-12:00")
    assert log.usable["called"].notna().all()


def test_an_option_completes_and_overrides_the_mapping_file(tmp_path):
    log = files.read(tmp_path, GOOD, arrived="arrived", columns={"arrived": "called"})
    assert log.usable["arrived"].iloc[0].minute == 2


def test_an_unknown_key_and_an_absent_column_are_named_with_the_file(tmp_path):
    assert "history.csv: mapping key 'arived' is unknown" in str(refused(tmp_path, GOOD, arrived="arrived", arived="x"))
    assert "no column 'nowhere'" in str(refused(tmp_path, GOOD, arrived="nowhere"))
    assert "no column 'nowhere'" in str(refused(tmp_path, GOOD, columns={"called": "nowhere"}))


def test_rows_in_error_refuse_the_file_with_all_of_them_and_the_way_out(tmp_path):
    told = refused(tmp_path, "arrived\n2026-11-23 09:00\nsoon\n2026-11-23 09:02\nlater\n")
    assert [(p["row"], p["value"]) for p in told.problems] == [(3, "soon"), (5, "later")]
    assert "2 of 4 rows cannot be used, first row 3: arrived = 'soon'" in str(told)
    assert "--skip-bad-rows" in str(told)


def test_bad_rows_are_left_out_when_asked(tmp_path):
    log = files.read(tmp_path, "arrived\n2026-11-23 09:00\nsoon\n", skip_bad_rows=True)
    assert len(log.usable) == 1 and not log.is_clean


def test_a_file_with_nothing_but_bad_rows_is_refused_even_when_they_may_be_skipped(tmp_path):
    assert "no usable ticket" in str(refused(tmp_path, "arrived\nsoon\n", skip_bad_rows=True))


def test_repairs_do_not_refuse_a_file():
    log = files.log(files.ticket(1, "2026-11-23 09:00", waits=-1))
    assert checked(log, "x") is log and not log.issues.empty


def test_findings_come_with_refused_rows_first_then_by_row():
    log = files.log(
        files.ticket(1, "2026-11-23 09:00", waits=-1),
        files.ticket(2, "2026-11-23 09:01"),
        files.ticket(2, "2026-11-23 09:01"),
        {"ticket": "A9", "outcome": "abandoned"},
    )
    rows = issue_rows(log)
    assert [(r["row"], r["code"], r["severity"]) for r in rows] == [
        (4, "duplicate", "error"),
        (5, "missing_arrival", "error"),
        (2, "negative_duration", "warning"),
    ]
    assert all(isinstance(r["row"], int) and isinstance(r["message"], str) for r in rows)


@pytest.mark.parametrize("most", [0, 1, 3, 2000])
def test_repeated_findings_are_cut_and_refusals_survive_the_cut(most):
    bad = [{"outcome": "abandoned"}] * 2
    log = files.log(*(files.ticket(n, "2026-11-23 09:00", waits=-1) for n in range(3)), *bad)
    rows = issue_rows(log, most)
    assert len(rows) == min(most, 5)
    assert [r["severity"] for r in rows] == (["error"] * 2 + ["warning"] * 3)[:most]


def test_a_clean_log_has_no_findings():
    assert issue_rows(files.log(files.ticket(1, "2026-11-23 09:00"))) == ()


class TestMappingFile:
    def test_it_splits_planning_keys_from_columns(self):
        said = {
            "arrived": "a", "skills": {"cash": "desk"}, "names": {1: "现金"}, "minutes": {"cash": "5.5"},
            "hours": "mon 09:00-12:00", "calendar": "intl", "promise": "80% < 20 min", "encoding": "gb18030",
            "separator": ";", "_note": "free words",
        }  # fmt: skip
        plan = planning.ReadPlan.from_dict(said)
        assert plan.mapping == {"arrived": "a"}
        assert plan.skills == {"cash": "desk"} and plan.names == {"1": "现金"} and plan.minutes == {"cash": 5.5}
        assert (plan.hours, plan.calendar, plan.promise) == ("mon 09:00-12:00", "intl", "80% < 20 min")
        assert (plan.encoding, plan.separator) == ("gb18030", ";")
        assert set(said) - {"arrived", "_note"} == set(PLAN_KEYS)

    def test_an_empty_one_says_nothing(self):
        assert planning.ReadPlan.from_dict({}) == planning.ReadPlan()

    def test_keys_left_blank_count_as_not_given(self):
        blank = dict.fromkeys(("hours", "calendar", "promise", "encoding", "separator"))
        assert planning.ReadPlan.from_dict(blank) == planning.ReadPlan()

    @pytest.mark.parametrize("data", [None, [], "arrived", 7])
    def test_something_else_than_keys_is_refused(self, data):
        with pytest.raises(HistoryFileError, match="must hold keys such as"):
            planning.ReadPlan.from_dict(data)

    @pytest.mark.parametrize("key", ["skills", "names", "minutes"])
    @pytest.mark.parametrize("value", [None, ["cash"], "cash", 5])
    def test_a_list_of_services_of_the_wrong_shape_is_named(self, key, value):
        with pytest.raises(HistoryFileError, match=f"`{key}` in the mapping file must be a list"):
            planning.ReadPlan.from_dict({key: value})

    @pytest.mark.parametrize("value", ["five", None, [5], 0, -1, 240.01, float("nan"), float("inf")])
    def test_minutes_that_are_none_are_refused_with_the_service(self, value):
        with pytest.raises(HistoryFileError, match=r"`minutes` of cash .* up to 240"):
            planning.ReadPlan.from_dict({"minutes": {"cash": value}})

    @pytest.mark.parametrize(("value", "minutes"), [(240, 240.0), (0.01, 0.01), ("７", 7.0)])
    def test_minutes_up_to_the_longest_are_taken(self, value, minutes):
        assert planning.ReadPlan.from_dict({"minutes": {"cash": value}}).minutes == {"cash": minutes}


def test_a_refusal_is_a_planning_error_and_carries_a_tuple_of_problems(tmp_path):
    told = refused(tmp_path, "")
    assert isinstance(told, PlanInputError) and told.problems == ()


def test_a_log_is_handed_on_as_it_is_when_clean(tmp_path):
    assert isinstance(files.read(tmp_path, GOOD), TicketLog)
