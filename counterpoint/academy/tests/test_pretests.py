"""Answers that were given outside the product measure questions as those of sittings do; a wrong cell and nothing is
written, the same sheet counts once, and a sheet that is taken away leaves nothing behind."""

import io
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.academy.catalogue.questions import QUESTIONS
from counterpoint.academy.exams import bank_shown, measuring, pretests
from counterpoint.academy.exams.forms import measured
from counterpoint.academy.models import Pretest
from counterpoint.academy.rules.pretests import LETTERS, cell
from counterpoint.academy.science import psychometrics as p
from counterpoint.academy.tests.examined import begin, trainer
from counterpoint.academy.tests.test_pages import left
from counterpoint.foundation.api import Invalid, NotFound, new_id
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.content import items
from counterpoint.ui.excel import Sheet, workbook

OPTIONS = ("a", "b", "c", "d")


@pytest.fixture
def single(bank):
    """Keys of a dozen single choices, with the letter that is right."""
    on, found = bank.hq.date_at(bank.now), {}
    for key, item in sorted(items(QUESTIONS, on, bank.hq.rule_pack, bank=bank.hq.path).items()):
        if item.value.form == "single":
            found[key] = LETTERS[item.value.slugs.index(item.value.right[0])]
    return dict(list(found.items())[:12])


def csv(rows):
    return "\r\n".join(",".join(str(cell) for cell in row) for row in rows).encode()


def drawn(single, people=160, seed=3):
    """Answers of people of known ability to questions of known difficulty, as rows of a table with letters."""
    chance, hard = np.random.default_rng(seed), np.linspace(-1.5, 1.5, len(single))
    rows = [["谁", *single]]
    for number, able in enumerate(chance.normal(size=people)):
        hits = chance.random(len(single)) < 1 / (1 + np.exp(-1.3 * (able - hard)))
        wrong = {letter: "A" if letter != "A" else "B" for letter in single.values()}
        rows.append([f"n{number}", *(r if hit else wrong[r] for r, hit in zip(single.values(), hits, strict=True))])
    return rows, dict(zip(single, hard, strict=True))


def read(bank, rows):
    return pretests.sheet_in("trial.csv", csv(rows), bank.hq, bank.now)


def add(bank, tina, rows, now=None):
    return pretests.pretest_add(
        scope=tina, unit=bank.hq, sheet=read(bank, rows), label="纸质试测", simulated=False, now=now or bank.now
    )


@pytest.mark.parametrize(
    ("text", "form", "found"),
    [
        ("", "single", (p.OPEN, "")), (None, "order", (p.OPEN, "")), (1, "number", (p.RIGHT, "")),
        (0.0, "several", (p.WRONG, "")), ("对", "single", (p.RIGHT, "")), ("×", "order", (p.WRONG, "")),
        ("b", "single", (p.RIGHT, "B")), (" Ｂ ", "rule", (p.RIGHT, "B")), ("C", "single", (p.WRONG, "C")),
        ("B、C", "single", None), ("E", "single", None), ("2", "single", None), ("BB", "several", None),
        ("b", "several", (p.WRONG, "B")), (True, "single", (p.RIGHT, "")), ("?", "single", None),
    ],
)  # fmt: skip
def test_a_cell_says_right_wrong_an_option_or_nothing(text, form, found):
    right = ("b", "c") if form == "several" else ("b",)
    assert cell(text, form=form, options=OPTIONS, right=right) == found


def test_letters_of_several_and_of_an_order_are_right_as_a_whole_only():
    assert cell("c, b", form="several", options=OPTIONS, right=("b", "c")) == (p.RIGHT, "")
    assert cell("BAC", form="several", options=OPTIONS, right=("b", "c")) == (p.WRONG, "")
    assert cell("CABD", form="order", options=OPTIONS, right=("c", "a", "b", "d")) == (p.RIGHT, "")
    assert cell("ABCD", form="order", options=OPTIONS, right=("c", "a", "b", "d")) == (p.WRONG, "")
    assert cell("A", form="rule", options=OPTIONS, right=()) is None  # the rule that says it is not in force


@given(st.one_of(st.text(max_size=8), st.floats(), st.integers(), st.none(), st.booleans()))
def test_whatever_stands_in_a_cell_it_is_read_or_refused(value):
    found = cell(value, form="several", options=OPTIONS, right=("a",))
    assert found is None or (found.mark in (p.OPEN, p.RIGHT, p.WRONG) and len(found.letter) <= 1)


def test_a_sheet_measures_its_questions_near_to_what_they_are(bank, single):
    rows, hard = drawn(single)
    tina, later = trainer(bank), bank.now + timedelta(hours=1)
    row = add(bank, tina, rows)
    assert (row.people, row.answers) == (160, 160 * 12)
    with unscoped("the test"):
        assert "n17" not in str(row.rows)
        entry = JournalEntry.objects.filter(kind="academy.pretest_added").get()
        assert entry.data == {"people": 160, "items": 12, "answers": 1920, "simulated": False}
    assert measuring.calibrate({}, scope=tina, report=lambda *_: None, now=later) == {"items": 12}
    stats = measured(bank.b01, later)
    off = [(stats[key].difficulty - b) / stats[key].difficulty_error for key, b in hard.items()]
    assert max(abs(one) for one in off) < 4
    lines, answers = measuring.bank(tina, bank.hq, later)
    mine = {line.key: line for line in lines if line.key in hard}
    assert answers.people == 160 and not answers.simulated and answers.sittings == 0
    assert all(line.report.answers == 160 and line.difference is None for line in mine.values())
    first = next(iter(hard))
    assert sum(one.chosen for one in mine[first].report.options) == 160


def test_a_sheet_beside_sittings_leaves_their_shares_and_regions_alone(bank, single):
    begin(bank)
    tina = trainer(bank)
    before = measuring.gather(tina)
    add(bank, tina, drawn(single, people=20)[0])
    after = measuring.gather(tina)
    assert (after.sittings, after.largest) == (before.sittings, before.largest)
    assert after.shown == before.shown | dict.fromkeys(single, 0)
    assert after.table.marks.shape[0] == len(after.largest) + 20


def test_answers_to_an_earlier_version_of_a_question_do_not_count(bank, single):
    tina = trainer(bank)
    row = add(bank, tina, drawn(single, people=20)[0])
    with unscoped("the test"):
        Pretest.objects.filter(pk=row.pk).update(versions=dict.fromkeys(row.names, 9) | {row.names[0]: 1})
        row.refresh_from_db()
    newest = dict.fromkeys(row.names, 9)
    marks = np.array([own for own, _took in pretests.rows_of(row, row.names, newest)])
    assert (marks[:, 0] == p.OPEN).all() and (marks[:, 1:] != p.OPEN).all()


def test_what_is_wrong_is_told_by_row_and_column_and_nothing_is_written(bank, single, sign_in):
    trainer(bank)
    rows = drawn(single, people=3)[0]
    rows[0].append("academy.no.such.q1")
    rows[2][3] = "Z"
    found = read(bank, [["标题"], *rows])
    assert [(one.row, one.column) for one in found.problems] == [(2, "academy.no.such.q1"), (4, rows[0][3])]
    tina = sign_in("Tina")
    file = SimpleUploadedFile("trial.csv", csv(rows), "text/csv")
    answer = tina.post("/academy/bank/pretests", {"file": file, "label": "纸质试测"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Z" in page and "纸质试测" in page and left(page) == []
    for nothing in ({}, {"file": SimpleUploadedFile("half.xlsx", workbook([Sheet("a", ["b"], [])])[:400])}):
        answer = tina.post("/academy/bank/pretests", {"label": "纸质试测", "simulated": "yes", **nothing})
        page = answer.content.decode()
        assert answer.status_code == 422 and "纸质试测" in page and "checked" in page and left(page) == []
    with unscoped("the test"):
        assert Pretest.objects.count() == 0


def test_a_sheet_with_problems_is_never_kept(bank, single):
    rows = drawn(single, people=3)[0]
    rows[2][3] = "Z"
    with pytest.raises(Invalid):
        add(bank, trainer(bank), rows)


def test_who_was_not_asked_has_left_nothing_open(bank, single):
    """Everybody got two thirds of the questions."""
    tina, rows = trainer(bank), drawn(single, people=240)[0]
    for number, row in enumerate(rows[1:]):
        for place in range(1, len(row)):
            if (place + number) % 3 == 0:
                row[place] = ""
    add(bank, tina, rows)
    lines = [one for one in measuring.bank(tina, bank.hq, bank.now)[0] if one.key in single]
    assert all(one.report.answers == 160 and one.report.left_out == 0 for one in lines)
    assert not any("skipped" in measuring.flags_of(one) for one in lines)


@pytest.mark.parametrize("rows", [[["a", "b"], [1, 0]], [["谁"]], [[""]]])
def test_a_table_without_questions_is_refused(bank, rows):
    with pytest.raises(Invalid):
        read(bank, rows)


def test_one_person_is_no_pretest(bank, single):
    with pytest.raises(Invalid):
        read(bank, drawn(single, people=1)[0])


def test_the_same_answers_count_once_in_whatever_order(bank, single):
    tina, rows = trainer(bank), drawn(single, people=9)[0]
    add(bank, tina, rows)
    with pytest.raises(Invalid):
        add(bank, tina, [rows[0], *rows[:0:-1]])


def test_a_dropped_sheet_counts_no_more_nor_what_was_measured_with_it_until_it_does_again(bank, single):
    tina, hour = trainer(bank), timedelta(hours=1)
    add(bank, tina, drawn(single)[0])
    measuring.calibrate({}, scope=tina, report=lambda *_: None, now=bank.now + hour)
    second = add(bank, tina, drawn(single, seed=8)[0], now=bank.now + 2 * hour)
    measuring.calibrate({}, scope=tina, report=lambda *_: None, now=bank.now + 3 * hour)
    known, both = measured(bank.b01, bank.now + hour), measured(bank.b01, bank.now + 3 * hour)
    assert known != both
    here = {"scope": tina, "pretest": second.pk}
    pretests.pretest_switch(**here, counts=False, now=bank.now + 4 * hour)
    assert measured(bank.b01, bank.now + 9 * hour) == known
    assert measured(bank.b01, bank.now + 3 * hour) == both  # a sitting of that hour was drawn with these
    assert measuring.gather(tina).people == 160
    pretests.pretest_switch(**here, counts=False, now=bank.now + 5 * hour)
    pretests.pretest_switch(**here, counts=True, now=bank.now + 6 * hour)
    assert measured(bank.b01, bank.now + 9 * hour) == both and measuring.gather(tina).people == 320
    with unscoped("the test"):
        assert JournalEntry.objects.filter(kind="academy.pretest_dropped").count() == 1
    with pytest.raises(NotFound):
        pretests.pretest_switch(scope=tina, pretest=new_id(), counts=True, now=bank.now)


def test_the_pages_bring_a_sheet_in_and_take_it_away(bank, single, sign_in):
    trainer(bank)
    tina = sign_in("Tina")
    assert "还没有" in tina.get("/academy/bank/pretests").content.decode()
    book = workbook([Sheet("答", *[(rows := drawn(single, people=30)[0])[0], rows[1:]])])
    file = SimpleUploadedFile("trial.xlsx", book)
    told = tina.post("/academy/bank/pretests", {"file": file, "label": "试点", "simulated": "yes"}, follow=True)
    page = told.content.decode()
    assert "360" in page and "试点" in page and "模拟" in page and left(page) == []
    assert left(tina.get("/academy/bank").content.decode()) == []
    with unscoped("the test"):
        row = Pretest.objects.get()
    address = f"/academy/bank/pretests/{row.pk}/switch"
    assert sign_in("Sun").post(address, {"counts": "no"}).status_code in (403, 404)
    gone = tina.post(address, {"counts": "no"}, follow=True).content.decode()
    assert "不再计入" in gone and left(gone) == []
    assert "重新计入" in tina.post(address, {"counts": "yes"}, follow=True).content.decode()


def test_the_bank_is_searched_sorted_and_drawn(bank, single, sign_in):
    tina, later = trainer(bank), bank.now + timedelta(hours=1)
    rows, _hard = drawn(single)
    client = sign_in("Tina")
    assert "±0.32" not in client.get("/academy/bank").content.decode()  # nothing is measured, nothing is drawn
    add(bank, tina, rows)
    measuring.calibrate({}, scope=tina, report=lambda *_: None, now=bank.now)
    shown = [bank_shown.row(one) for one in measuring.bank(tina, bank.hq, later)[0]]
    hard = bank_shown.chosen(shown, text="", kind="measured", order="hard")
    level = [one["stat"].difficulty for one in hard]
    assert len(hard) == 12 and level == sorted(level, reverse=True)
    assert hard[::-1] == bank_shown.chosen(shown, text="", kind="measured", order="easy")
    assert len(bank_shown.chosen(shown, text="", kind="unmeasured", order="")) == len(shown) - 12
    (one,) = bank_shown.chosen(shown, text=hard[0]["stem"][:30], kind="nonsense", order="nonsense")
    assert one == hard[0]
    page = client.get("/academy/bank", {"kind": "measured", "order": "weak"}).content.decode()
    assert page.count("/academy/bank/academy.") == 12 and left(page) == []
    assert "没有这样的题目" in client.get("/academy/bank", {"q": "zzz", "page": "9"}).content.decode()


def test_the_chart_says_how_near_the_best_twenty_come():
    def rows(count, slope):
        return [{"stat": SimpleNamespace(slope=slope, difficulty=0.0)} for _ in range(count)] + [{"stat": None}]

    assert bank_shown.sharpness(rows(19, 2.0)) is None
    chart = bank_shown.sharpness(rows(30, 2.0))
    at_zero = chart.series[0].values[6]
    assert chart.x[6] == "+0" and at_zero == pytest.approx(1 / np.sqrt(20 * 4 / 4), abs=1e-3)
    assert "±0.32" in str(chart.title) and chart.series[0].values == chart.series[0].values[::-1]
    apart = [{"stat": SimpleNamespace(slope=2.0, difficulty=b)} for b in [-2.5] * 30 + [2.5] * 25]
    title = str(bank_shown.sharpness(apart).title)
    assert "±0.32" in title and not ("-3" in title and "+3" in title), "the gap in the middle is not near"
    assert min(bank_shown.sharpness(rows(30, 0.5)).series[0].values) > 0.32


def test_the_template_is_read_back_as_a_sheet_of_nobody(bank, single, sign_in):
    from openpyxl import load_workbook

    trainer(bank)
    content = sign_in("Tina").get("/academy/bank/pretests/template.xlsx").content
    book = load_workbook(io.BytesIO(content))
    head = next(row for row in book.worksheets[0].iter_rows(values_only=True) if next(iter(single)) in row)
    assert set(single) <= set(head) and head[0]
    with pytest.raises(Invalid):
        pretests.sheet_in("t.xlsx", content, bank.hq, bank.now)
