"""Files as vendors really send them: other separators and encodings, nothing inside, formulas, two branches at once."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from counterpoint.foundation.api import JobRun
from counterpoint.onsite import daylog, importing
from counterpoint.onsite.models import DayLog

pytestmark = pytest.mark.django_db

HEAD = ["branch", "ticket", "service", "arrived", "called", "finished"]
ROW = ["b01", "A001", "transfer", "2026-11-16 09:00:00", "2026-11-16 09:06:00", "2026-11-16 09:11:00"]


def sent(client, text, encoding="utf-8", name="log.csv"):
    """Upload, confirm the guessed columns (without the branch, unless the file needs it), and follow to the result."""
    page = client.post("/onsite/history", {"file": SimpleUploadedFile(name, text.encode(encoding))})["Location"]
    guessed = client.get(page).context["found"].mapping
    return client.post(f"{page}/start", {f"column-{key}": name for key, name in guessed.items()}, follow=True)


def job_of(hall):
    with hall.scoped():
        return JobRun.objects.filter(kind=importing.KIND).order_by("-id").first()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_separator_and_encoding_of_the_trade_is_read(hall, sign_in, separator, encoding):
    text = "\n".join(separator.join(cells) for cells in (HEAD, ROW))
    found = sent(sign_in("Sun"), text, encoding).context["found"]
    assert (found["days"], found["tickets"], found["branches"]) == (1, 1, ["b01"])


@pytest.mark.parametrize(
    "text", [",".join(HEAD), ",".join(HEAD) + "\n\n\n", "\n".join([",".join(HEAD), "b01,A001,transfer,,,"])]
)
def test_a_file_without_a_usable_ticket_changes_nothing_and_says_so(hall, sign_in, text):
    sun = sign_in("Sun")
    sun.cookies["counterpoint-language"] = "en"
    done = sent(sun, text)
    assert done.context["job"].state == "failed"
    assert "Nothing was imported" in done.content.decode()
    with hall.scoped():
        assert not DayLog.objects.exists()


def test_rows_of_a_branch_one_may_not_see_stop_the_whole_file(hall, sign_in):
    text = "\n".join(",".join(cells) for cells in (HEAD, ROW, ["b03", *ROW[1:]]))
    sent(sign_in("Sun"), text)
    assert job_of(hall).state == "failed"
    assert "b03" in job_of(hall).error
    with hall.scoped():
        assert not DayLog.objects.exists()


def test_a_region_brings_in_its_branches_with_one_file(hall, sign_in):
    text = "\n".join(",".join(cells) for cells in (HEAD, ROW, ["b02", *ROW[1:]]))
    found = sent(sign_in("Rita"), text).context["found"]
    assert (found["days"], found["branches"]) == (2, ["b01", "b02"])


def test_a_formula_in_a_vendors_file_is_text_in_the_problems_workbook(hall, sign_in):
    sun = sign_in("Sun")
    evil = "=HYPERLINK(1)"
    sent(sun, "\n".join(",".join(cells) for cells in (HEAD, ROW, [*ROW[:3], evil, "", ""])))
    book = load_workbook(BytesIO(sun.get(f"/onsite/history/job/{job_of(hall).pk}/problems.xlsx").content))
    cells = [cell for line in book.active.iter_rows() for cell in line if cell.value == evil]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_file_that_is_no_text_at_all_is_refused_before_anything_is_stored(hall, sign_in):
    answer = sign_in("Sun").post("/onsite/history", {"file": SimpleUploadedFile("x.csv", b"\x00\x01" * 50)})
    assert answer["Location"] == "/onsite/history"
    assert job_of(hall) is None


def test_a_file_with_teller_and_window_keeps_both_and_reads_the_windows_number(hall, sign_in):
    """The window's column is guessed beside the teller's; 03 and 3号窗口 are one window."""
    head = [*HEAD, "柜员号", "窗口号"]
    rows = [[*ROW, "T1", "03"], ["b01", "A002", *ROW[2:], "T2", "3号窗口"], ["b01", "A003", *ROW[2:], "T2", ""]]
    found = sent(sign_in("Sun"), "\n".join(",".join(cells) for cells in (head, *rows))).context["found"]
    assert found["tickets"] == 3
    with hall.scoped():
        day = daylog.unpack(DayLog.objects.get().payload)
    assert (day.words("server").tolist(), day.words("window").tolist()) == (["T1", "T2", "T2"], ["3", "3", None])
