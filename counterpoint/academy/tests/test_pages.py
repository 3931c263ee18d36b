"""Pages of learning come for who may see them, in Chinese without leftovers, and a lesson can be passed on them."""

import re
from datetime import timedelta

import pytest

from counterpoint.academy import api
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.models import Enrolment, LessonAnswer, LessonRun
from counterpoint.academy.practice import worlds
from counterpoint.academy.tests.conftest import LEVELS, READING, figures_of, play, right_answers
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import content
from counterpoint.primitives.cases import case_accept, case_close, case_resolve, case_verify
from counterpoint.service import api as service
from counterpoint.ui.leftovers import english_left

LESSONS = (LEVELS, "academy.onsite.pre_open", "academy.numbers.reading")
PAGES = ("", "courses", "team", "requests", *(f"lesson/{key}" for key in LESSONS))
STAFF = ("Sun", "Omar", "Hana", "Mei", "Ada", "Rita", "Otto", "Bo")
PLACED = re.compile(r'name="place-(\w+)"')


def left(page):
    """English words of the page's own part, keys aside."""
    own = page[page.index('<main class="main"') : page.index("</main>")]
    return english_left(re.sub(r"academy\.[\w.]+", "", own), [*STAFF, "UPS"])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_comes_in_chinese_without_leftovers(bank, sign_in, page):
    answer = sign_in("Sun").get(f"/academy/{page}")
    assert answer.status_code == 200
    assert left(answer.content.decode()) == []


def test_the_standard_stands_there_by_reference_with_source_date_and_mark(bank, sign_in):
    page = sign_in("Sun").get(f"/academy/lesson/{LEVELS}").content.decode()
    for words in (
        "30 分钟",
        "15 自然日",
        "2020-03-01",
        "/content/case_types/service.complaint",
        "已核对原文",
        "来自大纲：须本行确认",
    ):
        assert words in page, words


@pytest.mark.parametrize(("language", "words"), [("en", "Judge by consequence"), ("zh-hant", "客訴三級")])
def test_a_lesson_speaks_the_other_languages_too(bank, sign_in, language, words):
    sun = sign_in("Sun")
    sun.cookies["counterpoint-language"] = language
    assert words in sun.get(f"/academy/lesson/{LEVELS}").content.decode()


def test_a_supervisor_passes_a_lesson_on_its_page(bank, sign_in):
    sun, base = sign_in("Sun"), f"/academy/lesson/{LEVELS}"
    page = sun.get(base).content.decode()
    assert "声音小不等于事小" not in page  # no reason before there is an answer
    wrong = sun.post(f"{base}/do/answer", {"question": f"{LEVELS}.q1", "answer": "a"})
    assert wrong["Location"] == f"{base}#q1"
    page = sun.get(base).content.decode()
    assert "声音小不等于事小" in page and "不对" in page
    for key, given in right_answers(bank, bank.b01).items():
        placed = {f"place-{slug}": n for n, slug in enumerate(given, 1)} if key.endswith("q5") else {"answer": given}
        assert sun.post(f"{base}/do/answer", {"question": key, **placed}).status_code == 302
    assert "请先打开演练网点" in sun.post(f"{base}/do/exercise").content.decode()
    assert sun.post(f"{base}/do/practise").status_code == 302
    sun.post(f"{base}/do/exercise")
    page = sun.get(base).content.decode()
    assert "还没做到" in page and "/practice/w" in page and left(page) == []
    with unscoped("the test practises"):
        world = worlds.held(LessonRun.objects.get().world)
    item = shelf(bank.b01, bank.b01.date_at(bank.now)).lessons[LEVELS]
    play(world, item.examples[0], world.base_real)
    sun.post(f"{base}/do/exercise")
    assert worlds.held(world.pk) is None
    page = sun.get(base).content.decode()
    assert "已通过" in page and "再学一遍" in page and left(page) == []
    assert "1 / 3" in sign_in("Ada").get("/academy/team").content.decode()  # of the course's lessons


def test_a_figure_that_is_not_what_the_page_says_is_told(bank, sign_in):
    sun, base = sign_in("Sun"), f"/academy/lesson/{READING}"
    figures = {f"ask-{slug}": value for slug, value in figures_of(bank, "Sun", bank.b01, READING).items()}
    assert sun.post(f"{base}/do/exercise", {**figures, "ask-value": "17"}).status_code == 302
    assert "与页面现在的数不一致" in sun.get(base).content.decode()


def test_an_exercise_of_figures_is_not_done_by_leaving_it_empty_but_by_saying_that_nothing_is_there(bank, sign_in):
    sun, base = sign_in("Sun"), f"/academy/lesson/{READING}"
    figures = {f"ask-{slug}": value for slug, value in figures_of(bank, "Sun", bank.b01, READING).items()}
    assert "nothing" in figures.values(), "the bank of the tests has no week behind it"
    assert sun.post(f"{base}/do/exercise", dict.fromkeys(figures, "")).status_code == 302
    page = sun.get(base).content.decode()
    assert "还没有作答" in page and "与页面一致" not in page
    with unscoped("the test looks"):
        assert LessonRun.objects.get().verdict["passed"] is False
    sun.post(f"{base}/do/exercise", figures)
    with unscoped("the test looks"):
        assert LessonRun.objects.get().verdict["passed"] is True
    assert 'value="nothing" checked' in sun.get(base).content.decode()


def test_an_empty_answer_is_refused_beside_its_question_and_kept_out(bank, sign_in):
    answer = sign_in("Sun").post(f"/academy/lesson/{LEVELS}/do/answer", {"question": f"{LEVELS}.q1"})
    assert answer.status_code == 422 and "请选择或填写答案" in answer.content.decode()
    with unscoped("the test looks"):
        assert not LessonAnswer.objects.exists()


def test_nobody_sees_what_another_answered(bank, sign_in, passes):
    run = passes("Sun")
    page = sign_in("Ada").get("/academy/team").content.decode()
    assert "1 / 3" in page and str(run.pk) not in page
    assert "不对" not in sign_in("Ada").get(f"/academy/lesson/{LEVELS}").content.decode()


def test_the_matrix_is_not_for_the_floor(bank, sign_in):
    assert sign_in("Mei").get("/academy/team").status_code == 404
    assert sign_in("Mei").get("/academy/").status_code == 200


def test_the_branch_head_assigns_a_course_and_withdraws_it(bank, sign_in):
    ada, due = sign_in("Ada"), bank.b01.date_at(bank.now) + timedelta(days=10)
    form = {"person": bank.people["Sun"].pk, "course": "academy.service", "due_on": due.isoformat()}
    assert "课程已指派" in ada.post("/academy/team/assign", form, follow=True).content.decode()
    home = sign_in("Sun").get("/academy/").content.decode()
    assert "还有 10 天" in home and left(home) == []
    assert "已指派给此人" in ada.post("/academy/team/assign", form, follow=True).content.decode()
    with unscoped("the test looks"):
        row = Enrolment.objects.get()
    ada.post("/academy/team/assign", {"enrolment": row.pk})
    with unscoped("the test looks"):
        assert Enrolment.objects.get().state == "waived"


def test_a_passed_course_closes_its_assignment(bank, passes):
    due = bank.b01.date_at(bank.now) + timedelta(days=10)
    here = {"scope": bank.scope("Ada"), "now": bank.now}
    api.enrol(**here, unit=bank.b01, user=bank.people["Sun"].pk, course="academy.service", due_on=due)
    for lesson in shelf(bank.b01, due).courses["academy.service"].value.lessons:
        with unscoped("the test looks"):
            assert Enrolment.objects.get().state == "open"
        passes("Sun", lesson)
    with unscoped("the test looks"):
        assert Enrolment.objects.get().state == "done"


def test_a_closed_complaint_asks_for_a_lesson_and_gets_one(bank, sign_in):
    sun = {"scope": bank.scope("Sun"), "now": bank.now}
    intake = service.Intake(channel="phone", text="空调坏了", contact="", level="level_3")
    taken = service.complaint_take(**sun, org_unit=bank.b01, key="k", intake=intake)
    case_accept(**sun, case=taken.case)
    case_resolve(**sun, case=taken.case, fields={"root_cause": "facility", "remedy": "修好"})
    case_verify(scope=bank.scope("Ada"), now=bank.now + timedelta(minutes=1), case=taken.case, passed=True)
    case_close(**sun, case=taken.case, fields={"satisfied": "yes"})
    page = sign_in("Sun").get("/academy/requests").content.decode()
    assert "场地设施" in page and "由这一课来教" in page and left(page) == []
    (request,) = service.lesson_requests(scope=bank.scope("Sun"))
    sign_in("Sun").post(f"/academy/requests/{request.pk}/take", {"lesson": LEVELS})
    assert "投诉三级" in sign_in("Sun").get("/academy/requests?state=taken").content.decode()


def test_learning_again_begins_a_new_run_and_keeps_the_old_one(bank, sign_in, passes):
    passes("Sun")
    sun = sign_in("Sun")
    sun.post(f"/academy/lesson/{LEVELS}/do/again")
    assert "0 / 7" in sun.get(f"/academy/lesson/{LEVELS}").content.decode()
    with unscoped("the test looks"):
        assert sorted(LessonRun.objects.values_list("state", flat=True)) == ["passed", "reading"]


@pytest.mark.parametrize("name", ["Rita", "Hana", "Otto", "Sysadmin", "Mei"])
@pytest.mark.parametrize("page", ["", "courses", *(f"lesson/{key}" for key in LESSONS)])
def test_everybody_may_read_and_learn_wherever_they_work(bank, sign_in, name, page):
    answer = sign_in(name).get(f"/academy/{page}")
    assert answer.status_code == 200
    assert left(answer.content.decode()) == []


def test_every_lesson_opens_with_nothing_left_untranslated(bank, sign_in):
    sun = sign_in("Sun")
    for key in sorted({item.key for item in content.every("lessons")}):
        answer = sun.get(f"/academy/lesson/{key}")
        assert answer.status_code == 200 and left(answer.content.decode()) == [], key


def test_a_lesson_does_not_tell_what_its_exercise_asks_for(bank, sign_in):
    key, sun = "academy.numbers.reading", sign_in("Sun")
    before = sun.get(f"/academy/lesson/{key}").content.decode()
    assert before.count("由你在练习中读出") == 3
    figures = {f"ask-{slug}": value for slug, value in figures_of(bank, "Sun", bank.b01, key).items()}
    sun.post(f"/academy/lesson/{key}/do/exercise", figures)
    assert "由你在练习中读出" not in sun.get(f"/academy/lesson/{key}").content.decode()


def test_the_navigation_offers_learning(bank, sign_in):
    page = sign_in("Mei").get("/academy/").content.decode()
    assert "/academy/courses" in page and "我的学习" in page


@pytest.mark.parametrize("address", ["lesson/nothing", "changed/nothing", f"changed/{LEVELS}", "requests?state=odd"])
def test_what_is_not_there_is_not_found(bank, sign_in, address):
    assert sign_in("Sun").get(f"/academy/{address}").status_code == 404


def test_a_passed_exercise_says_the_choice_in_words(bank, passes, sign_in):
    passes("Sun", READING)
    page = sign_in("Sun").get(f"/academy/lesson/{READING}").content.decode()
    choices = {one.slug: one.words["zh-hans"] for ask in shelf(bank.b01, bank.b01.date_at(bank.now)).lessons[READING]
               .value.exercise.asks for one in ask.choices}  # fmt: skip
    figures = figures_of(bank, "Sun", bank.b01, READING)
    told = [choices[one] for one in figures.values() if one in choices]
    assert told and all(f"<dd>{words}</dd>" in page for words in told)


def test_the_matrix_has_a_column_a_chapter_and_the_courses_in_place(bank, passes, sign_in):
    passes("Sun")
    page = sign_in("Ada").get("/academy/team").content.decode()
    for words in ("角色与目标", "服务质量", "数据应用"):
        assert page.count(f'<th scope="col">{words}</th>') == 1, words
    details = page.partition('<details class="begun">')[2].partition("</details>")[0]
    assert "投诉：受理、分级、答复" in details and "1 / 3" in details, details
