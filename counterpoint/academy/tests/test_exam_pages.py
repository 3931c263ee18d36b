"""Pages of exams: the whole way by the addresses that the script presses, P-E6, exam mode, appeal, bank."""

import json
import re

import pytest

from counterpoint.academy.catalogue.questions import QUESTIONS
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams.lock import closes
from counterpoint.academy.exams.sitting import sitting_submit
from counterpoint.academy.models import Sitting, SittingSign
from counterpoint.academy.tests.examined import (
    LOBBY,
    SUPERVISOR,
    TOKEN,
    answer_all,
    begin,
    right_value,
    trainer,
    wrong_value,
)
from counterpoint.foundation.scope import unscoped
from counterpoint.ui.leftovers import english_left

STAFF = ("Sun", "Tina", "Hana", "Mei", "Ada", "Rita", "Excel")


def left(page):
    own = page[page.index('<main class="main"') : page.index("</main>")]
    own = re.sub(r"<script.*?</script>", "", own, flags=re.S)
    return english_left(re.sub(r"academy\.[\w.]+", "", own), [*STAFF, "UPS"])


def the(name):
    with unscoped("the test looks at the sitting"):
        return Sitting.objects.select_related("org_unit").get(user__name=name)


def sit(client, exam=LOBBY):
    """Begin and enter as the page does: (address, token, what the page was told)."""
    answer = client.post("/academy/exam/begin", {"exam": exam})
    assert answer.status_code == 302, answer.content
    base = answer.headers["Location"]
    told = client.post(f"{base}/enter").json()
    return base, told["token"], told


def test_an_exam_from_its_beginning_to_its_result(bank, sign_in):
    sun = sign_in("Sun")
    page = sun.get("/academy/exam").content.decode()
    assert left(page) == [] and "大堂经理上岗考试" in page and "运营主管上岗考试" in page
    base, token, told = sit(sun)
    assert left(sun.get(base).content.decode()) == []
    row = the("Sun")
    assert len(told["questions"]) == 21 and told["answers"] == {} and told["deadline"] - told["now"] == 40 * 60_000
    for slot in range(1, 22):
        value = wrong_value(row, slot) if slot in (1, 2) else right_value(row, slot)
        given = {"token": token, "slot": slot, "seq": slot, "value": json.dumps(value)}
        ack = sun.post(f"{base}/save", given)
        assert ack.json()["acked"] == slot and not ack.json()["late"]
        assert sun.post(f"{base}/save", given).json()["sig"] == ack.json()["sig"]
    again = sun.post(f"{base}/enter").json()
    assert again["seq"] == 21 and again["answers"]["3"] == {"seq": 3, "value": right_value(row, 3)}
    lost = sun.post(f"{base}/save", {"token": token, "slot": 4, "seq": 40, "value": json.dumps(right_value(row, 4))})
    assert (lost.status_code, lost.json()["code"]) == (409, "elsewhere")
    assert sun.post(f"{base}/submit", {"token": again["token"]}).json() == {"state": "submitted"}
    result = sun.get(f"{base}/review").content.decode()
    assert left(result) == [] and "已通过" in result and "答错或没答全的题" in result
    assert sun.get(base).status_code == 302
    assert left(sun.get("/academy/exam").content.decode()) == []


def secrets_of(row):
    """What would tell an answer: the reasons of the questions and of each of their options, but for words that a
    question of the same exam asks with."""
    bodies = [pinned(QUESTIONS, held["question"], held["version"], row.org_unit).value for held in row.form]
    asked = "\n".join(words for body in bodies for told in (body.stem, *(one.words for one in body.options))
                      for words in told.values())  # fmt: skip
    why = {words for body in bodies for one in (body, *body.options) for words in one.why.values()}
    return {one for one in why if len(one) > 3 and one not in asked}


def keys_in(told):
    if isinstance(told, dict):
        return set(told) | {key for one in told.values() for key in keys_in(one)}
    return {key for one in told for key in keys_in(one)} if isinstance(told, list) else set()


def test_p_e6_before_the_end_nothing_that_reaches_the_browser_tells_an_answer(bank, sign_in):
    sun = sign_in("Sun")
    base, token, told = sit(sun, SUPERVISOR)
    assert keys_in(told["questions"]) == {"slot", "form", "stem", "options", "unit", "section", "final"}
    row = the("Sun")
    assert not any(held["question"] in json.dumps(told) for held in row.form)
    heard = [json.dumps(told, ensure_ascii=False)]
    for slot in range(1, len(row.form) + 1):
        given = {"token": token, "slot": slot, "seq": slot, "value": json.dumps(right_value(row, slot))}
        heard.append(sun.post(f"{base}/save", given).content.decode())
    for _ in range(4):
        heard.append(sun.post(f"{base}/next", {"token": token, "known": len(row.form)}).content.decode())
        row = the("Sun")
        given = {"token": token, "slot": len(row.form), "seq": 99, "value": json.dumps(right_value(row, len(row.form)))}
        heard.append(sun.post(f"{base}/save", given).content.decode())
    lesson = pinned(QUESTIONS, row.form[0]["question"], row.form[0]["version"], row.org_unit).value.lesson
    for page in (
        base, f"{base}/review", "/academy/exam", "/academy/", "/academy/courses", f"/academy/lesson/{lesson}",
        "/academy/today", f"/content/questions/{row.form[0]['question']}/", "/content/", "/content/export.zip",
        f"/academy/changed/{lesson}", "/academy/team", "/academy/bank",
    ):  # fmt: skip
        heard.append(sun.get(page, follow=True).content.decode(errors="replace"))
    heard.append(sun.post(f"{base}/look", {"token": token}).content.decode())
    heard.append(sun.post("/academy/today", {"question": row.form[0]["question"], "answer": "x"}).content.decode())
    secrets = secrets_of(row)
    for secret in secrets:
        for text in heard:
            assert secret not in text, secret
    assert len(row.form) > 24 and len(secrets) > len(row.form)


def test_exam_mode_closes_lessons_until_it_is_handed_in_and_only_for_who_sits(bank, sign_in):
    sun, mei = sign_in("Sun"), sign_in("Mei")
    base, token, _told = sit(sun)
    for page in ("/academy/", "/academy/lesson/academy.service.levels", "/content/"):
        answer = sun.get(page)
        assert answer.status_code == 423 and "正在考试" in answer.content.decode(), page
        assert left(answer.content.decode()) == []
    assert mei.get("/academy/").status_code == 200 and sun.get("/hall/").status_code != 423
    sun.post(f"{base}/submit", {"token": token})
    assert sun.get("/academy/").status_code == 200


def test_exam_mode_closes_what_helps_and_the_whole_of_practice():
    assert closes("academy:lesson", in_world=False) and closes("academy:result", in_world=False)
    assert closes("primitives:content-definition", in_world=False) and closes("onsite:hall", in_world=True)
    assert not closes("academy:exam-save", in_world=False) and not closes("onsite:hall", in_world=False)


def test_what_is_no_answer_is_refused_in_words(bank, sign_in):
    sun = sign_in("Sun")
    base, token, _told = sit(sun)
    slot = next(n for n, held in enumerate(the("Sun").form, 1) if held["options"])
    for value in ("", "7", "[99]", '["x"]', "[1,1]", "[true]", '{"a":1}', "[0]", "[" * 3000):
        answer = sun.post(f"{base}/save", {"token": token, "slot": slot, "seq": 1, "value": value})
        assert answer.status_code == 422, value
    for odd, seq in ((0, 1), (99, 1), (slot, 0), (slot, 99999999999), ("x", 1), (slot, "x")):
        sent = {"token": token, "slot": odd, "seq": seq, "value": "[1]"}
        assert sun.post(f"{base}/save", sent).status_code == 422
    assert sun.get(f"{base}/save").status_code == 405


def test_a_strangers_exam_does_not_exist(bank, sign_in):
    row, mei = begin(bank), sign_in("Mei")
    base = f"/academy/exam/{row.pk}"
    assert mei.get(base).status_code == 404 and mei.get(f"{base}/review").status_code == 404
    for name in ("enter", "save", "next", "look", "sign", "submit"):
        assert mei.post(f"{base}/{name}", {"token": TOKEN, "kind": "away"}).status_code == 404, name
    assert sign_in("Ada").get(f"{base}/review").status_code == 404  # the own head sees no answers


def test_who_invigilates_sees_signs_with_their_explanations_and_gives_time(bank, sign_in):
    trainer(bank)
    sun, tina = sign_in("Sun"), sign_in("Tina")
    base, token, _told = sit(sun)
    sun.post(f"{base}/sign", {"token": token, "kind": "away", "slot": 1})
    sun.post(f"{base}/enter")
    page = tina.get("/academy/exam/watch").content.decode()
    assert left(page) == [] and "离开过页面" in page and "来电" in page
    with unscoped("the signs"):
        assert set(SittingSign.objects.values_list("kind", flat=True)) == {"away", "window"}
    tina.post(f"{base}/extend", {"minutes": 10, "why": "停电"})
    assert the("Sun").extended == 10
    assert sun.get("/academy/exam/watch").status_code == 404
    tina.post(f"{base}/void", {"why": "试题外泄"})
    assert the("Sun").state == "void" and left(tina.get("/academy/exam/watch").content.decode()) == []


@pytest.fixture
def ended(bank):
    row = begin(bank)
    answer_all(bank, row, wrong=(1, 2, 3, 4, 5, 6))
    return sitting_submit(scope=bank.scope("Sun"), sitting=row.pk, token=TOKEN, now=bank.now)


def test_an_appeal_is_a_case_that_headquarters_training_answers(bank, sign_in, ended):
    trainer(bank)
    sun, base = sign_in("Sun"), f"/academy/exam/{ended.pk}"
    assert sun.post(f"{base}/appeal", {"level": "item", "slot": 2, "text": " "}).status_code == 422
    for _ in range(2):
        assert sun.post(f"{base}/appeal", {"level": "item", "slot": 2, "text": "两个选项都对"}).status_code == 302
    page = sun.get(f"{base}/review").content.decode()
    assert page.count("对某道题有异议") == 1 and left(page) == []
    tina = sign_in("Tina")
    assert "1 件申诉待答复" in tina.get("/academy/exam/watch").content.decode()
    cases = tina.get("/cases/?type=academy.appeal").content.decode()
    assert "运营主管" in cases or "大堂经理" in cases
    assert tina.get(f"{base}/review").status_code == 200


def test_headquarters_training_sees_what_was_measured_and_drops_a_question(bank, sign_in, ended):
    trainer(bank)
    tina, key = sign_in("Tina"), ended.form[0]["question"]
    page = tina.get("/academy/bank").content.decode()
    assert left(page) == [] and "未测定" in page
    one = tina.get(f"/academy/bank/{key}").content.decode()
    assert left(one) == []
    assert tina.get("/academy/bank.xlsx").headers["Content-Type"].endswith("sheet")
    tina.post(f"/academy/bank/{key}/grade", {"how": "drop", "why": "题干有歧义"})
    assert "题干有歧义" in sign_in("Sun").get(f"/academy/exam/{ended.pk}/review").content.decode()
    for name in ("Sun", "Hana", "Rita"):
        assert sign_in(name).get("/academy/bank").status_code == 404


def test_what_was_missed_comes_back_the_next_day_and_moves_when_it_is_known(bank, sign_in, clock, ended):
    from datetime import timedelta

    sun = sign_in("Sun")
    assert "今天没有要复习的题" in sun.get("/academy/today").content.decode()
    clock.at = bank.now + timedelta(days=1, minutes=1)
    page = sun.get("/academy/today").content.decode()
    assert left(page) == []
    key = re.search(r'name="question" value="([^"]+)"', page)[1]
    slot = next(n for n, held in enumerate(ended.form, 1) if held["question"] == key)
    right = right_value(ended, slot)
    options = ended.form[slot - 1]["options"]
    named = [options[one - 1] for one in right] if options else right
    form = {"question": key, "answer": named}
    if len(named) > 1 and f'name="place-{named[0]}"' in page:
        form = {"question": key} | {f"place-{one}": n for n, one in enumerate(named, 1)}
    told = sun.post("/academy/today", form).content.decode()
    assert "question-why" in told and sun.post("/academy/today", form).status_code == 404
    assert key not in sun.get("/academy/today").content.decode()
