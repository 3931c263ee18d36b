"""Numbers of other systems come in by template, whole or not at all; every wrong row is named."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.analytics import importing
from counterpoint.analytics.models import ImportedNumber, NumberBatch
from counterpoint.analytics.series import all_series
from counterpoint.analytics.verbs import IMPORT
from counterpoint.foundation.api import Forbidden, Invalid, journal, scoped
from counterpoint.primitives import metrics

HEAD = "日期,机构号,指标代码,工号,数值,分母\n"


def read(bank, text, who="Sun", name="x.csv"):
    rows = importing.rows_in(name, text.encode() if isinstance(text, str) else text)
    return importing.check(
        rows, scope=bank.scope(who), verb=IMPORT, on=bank.now.date(), only=bank.b01 if who == "Sun" else None
    )


def bring(bank, text, who="Sun"):
    found = read(bank, text, who)
    assert found.problems == ()
    return importing.numbers_import(scope=bank.scope(who), numbers=found.numbers, label="x.csv", now=bank.now)


def csat(bank, who="Sun", unit="b01", grain="month", **more):
    return metrics.value(
        scope=bank.scope(who), org_unit=bank.units[unit], metric="service.satisfaction", grain=grain,
        period=date(2026, 11, 2), **more,
    )  # fmt: skip


def test_a_file_becomes_a_number(bank):
    done = bring(bank, HEAD + "2026-11-02,b01,CSAT,,90,100\n2026/11/03,,csat,,45,50\n")
    assert (done.rows, done.changed) == (2, 2)
    found = csat(bank)
    assert (found.value, found.n) == (90.0, 150) and found.low < 90 < found.high
    with scoped(bank.scope("Sun")):
        (entry,) = journal.JournalEntry.objects.filter(kind="analytics.numbers_imported")
        assert entry.data["changed"] == 2


def test_the_same_file_again_changes_nothing_and_a_corrected_one_replaces(bank):
    text = HEAD + "2026-11-02,b01,CSAT,,90,100\n"
    bring(bank, text)
    assert bring(bank, text).changed == 0
    assert bring(bank, text.replace("90", "80")).changed == 1
    assert csat(bank).value == 80
    with scoped(bank.scope("Sun")):
        assert (ImportedNumber.objects.count(), NumberBatch.objects.count()) == (1, 2)


def test_a_day_is_kept_as_a_whole_or_by_person(bank):
    bring(bank, HEAD + "2026-11-02,b01,CSAT,,90,100\n")
    bring(bank, HEAD + "2026-11-02,b01,CSAT,mei,8,10\n2026-11-02,b01,CSAT,omar,6,10\n")
    assert (csat(bank).value, csat(bank).n) == (70.0, 20)
    assert csat(bank, who="Mei", person="mei").value == 80
    with pytest.raises(Forbidden):
        csat(bank, who="Mei", person="omar")
    bring(bank, HEAD + "2026-11-02,b01,CSAT,,90,100\n")
    assert csat(bank).n == 100


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("2026-13-02,b01,CSAT,,90,100", "日期", "date"),
        ("2026-12-24,b01,CSAT,,90,100", "日期", "future"),
        ("2026-11-02,b02,CSAT,,90,100", "机构号", "branch"),
        ("2026-11-02,b01,WAIT_P90,,90,100", "指标代码", "code"),
        ("2026-11-02,b01,CSAT,nobody,90,100", "工号", "staff"),
        ("2026-11-02,b01,NPS,mei,9,10", "工号", "person"),
        ("2026-11-02,b01,CSAT,,ninety,100", "数值", "number"),
        ("2026-11-02,b01,CSAT,,,100", "数值", "missing"),
        ("2026-11-02,b01,CSAT,,90,", "分母", "missing"),
        ("2026-11-02,b01,CSAT,,90,0", "分母", "zero"),
        ("2026-11-02,b01,CSAT,,inf,100", "数值", "number"),
    ],
)
def test_a_wrong_row_is_named_with_its_column(bank, line, column, word):
    from django.utils import translation

    with translation.override("en"):
        found = read(bank, HEAD + "2026-11-01,b01,CSAT,,1,2\n" + line + "\n")
    (problem,) = found.problems
    assert (problem.row, problem.column) == (3, column) and word in problem.message


def test_a_row_twice_and_both_forms_in_one_file_are_refused(bank):
    found = read(bank, HEAD + "2026-11-01,b01,CSAT,,1,2\n2026-11-01,b01,CSAT,,3,4\n2026-11-01,b01,CSAT,mei,1,2\n")
    assert [p.row for p in found.problems] == [3, 4]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00\x01", HEAD.encode(), "什么,都没有\n1,2\n".encode(), b"PK\x03\x04 no zip"]
)
def test_what_is_no_table_is_said(bank, content):
    for name in ("x.csv", "x.xlsx"):
        with pytest.raises(Invalid):
            importing.rows_in(name, content)


def test_titles_above_the_headings_and_gb18030_are_read(bank):
    text = "对位银行 11月\n" + HEAD + '2026-11-02,b01,FEE,,"1,200.50",\n'
    rows = importing.rows_in("x.csv", text.encode("gb18030"))
    found = importing.check(rows, scope=bank.scope("Sun"), verb=IMPORT, on=bank.now.date())
    assert [n.amount for n in found.numbers] == [1200.5]


def test_the_template_comes_back_as_it_went_out(bank, sign_in):
    answer = sign_in("Sun").get("/analytics/import/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book.worksheets[0]
    legend = {row[0].value for row in book.worksheets[1].iter_rows(min_row=2)}
    assert set(all_series(bank.now.date())) <= legend
    rows = importing.rows_in("t.xlsx", answer.content)
    assert len(rows) == importing.SAMPLE and page.max_row >= importing.SAMPLE
    found = importing.check(rows, scope=bank.scope("Sun"), verb=IMPORT, on=bank.now.date())
    assert {p.column for p in found.problems} == {"数值", "分母"}  # only what is to be filled in


def test_the_page_shows_wrong_rows_and_writes_nothing(bank, sign_in):
    sun = sign_in("Sun")
    file = SimpleUploadedFile("x.csv", (HEAD + "2026-11-02,b01,CSAT,,90,100\n2026-11-02,b09,CSAT,,1,2\n").encode())
    answer = sun.post("/analytics/import/", {"file": file})
    assert answer.status_code == 422 and "b09" in answer.content.decode()
    with scoped(bank.scope("Sun")):
        assert not ImportedNumber.objects.exists()
    file = SimpleUploadedFile("x.csv", (HEAD + "2026-11-02,b01,CSAT,,90,100\n").encode())
    assert sun.post("/analytics/import/", {"file": file}).status_code == 302
    assert csat(bank).value == 90


def test_headquarters_brings_many_branches_at_once_and_a_teller_none(bank, sign_in):
    text = HEAD + "".join(f"2026-11-02,{code},CSAT,,90,100\n" for code in ("b01", "b02", "b03"))
    assert bring(bank, text, who="Hana").rows == 3
    assert csat(bank, who="Hana", unit="hq").n == 300
    assert sign_in("Mei").get("/analytics/import/").status_code == 404


amounts = st.floats(-1e6, 1e6).map(lambda v: round(v, 2))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(0, 20), amounts), max_size=12, unique_by=lambda row: row[0]))
def test_what_was_written_is_what_the_file_said(monkeypatch, bank, rows):
    lines = "".join(f"{date(2026, 11, 1) + timedelta(days=back)},b01,FEE,,{amount},\n" for back, amount in rows)
    if not rows:
        return
    bring(bank, HEAD + lines)
    found = metrics.value(
        scope=bank.scope("Sun"), org_unit=bank.b01, metric="analytics.fees", grain="month", period=date(2026, 11, 1)
    )
    with scoped(bank.scope("Sun")):
        held = dict(ImportedNumber.objects.filter(series="FEE").values_list("date", "amount"))
    assert {date(2026, 11, 1) + timedelta(days=back): amount for back, amount in rows}.items() <= held.items()
    assert found.value == pytest.approx(sum(held.values()))
