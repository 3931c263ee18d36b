"""The dated parameters of working time: what the content says, what of it is hard, and how long each rule holds."""

from datetime import date

import pytest
import yaml
from django.utils import translation

from counterpoint.config import plan_command
from counterpoint.primitives import content
from counterpoint.primitives.content import Item
from counterpoint.science.rostering import rules as science
from counterpoint.team import parameters
from counterpoint.team.parameters import Parameter, _example, rules_of

TODAY = date(2026, 11, 30)
LIMITS = [
    ("day.max_minutes", 480, True),
    ("overtime.day_max_minutes", 180, True),
    ("overtime.month_max_minutes", 2160, True),
    ("protected.no_overtime", 1, True),
    ("rest.between_minutes", 660, False),
    ("run.max_days", 6, False),
    ("week.max_minutes", 2400, True),
    ("week.rest_days", 1, True),
]


def test_chinas_limits_are_those_of_its_laws_and_only_they_are_hard():
    """8 hours a day, 40 a week, a day of rest, 3 and 36 hours of overtime (Labour Law art. 36, 38, 41)."""
    assert [(r.key, r.value, r.hard) for r in rules_of("cn", TODAY)] == LIMITS


def test_the_content_and_the_solvers_own_defaults_agree():
    ours = {r.key: (r.value, r.unit, r.mark, r.hard, r.weight) for r in rules_of("cn", TODAY)}
    assert ours == {r.key: (r.value, r.unit, r.mark, r.hard, r.weight) for r in science.china()}


def test_elsewhere_nothing_is_hard_until_somebody_confirmed_it():
    found = rules_of("intl", TODAY)
    assert {r.key: r.value for r in found} == {
        "rest.between_minutes": 660,
        "week.max_minutes": 2880,
        "week.rest_days": 1,
    }
    assert not any(r.hard for r in found) and all(r.weight > 0 and r.mark == "K" for r in found)


@pytest.mark.parametrize("pack", ["cn", "intl"])
def test_every_rule_is_one_that_the_judge_understands_with_source_and_unit(pack):
    for rule in rules_of(pack, TODAY):
        assert rule.key in science.KEYS and rule.source and rule.unit in ("minutes", "days", "flag")


@pytest.mark.parametrize(("on", "known"), [(date(2012, 4, 27), False), (date(2012, 4, 28), True)])
def test_a_rule_begins_on_its_day(on, known):
    assert ("protected.no_overtime" in {r.key for r in rules_of("cn", on)}) is known


def test_the_command_reads_the_same_rules_as_the_web():
    assert plan_command.rules("cn") == rules_of("cn", TODAY)
    assert plan_command.rules("intl") == rules_of("intl", TODAY)


ROW = {
    "key": "roster.run.max_days", "version": 1, "pack": "cn", "source": "branch practice", "mark": "D", "value": 6,
    "unit": "days", "weight": 60, "effective_from": date(2020, 1, 1), "effective_to": date(2026, 7, 1),
}  # fmt: skip


class TestEnd:
    """`effective_to` of content is exclusive; the last day of a rule is the day before."""

    def test_the_web_hands_the_last_day_on(self, monkeypatch):
        value = Parameter(ROW["key"], 6, "days", False, 60)
        item = Item(ROW["key"], 1, "cn", "x", "D", ROW["effective_from"], ROW["effective_to"], value)
        monkeypatch.setattr(parameters, "items", lambda kind, on, pack: {item.key: item} if item.in_force(on) else {})
        (rule,) = rules_of("cn", date(2026, 6, 30))
        assert rule.valid_to == "2026-06-30"
        for day in (date(2026, 6, 30), date(2026, 7, 1)):
            assert rule.in_force(day.isoformat()) is item.in_force(day)

    def test_so_does_the_command(self, monkeypatch, tmp_path):
        (tmp_path / "x.yaml").write_text(yaml.safe_dump([ROW]), encoding="utf-8")
        monkeypatch.setattr(plan_command, "CONTENT", tmp_path)
        (rule,) = plan_command.rules("cn")
        assert (rule.valid_from, rule.valid_to) == ("2020-01-01", "2026-06-30")
        assert plan_command.rules("intl") == ()


class TestHard:
    @pytest.mark.parametrize(("mark", "hard"), [("V", True), ("K", False), ("D", False)])
    def test_only_what_was_verified_is_hard_whatever_the_content_wishes(self, monkeypatch, mark, hard):
        value = Parameter("roster.week.rest_days", 1, "days", hard=True)
        item = Item("roster.week.rest_days", 1, "cn", "x", mark, date(2020, 1, 1), None, value)
        other = Item("sla.reply", 1, "cn", "x", "V", date(2020, 1, 1), None, Parameter("sla.reply", 1, "days", True))
        monkeypatch.setattr(parameters, "items", lambda kind, on, pack: {i.key: i for i in (item, other)})
        (rule,) = rules_of("cn", TODAY)
        assert (rule.key, rule.hard, rule.valid_to) == ("week.rest_days", hard, None)


def read(**body):
    return content.kind_of("parameters").value_of("roster.x", {"value": 5, "unit": "minutes", "weight": 1} | body)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("english")
class TestReading:
    def test_a_body_becomes_a_parameter(self):
        assert read() == Parameter("roster.x", 5, "minutes", False, 1)
        assert read(weight=0, hard=True).hard

    @pytest.mark.parametrize("value", [-1, 1.5, "5", True, None])
    def test_a_value_that_is_no_count_is_refused(self, value):
        with pytest.raises(ValueError, match="value: must be"):
            read(value=value)

    @pytest.mark.parametrize("weight", [0, -1])
    def test_a_soft_rule_without_a_price_is_refused(self, weight):
        with pytest.raises(ValueError, match="weight"):
            read(weight=weight)

    def test_an_unknown_field_is_refused(self):
        with pytest.raises(ValueError, match="colour: is no field here; known are: value, unit, hard, weight"):
            read(colour="red")


@pytest.mark.usefixtures("english")
class TestExamples:
    found = Parameter("roster.x", 480, "minutes", True)

    @pytest.mark.parametrize(
        "example", [{"given": 480, "excess": 0}, {"given": 481, "excess": 1}, {"given": 0, "excess": 0}]
    )
    def test_a_true_excess_holds(self, example):
        assert _example(self.found, example) == ""

    def test_a_false_one_says_what_is_right(self):
        assert _example(self.found, {"given": 500, "excess": 10}) == "the excess is 20, not 10"

    def test_so_do_minimums(self):
        assert _example(Parameter("x", 1, "days", True), {"given": 0, "missing": 1}) == ""
        assert _example(Parameter("x", 2, "days", True), {"given": 0, "missing": 1}) == "2 are missing, not 1"
        assert _example(Parameter("x", 1, "days", True), {"given": 3, "missing": 0}) == ""


def test_every_example_in_the_content_holds():
    for pack in ("cn", "intl"):
        for item in content.items("parameters", TODAY, pack).values():
            if item.key.startswith(parameters.PREFIX):
                assert item.examples and all(_example(item.value, example) == "" for example in item.examples)
