"""The effect of training: who may compare, what is said first, and what cannot be answered."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.effect import records, studies
from counterpoint.academy.models import LessonRun
from counterpoint.foundation.api import Invalid, scoped

METRIC = "onsite.wait_avg"


@pytest.fixture
def weekly(bank, monkeypatch):
    """Twelve branches and a figure by week: three trained ones fall by four minutes from the first of September on."""
    since = date(2026, 8, 31)
    units = [
        SimpleNamespace(pk=n, name=f"支行{n}", path=f"/hq/east/b{n}/", rule_pack="cn", date_at=bank.b01.date_at)
        for n in range(12)
    ]

    def board(*, scope, units, metrics, periods, now):
        rng = np.random.default_rng(7)
        found = {}
        for unit in units:
            for period in periods:
                value = 12 + unit.pk / 4 + rng.normal(0, 0.6) - 4 * (unit.pk < 3 and period.since >= since)
                found[unit.pk, metrics[0].key, period] = SimpleNamespace(value=None if unit.pk == 11 else value)
        return found

    held = {METRIC: studies.metrics(date(2100, 1, 1))[METRIC]}
    monkeypatch.setattr(studies, "choices", lambda scope: (units, held))
    monkeypatch.setattr(studies, "board", board)
    return since


def compare(bank, since, treated=(0, 1, 2), metric=METRIC):
    return studies.study(
        scope=bank.scope("Hana"), metric=metric, treated=set(treated), since=since, now=bank.now
    )  # fmt: skip


def test_a_fall_is_found_and_bounded(bank, weekly):
    found = compare(bank, weekly)
    assert found.effect.found and found.effect.low <= -4 <= found.effect.high < 0
    assert [one.pk for one in found.left_out] == [11] and len(found.treated) == 3 and len(found.controls) == 8
    assert found.weeks[12] == weekly and found.weeks[-1] <= bank.b01.date_at(bank.now) - timedelta(days=7)


@pytest.mark.parametrize(
    "more", [{"treated": ()}, {"treated": range(11)}, {"metric": "no_such"}, {"since": date(2026, 11, 20)}]
)
def test_what_cannot_be_answered_is_said(bank, weekly, more):
    with pytest.raises(Invalid):
        compare(bank, **{"since": weekly, **more})


def test_the_page_says_first_what_could_be_found(weekly, sign_in, bank, monkeypatch):
    monkeypatch.setattr(records, "proposals", lambda *_given: [])  # these branches stand in no table
    page = sign_in("Hana").get(f"/academy/effect?metric={METRIC}&since={weekly}&trained={bank.b01.pk}")
    assert page.status_code == 200 and "数据答不了" in page.content.decode()
    monkeypatch.setattr("counterpoint.academy.effect.views._id", int)
    page = sign_in("Hana").get(f"/academy/effect?metric={METRIC}&since={weekly}&trained=0&trained=1&trained=2")
    text = page.content.decode()
    assert text.index("能看出多大的效果") < text.index("比相似网点多变动")


def test_only_those_above_branches_compare(sign_in):
    assert sign_in("Hana").get("/academy/effect").status_code == 200
    assert sign_in("Ada").get("/academy/effect").status_code == 404
    assert sign_in("Hana").get("/academy/effect?metric=x&trained=nonsense").status_code == 200


def test_a_branch_is_trained_when_its_third_person_has_passed_the_whole_course():
    def at(day):
        return datetime(2026, 9, day, tzinfo=UTC)

    whole = [{"a": at(1), "b": at(day)} for day in (2, 5, 3)]
    passed = {("one", n): held for n, held in enumerate(whole)} | {("two", n): {"a": at(1)} for n in range(9)}
    passed |= {("three", n): {"a": at(1), "b": at(1)} for n in range(2)}
    assert records.reached(passed, frozenset("ab")) == {"one": at(5)}
    assert records.reached(passed, frozenset()) == {}


@pytest.mark.django_db
def test_trainings_of_the_records_are_proposed_without_naming_anybody(bank, sign_in):
    """Three people of one branch have passed a course, nobody of the other: the form is filled in by one press."""
    on = bank.b01.date_at(bank.now)
    item = shelf(bank.b01, on).courses["academy.goals"]
    began = bank.now - timedelta(days=60)
    for name in ("Sun", "Mei", "Omar"):
        with scoped(bank.scope(name)):
            for lesson in item.value.lessons:
                LessonRun.objects.create(
                    org_unit=bank.b01, user=bank.people[name], lesson=lesson, version=1, pack=bank.b01.rule_pack,
                    started_at=began, passed_at=began, state="passed", taught=[],
                )  # fmt: skip
    units, _held = studies.choices(bank.scope("Hana"))
    (one,) = records.proposals(bank.scope("Hana"), units, bank.now)
    assert (one.course, one.since, [unit.code for unit in one.trained]) == (
        "academy.goals", bank.b01.date_at(began), [bank.b01.code],
    )  # fmt: skip
    page = sign_in("Hana").get("/academy/effect").content.decode()
    assert item.value.names["zh-hans"] in page and f"since={one.since.isoformat()}" in page
    assert f"trained={bank.b01.pk}" in page and "Mei" not in page[page.index('<main class="main"') :]
