"""Pages of an exam's day: begun from the exam, open in exam mode, alone; judged in the result, measured in the bank."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from counterpoint.academy.models import Sitting
from counterpoint.academy.tests.examined import DAY_EXAM, answer_all, begin, measured_days, trainer
from counterpoint.academy.tests.test_exam_pages import left, sit, the
from counterpoint.foundation.scope import unscoped


@pytest.fixture
def exam(bank):
    return measured_days(bank)


def day_of(base, client):
    """Begin the day as the button does: the address of its page."""
    answer = client.post(f"{base}/day")
    assert answer.status_code == 302, answer.content
    return answer.headers["Location"]


def test_a_day_from_the_exam_to_its_result(bank, sign_in, clock, exam):
    sun = sign_in("Sun")
    offered = sun.get("/academy/exam").content.decode()
    assert left(offered) == [] and "占总分 50%" in offered
    base, token, _told = sit(sun, DAY_EXAM)
    page = sun.get(base).content.decode()
    assert left(page) == [] and "开始实操日" in page
    row = the("Sun")
    play = f"/academy/drill/{row.session_id}"
    assert sun.get(play).status_code == 404, "the hall is not seen before its day is begun"
    assert day_of(base, sun) == play
    shown = sun.get(play).content.decode()
    assert left(shown) == [] and "不停表" in shown
    for name in ("pace", "mark", "fork", "retry"):
        assert f"{play}/do/{name}" not in shown
    clock.at = bank.now + timedelta(minutes=3)
    sent = {"service": "cash_deposit", "share": "750", "idempotency_key": "one"}
    assert sun.post(f"{play}/do/diversion", sent, headers={"X-Drill": "1"}).json()["speed"] == 10
    assert sun.get(f"{play}/segment").json()["state"] == "running"
    assert "回到实操日" in sun.get(base).content.decode(), "a reload finds it running"
    clock.at = bank.now + timedelta(minutes=18)
    assert sun.get(f"{play}/segment").json()["state"] == "over"
    over = sun.get(play).content.decode()
    assert base in over and "复盘" not in over and left(over) == []
    assert sun.get(f"{play}/debrief").status_code == 423
    assert "交卷时一并计分" in sun.get(base).content.decode()
    sun.post(f"{base}/enter")
    answer_all_by_page(bank, row, token, sun, base)
    result = sun.get(f"{base}/review").content.decode()
    assert left(result) == [] and "走完的比例" in result and "操作记录链完整" in result
    assert f"{play}/debrief" in result and sun.get(f"{play}/debrief").status_code == 200
    assert left(sun.get("/academy/drill").content.decode()) == []


def answer_all_by_page(bank, row, token, client, base):
    token = client.post(f"{base}/enter").json()["token"]
    answer_all(bank, row, token=token)
    assert client.post(f"{base}/submit", {"token": token}).json() == {"state": "submitted"}


def test_exam_mode_opens_the_exams_own_day_and_nothing_else_of_drills(bank, sign_in, exam):
    sun = sign_in("Sun")
    base, _token, _told = sit(sun, DAY_EXAM)
    play = day_of(base, sun)
    assert sun.get(play).status_code == 200
    for page in ("/academy/drill", "/academy/lesson/academy.service.levels", f"/academy/drill/{exam[0].exam.key}"):
        assert sun.get(page).status_code in (404, 423)
    other = begin(bank, "Ada", DAY_EXAM)
    assert sun.get(f"/academy/drill/{other.session_id}").status_code == 423
    assert sun.post(f"/academy/drill/{other.session_id}/do/over").status_code == 423


def test_the_day_of_another_person_or_branch_does_not_exist(bank, sign_in, exam):
    row = begin(bank, "Sun", DAY_EXAM)
    for name in ("Bo", "Ada", "Mei"):
        client = sign_in(name)
        assert client.post(f"/academy/exam/{row.pk}/day").status_code == 404
        assert client.get(f"/academy/drill/{row.session_id}").status_code == 404
        assert client.get(f"/academy/drill/{row.session_id}/segment").status_code == 404
        assert client.post(f"/academy/drill/{row.session_id}/do/over").status_code == 404


def test_while_it_runs_nobody_reads_its_debrief_not_even_where_lessons_stay_open(bank, sign_in, exam, monkeypatch):
    from counterpoint.academy.exams import lock

    sun = sign_in("Sun")
    base, _token, _told = sit(sun, DAY_EXAM)
    play = day_of(base, sun)
    sun.post(f"{play}/do/over")
    monkeypatch.setattr(lock, "is_sitting", lambda scope, now: None)
    assert sun.get(f"{play}/debrief").status_code == 404


def test_headquarters_staff_are_told_that_a_day_is_played_at_a_branch(bank, sign_in, exam):
    trainer(bank)
    tina = sign_in("Tina")
    page = tina.get("/academy/exam").content.decode()
    assert "在网点没有岗位" in page
    tina.post("/academy/exam/begin", {"exam": DAY_EXAM})
    with unscoped("nothing was begun"):
        assert not Sitting.objects.exists()


def test_the_bank_shows_how_hard_each_day_is_and_grades_again_without_one(bank, sign_in, exam):
    trainer(bank)
    tina = sign_in("Tina")
    page = tina.get("/academy/bank").content.decode()
    assert left(page) == [] and page.count("发薪日 · ") == 10 and "0.5 ± 0.3" in page
    game = exam[0].game_hash
    one = tina.get(f"/academy/bank/day/{game}").content.decode()
    assert left(one) == [] and "经验法则" in one and "按约定" in one
    book = load_workbook(BytesIO(tina.get("/academy/bank.xlsx").content))
    assert len(book.sheetnames) == 2
    assert tina.post(f"/academy/bank/day/{game}/grade", {"why": ""}).status_code == 302
    for name in ("Sun", "Hana", "Rita"):
        assert sign_in(name).get(f"/academy/bank/day/{game}").status_code == 404
    assert tina.get("/academy/bank/day/nothing").status_code == 404


def test_an_unmeasured_day_says_so_and_no_exam_begins(bank, sign_in, monkeypatch):
    from counterpoint.academy.exams import days

    monkeypatch.setattr(days, "ask", lambda unit, now: True)
    trainer(bank)
    page = sign_in("Tina").get("/academy/bank").content.decode()
    assert left(page) == [] and "尚未测定" in page
    sun = sign_in("Sun")
    told = sun.post("/academy/exam/begin", {"exam": DAY_EXAM}, follow=True).content.decode()
    assert "还没有测定难度" in told
