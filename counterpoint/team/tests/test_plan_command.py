"""`counterpoint plan` on good and messy files: row-numbered errors, nothing half-written."""

import gzip
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterpoint.config.plan_command import command
from counterpoint.team import planning
from counterpoint.team.tests.small import tickets

ROOT = Path(__file__).resolve().parents[3]
HOURS = "mon-wed 09:00-12:00"
QUICK = ("--effort", "0.5", "--calendar", "intl", "--hours", HOURS)


@pytest.fixture
def good(tmp_path):
    file = tmp_path / "history.csv"
    tickets().to_csv(file, index=False)
    return file


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments])


def refused(tmp_path, *arguments):
    out = tmp_path / "out"
    done = run(*arguments, "--out", out)
    assert done.exit_code == 1 and not out.exists(), done.output
    assert "Nothing was written" in done.output
    return " ".join(done.output.split())


def test_a_plain_file_needs_no_mapping(good, tmp_path):
    out = tmp_path / "out"
    done = run(good, *QUICK, "--out", out, "--language", "en")
    assert done.exit_code == 0, done.output
    assert sorted(f.suffix for f in out.iterdir()) == [".json", ".pdf", ".xlsx"]
    assert "plan-2026-11-30" in done.output


def test_a_staff_list_is_used_by_name(good, tmp_path):
    staff = tmp_path / "staff.csv"
    staff.write_text(
        "工号,姓名,技能,周工时\n1,梅,cash:3 transfer,40\n2,奥马尔,cash,20\n3,孙,transfer:2,40\n", encoding="gb18030"
    )
    out = tmp_path / "out"
    done = run(good, *QUICK, "--staff", staff, "--out", out)
    assert done.exit_code == 0, done.output
    assert "梅" in (out / "plan-2026-11-30.json").read_text()


def test_a_bad_time_is_named_with_its_row(good, tmp_path):
    lines = good.read_text().splitlines()
    lines[5] = lines[5].replace("2026-", "the ", 1)
    good.write_text("\n".join(lines) + "\n")
    said = refused(tmp_path, good, *QUICK)
    assert "row 6" in said and "arrived" in said and "--skip-bad-rows" in said
    assert run(good, *QUICK, "--skip-bad-rows", "--out", tmp_path / "out").exit_code == 0


def test_a_ticket_that_stands_twice_is_refused(good, tmp_path):
    lines = good.read_text().splitlines()
    good.write_text("\n".join([*lines, lines[-1]]) + "\n")
    assert f"row {len(lines) + 1}" in refused(tmp_path, good, *QUICK)


def test_half_a_file_is_noticed(good, tmp_path):
    text = good.read_text()
    good.write_text(text[: text.rindex(",", 0, len(text) - 25)])
    assert "middle of a row" in refused(tmp_path, good, *QUICK)
    packed = tmp_path / "half.csv.gz"
    packed.write_bytes(gzip.compress(text.encode())[:-40])
    assert "Export it again" in refused(tmp_path, packed, *QUICK)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "empty"),
        ("arrived\n", "no row"),
        ("a,b\n1,2\n", "--column arrived="),
        ("arrived\n1,2,3\nx,y\n", "3 cells instead of 1"),
    ],
)
def test_files_that_are_no_history_say_why(tmp_path, content, word):
    file = tmp_path / "x.csv"
    file.write_text(content)
    assert word.lower() in refused(tmp_path, file).lower()


def test_a_missing_file_and_wrong_options_are_explained(good, tmp_path):
    assert "no file" in refused(tmp_path, tmp_path / "none.csv")
    assert "no date" in refused(tmp_path, good, *QUICK, "--week", "soon")
    assert "inside the history" in refused(tmp_path, good, *QUICK, "--week", "2026-11-02")
    assert "--column" in refused(tmp_path, good, *QUICK, "--column", "arrived")
    assert "promise" in refused(tmp_path, good, *QUICK, "--promise", "soon")
    assert "no column 'nowhere'" in refused(tmp_path, good, *QUICK, "--column", "arrived=nowhere")


def test_a_staff_list_with_errors_is_refused_whole(good, tmp_path):
    staff = tmp_path / "staff.csv"
    staff.write_text("id,skills,week_hours\n1,cash:9,40\n2,cash,lots\n2,cash,40\n")
    said = refused(tmp_path, good, *QUICK, "--staff", staff)
    assert "row 2" in said and "row 3" in said and "cash:9" in said
    with pytest.raises(planning.StaffFileError) as told:
        planning.read_staff("staff.csv", staff.read_bytes())
    assert {p.row for p in told.value.problems} == {2, 3}


def test_a_staff_list_may_be_a_workbook_with_certificates(tmp_path):
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "name", "skills", "protected", "speed"])
    book.active.append(["7", "Mei", "cash:3@2027-06-30; lobby", "是", 1.1])
    out = io.BytesIO()
    book.save(out)
    row = planning.read_staff("list.xlsx", out.getvalue())[0]
    assert row.protected and row.speed == 1.1 and row.person().overtime_agreed == 0
    assert [(s.key, s.level, s.until) for s in row.skills] == [("cash", 3, "2027-06-30"), ("lobby", 1, None)]


def test_several_branches_ask_which(tmp_path):
    frame = tickets()
    frame["branch"] = ["B01", "B02"] * (len(frame) // 2) + ["B01"] * (len(frame) % 2)
    file = tmp_path / "two.csv"
    frame.to_csv(file, index=False)
    assert "--branch" in refused(tmp_path, file, *QUICK)
    assert "B09" in refused(tmp_path, file, *QUICK, "--branch", "B09")
    assert run(file, *QUICK, "--branch", "B02", "--out", tmp_path / "out").exit_code == 0


def shared():
    folder = Path(os.environ.get("COUNTERPOINT_SHARED", ROOT.parent / "shared"))
    return folder / "data" / "calls_technion_bank" / "february_1999_days_01_21.csv.gz"


@pytest.mark.skipif(not shared().is_file(), reason="the Technion log is not here")
def test_the_worked_example_of_the_docs_reads_the_technion_log():
    import yaml

    mapping = yaml.safe_load((ROOT / "docs" / "reference" / "technion-mapping.yaml").read_text())
    log = planning.read_history(shared(), planning.ReadPlan.from_dict(mapping), {})
    counts = log.summary()
    assert counts["rows"] == 25890 and counts["outcomes"] == {"served": 20899, "abandoned": 4770}
    assert planning.inferred_hours(log)[4][0][1] <= 960
