"""A passed lesson is evidence, an open one may close a gap."""

from counterpoint.academy import proving
from counterpoint.academy.exams.sitting import sitting_submit
from counterpoint.academy.models import LessonRun
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.tests import examined
from counterpoint.academy.tests.conftest import LEVELS
from counterpoint.foundation.api import scoped
from counterpoint.role import api as role
from counterpoint.role.models import CompetenceEvidence


def test_a_passed_lesson_is_a_small_piece_of_evidence(bank, passes):
    run = passes("Sun")
    with scoped(bank.scope("Sun")):
        assert LessonRun.objects.get(pk=run.pk).state == PASSED
        rows = {one.competency: one for one in CompetenceEvidence.objects.filter(user=bank.people["Sun"].pk)}
    assert set(rows) == {"role.complaints", "role.compliance"}
    one = rows["role.complaints"]
    assert (one.source, one.score, one.ref) == ("learning", 1.0, f"academy.lesson:{run.pk}")
    assert abs(one.size - 0.2 * 0.6) < 1e-9


def test_the_way_leads_to_lessons_that_are_not_passed_yet(bank, passes):
    def keys():
        return [one.thing.key for one in role.next_things(scope=bank.scope("Sun"), unit=bank.b01, now=bank.now)]

    assert LEVELS in keys()
    passes("Sun")
    assert LEVELS not in keys()


def test_the_home_page_says_which_gap_the_next_lesson_closes(sign_in):
    page = sign_in("Sun").get("/academy/").content.decode()
    assert "补的是您岗位的差距" in page


def test_the_own_page_links_the_lesson_and_the_leaders_page_does_not(bank, sign_in, passes):
    passes("Sun")
    address = f"/academy/lesson/{LEVELS}"
    own = sign_in("Sun").get("/competence").content.decode()
    assert address in own and "投诉三级" in own
    theirs = sign_in("Ada").get(f"/competence/{bank.people['Sun'].pk}").content.decode()
    assert "投诉三级" in theirs and ">通过<" in theirs


def test_an_exam_as_evidence_leads_whoever_sat_it_to_its_review_and_nobody_else(bank, sign_in):
    row = examined.begin(bank, "Omar")
    examined.answer_all(bank, row, name="Omar")
    sitting_submit(scope=bank.scope("Omar"), sitting=row.pk, token=examined.TOKEN, now=bank.now)
    assert sign_in("Omar").get("/competence").status_code == 200
    ref, omar = f"{proving.EXAM}:{row.pk}", bank.people["Omar"].pk
    origin = proving._tell_exams(bank.scope("Omar"), omar, [ref])[ref]
    assert sign_in("Omar").get(origin.url).status_code == 200
    assert proving._tell_exams(bank.scope("Ada"), omar, [ref])[ref].url == ""
