"""Questions are measured from answers of many people: near to what they really are, once enough have come, and sittings
keep the numbers that they began with."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from counterpoint.academy.exams import measuring
from counterpoint.academy.exams.forms import candidates, measured
from counterpoint.academy.models import Grade, ItemStat, Sitting
from counterpoint.academy.science import psychometrics as p
from counterpoint.academy.tests.examined import LOBBY, begin, trainer
from counterpoint.foundation.api import jobs
from counterpoint.foundation.models import User
from counterpoint.foundation.scope import unscoped

PEOPLE = 160


@pytest.fixture
def sat(bank):
    """A hundred and sixty people of known ability have answered the twenty-one questions of one form."""
    row, chance = begin(bank), np.random.default_rng(3)
    hard = {slot["question"]: float(b) for slot, b in zip(row.form, np.linspace(-1.5, 1.5, len(row.form)), strict=True)}
    with unscoped("the test makes many people"):
        people = [User(staff_no=f"p{n}", name=f"P{n}") for n in range(PEOPLE)]
        User.objects.bulk_create(people)
        path = {"org_unit": bank.b01, "org_path": bank.b01.path}
        rows = [
            Sitting(
                **path, user=person, blueprint=LOBBY, version=1, pack="cn", seed=n, form=row.form, state="submitted",
                started_at=bank.now, minutes=40, deadline_at=bank.now, closes_at=bank.now, submitted_at=bank.now,
            )
            for n, person in enumerate(people)
        ]  # fmt: skip
        Sitting.objects.bulk_create(rows)
        able = chance.normal(size=PEOPLE)
        grades = []
        for one, theta in zip(rows, able, strict=True):
            sure = 1 / (1 + np.exp(-1.3 * (theta - np.array(list(hard.values())))))
            worths = [float(hit) for hit in chance.random(len(sure)) < sure]
            grades.append(
                Grade(**path, sitting=one, number=1, right=0, of=20, theta=0, sd=1, passed=False, worths=worths,
                      at=bank.now)
            )  # fmt: skip
        Grade.objects.bulk_create(grades)
    return row, hard


def test_questions_are_measured_once_and_near_to_what_they_are(bank, sat):
    _row, hard = sat
    tina = trainer(bank)
    later = bank.now + timedelta(hours=1)
    found = measuring.calibrate({}, scope=tina, report=lambda *_: None, now=later)
    assert found == {"items": len(hard)}
    assert measuring.calibrate({}, scope=tina, report=lambda *_: None, now=later + timedelta(hours=1)) == {"items": 0}
    with unscoped("the test"):
        stats = {one.question: one for one in ItemStat.objects.all()}
    off = [(stats[key].difficulty - b) / stats[key].difficulty_error for key, b in hard.items()]
    assert max(abs(one) for one in off) < 4 and abs(np.mean(off)) < 1
    assert all(one.answers == PEOPLE and one.org_unit_id == bank.hq.pk for one in stats.values())


@pytest.mark.slow
def test_a_sitting_keeps_the_numbers_that_it_was_made_with_and_later_ones_take_the_new(bank, sat):
    row, hard = sat
    before = [slot["difficulty"] for slot in row.form]
    later = bank.now + timedelta(hours=1)
    measuring.calibrate({}, scope=trainer(bank), report=lambda *_: None, now=later)
    assert measured(bank.b01, bank.now) == {} and set(measured(bank.b01, later)) == set(hard)
    with unscoped("the test"):
        assert [slot["difficulty"] for slot in Sitting.objects.get(pk=row.pk).form] == before
    assert {one.key for one in candidates(bank.b01, later.date(), later) if one.measured} == set(hard)


@pytest.mark.slow
def test_the_bank_page_and_its_sheet_show_what_was_measured(bank, sat, sign_in):
    row, _hard = sat
    trainer(bank)
    tina = sign_in("Tina")
    assert tina.post("/academy/bank/measure").status_code == 302
    page = tina.get("/academy/bank").content.decode()
    assert "已测定 21 道" in page and "±" in page
    assert "160" in tina.get(f"/academy/bank/{row.form[0]['question']}").content.decode()


def test_measuring_is_asked_for_at_night_once(bank, sat):
    night = bank.now.replace(hour=18)  # two o'clock in Shanghai
    assert measuring.nightly(bank.now) == 0
    assert measuring.nightly(night) == measuring.nightly(night) == 1
    with unscoped("the test"):
        assert jobs.JobRun.objects.filter(kind=measuring.JOB).count() == 1


def line(right, wrong, *, slugs=("a", "b", "c"), form="single"):
    """A question of which so many took the right option and so many one wrong one, beside another question."""
    marks = [[1, n % 2] for n in range(right)] + [[0, n % 2] for n in range(wrong)]
    chosen = [["a", None]] * right + [["b", None]] * wrong
    report = p.analyse(p.responses(marks, ("q", "other")), chosen, ("a", ""))[0]
    return measuring.Line("q", SimpleNamespace(slugs=slugs, form=form), 1, None, report, None, 0.0)


def test_a_question_says_when_nobody_misses_it_and_when_an_option_draws_nobody():
    assert measuring.flags_of(line(30, 10)) == ("few",)
    assert {"sure", "unchosen"} <= set(measuring.flags_of(line(60, 0)))
    assert "unchosen" in measuring.flags_of(line(40, 20))
    assert "unchosen" not in measuring.flags_of(line(40, 20, slugs=("a", "b")))
    assert "unchosen" not in measuring.flags_of(line(40, 20, form="several"))
    assert "sure" not in measuring.flags_of(line(59, 1))
