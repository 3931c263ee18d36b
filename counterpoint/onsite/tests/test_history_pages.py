"""From a vendor's CSV to day logs: upload, columns, job, result, problems as Excel."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from counterpoint.foundation.api import JobRun, scoped
from counterpoint.onsite import expected, importing
from counterpoint.onsite.models import DayLog
from counterpoint.onsite.state import hall_of

pytestmark = pytest.mark.django_db

HEAD = "票号,业务类型,取号时间,叫号时间,办结时间,柜员号"
GOOD = [
    "A001,cash_deposit,2026-11-16 09:00:00,2026-11-16 09:06:00,2026-11-16 09:11:00,mei",
    "A002,transfer,2026-11-16 09:05:00,2026-11-16 09:12:00,2026-11-16 09:20:00,mei",
    "A001,transfer,2026-11-17 10:00:00,2026-11-17 10:02:00,2026-11-17 10:09:00,omar",
]
BAD = "A003,transfer,gestern,,,"


def file(*rows, encoding="utf-8"):
    return SimpleUploadedFile("tickets.csv", "\n".join([HEAD, *rows]).encode(encoding), content_type="text/csv")


def upload(client, *rows, **more):
    answer = client.post("/onsite/history", {"file": file(*rows, **more)})
    assert answer.status_code == 302
    return answer["Location"]


def confirm(client, page, **more):
    mapping = client.get(page).context["found"].mapping
    sent = {f"column-{field}": column for field, column in mapping.items()} | more
    return client.post(f"{page}/start", sent, follow=True)


def test_a_chinese_file_is_guessed_confirmed_and_brought_in(bank, sign_in):
    sun = sign_in("Sun")
    page = upload(sun, *GOOD)
    found = sun.get(page).context["found"]
    assert found.mapping["arrived"] == "取号时间"
    assert len(found.understood) == 3
    assert not found.problems
    done = confirm(sun, page)
    assert done.context["found"]["days"] == 2
    assert done.context["found"]["tickets"] == 3
    with scoped(bank.scope("Sun")):
        assert DayLog.objects.count() == 2
    assert "2026-11-17" in sun.get("/onsite/history").content.decode()


def test_gb18030_files_are_read_as_well(bank, sign_in):
    sun = sign_in("Sun")
    assert confirm(sun, upload(sun, *GOOD, encoding="gb18030")).context["found"]["tickets"] == 3


def test_a_bad_row_is_named_by_its_number_and_downloaded_as_excel(bank, sign_in):
    sun = sign_in("Sun")
    page = upload(sun, *GOOD, BAD)
    assert [p["row"] for p in sun.get(page).context["found"].problems] == [5]
    done = confirm(sun, page)
    assert (done.context["found"]["tickets"], done.context["found"]["refused"]) == (3, 1)
    with scoped(bank.scope("Sun")):
        job = JobRun.objects.get(kind=importing.KIND)
    sheet = load_workbook(BytesIO(sun.get(f"/onsite/history/job/{job.pk}/problems.xlsx").content)).active
    assert 5 in [cell.value for row in sheet.iter_rows() for cell in row]
    assert sun.get(f"/onsite/history/job/{job.pk}.json").json()["state"] == "done"


def test_columns_can_be_chosen_by_hand_and_wrong_ones_are_refused_in_words(bank, sign_in):
    sun = sign_in("Sun")
    page = upload(sun, *GOOD)
    found = sun.get(page, {"column-arrived": "叫号时间"}).context["found"]
    assert found.mapping == {"arrived": "叫号时间"}
    refused = sun.get(page, {"column-service": "业务类型"}).context["found"]
    assert "arrived" in refused.refused


def test_days_that_are_here_already_stop_everything_until_replace_is_ticked(bank, sign_in):
    sun = sign_in("Sun")
    confirm(sun, upload(sun, *GOOD))
    other = [row.replace("09:06:00", "09:08:00") for row in GOOD]
    failed = confirm(sun, upload(sun, *other))
    assert failed.context["job"].state == "failed"
    replaced = confirm(sun, upload(sun, *other), replace="1")
    assert replaced.context["found"]["replaced"] == 1


def test_a_picture_or_nothing_is_no_history(bank, sign_in):
    sun = sign_in("Sun")
    picture = SimpleUploadedFile("x.pdf", b"%PDF-1.7 ...")
    assert sun.post("/onsite/history", {"file": picture})["Location"] == "/onsite/history"
    assert sun.post("/onsite/history")["Location"] == "/onsite/history"


def test_files_and_jobs_of_another_branch_do_not_exist(bank, sign_in):
    sun, stranger = sign_in("Sun"), sign_in("Stranger")
    page = upload(sun, *GOOD)
    confirm(sun, page)
    with scoped(bank.scope("Sun")):
        job = JobRun.objects.get(kind=importing.KIND)
    assert stranger.get(page).status_code == 404
    assert stranger.post(f"{page}/start", {"column-arrived": "取号时间"}).status_code == 404
    assert stranger.get(f"/onsite/history/job/{job.pk}").status_code == 404
    assert sign_in("Mei").get("/onsite/history").status_code == 404


def test_the_live_hall_expects_what_the_same_weekday_brought(bank, sign_in):
    sun = sign_in("Sun")
    confirm(sun, upload(sun, *GOOD))
    scope = bank.scope("Sun")
    with scoped(scope):
        found = expected.rates(hall_of(scope=scope, branch=bank.b01, now=bank.now))
    assert found["transfer"][18] > 0  # Monday the 16th, 09:00
    assert found["transfer"][20] == 0  # Tuesday's ticket does not count for a Monday


def test_every_problem_of_a_history_is_told_in_the_readers_language():
    from django.utils import translation

    from counterpoint.onsite.problems import WORDS, told

    found = [{"code": code, "message": "English", "severity": "warning"} for code in WORDS]
    with translation.override("en"):
        english = [p["message"] for p in told(found)]
    assert "English" not in english
    assert told([{"code": "new", "message": "As science says", "severity": "odd"}])[0]["message"] == "As science says"
