"""Evidence, observations and the pages of competence, told with the small bank's people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from counterpoint.foundation import practice
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped, system_scope
from counterpoint.foundation.models import JournalEntry
from counterpoint.role import api
from counterpoint.role.competence import queries
from counterpoint.role.competence.kinds import DIMENSIONS
from counterpoint.role.models import CompetenceEvidence, Observation

COMPLAINTS = "role.complaints"


@pytest.fixture
def adds(bank):
    """`adds("Sun", score=0.9)` adds a full exam of complaints to a person of the eastern branch, by the house."""

    def go(name, *, competency=COMPLAINTS, source="exam", score=1.0, size=1.0, ref=None, days=0, scope=None, unit=None):
        return api.evidence_add(
            scope=scope or system_scope(("role.competence.evidence",)), unit=unit or bank.b01,
            user=bank.people[name].pk, competency=competency, source=source, score=score, size=size,
            ref=ref or f"test:{uuid4()}", now=bank.now - timedelta(days=days),
        )  # fmt: skip

    return go


def standing(bank, name, key=COMPLAINTS):
    profile = queries.own_profile(scope=bank.scope(name), unit=bank.b01, now=bank.now)
    return next(one for one in profile.standings if one.key == key)


def test_sixteen_competencies_in_four_dimensions(bank):
    held = api.competencies(bank.b01.date_at(bank.now))
    assert len(held) == 16 and {one.dimension for one in held.values()} == set(DIMENSIONS)


def test_every_post_of_the_branch_has_a_profile(bank):
    assert set(api.profiles(bank.b01.date_at(bank.now))) == {
        "teller", "lobby_manager", "wealth_manager", "corporate_manager", "supervisor", "branch_head"
    }  # fmt: skip


def test_evidence_raises_the_level_and_age_takes_it_away(bank, adds):
    assert standing(bank, "Sun").estimate.level == 1
    for _exam in range(4):
        adds("Sun", days=700)
    then = standing(bank, "Sun")
    assert then.best is not None and then.best[0] > then.estimate.level
    for _exam in range(4):
        adds("Sun")
    now = standing(bank, "Sun")
    assert now.estimate.level >= then.best[0] and now.best is None


def test_the_same_thing_counts_once(bank, adds):
    first = adds("Sun", ref="test:one", score=0.5)
    again = adds("Sun", ref="test:one", score=1.0)
    assert again.pk == first.pk and again.score == 0.5
    with scoped(bank.scope("Sun")):
        assert JournalEntry.objects.filter(kind="role.evidence_added", subject=str(first.pk)).count() == 1


def test_the_database_keeps_evidence_as_it_is(bank, adds):
    row = adds("Sun")
    with scoped(bank.scope("Sun")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CompetenceEvidence.objects.filter(pk=row.pk).update(score=0.1)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CompetenceEvidence.objects.filter(pk=row.pk).delete()


def test_who_may_bring_evidence(bank, adds):
    adds("Mei", scope=bank.scope("Mei"))  # what she passed herself
    adds("Mei", scope=bank.scope("Sun"))
    with pytest.raises(Forbidden):
        adds("Sun", scope=bank.scope("Mei"))
    with pytest.raises(NotFound):
        adds("Mei", scope=bank.scope("Stranger"))


@pytest.mark.parametrize(
    "wrong",
    [{"score": 1.2}, {"size": 0}, {"size": 2}, {"source": "round360"}, {"source": "rumour"}, {"ref": "x" * 121}],
)
def test_evidence_that_is_none(bank, adds, wrong):
    with pytest.raises(Invalid):
        adds("Sun", **wrong)
    with pytest.raises(NotFound):
        adds("Sun", competency="role.juggling")


def observes(bank, rater, seen, level, key=COMPLAINTS):
    return api.competence_observe(
        scope=bank.scope(rater), unit=bank.b01, user=bank.people[seen].pk, levels={key: level}, now=bank.now
    )


def test_leaders_marks_count_own_marks_do_not(bank):
    before = standing(bank, "Sun").estimate
    observes(bank, "Sun", "Sun", 5)
    assert standing(bank, "Sun").estimate == before and standing(bank, "Sun").marks.own == 5
    observes(bank, "Ada", "Sun", 4)
    after = standing(bank, "Sun")
    assert after.estimate.value > before.value and after.marks.lead == 4


def test_marks_of_peers_wait_for_the_third(bank):
    observes(bank, "Mei", "Sun", 4)
    observes(bank, "Omar", "Sun", 4)
    alone = standing(bank, "Sun")
    assert alone.marks.peers is None and alone.marks.peer_count == 2 and not alone.proofs


def test_a_later_form_of_the_quarter_replaces_the_earlier(bank):
    first, second = observes(bank, "Ada", "Sun", 2), observes(bank, "Ada", "Sun", 4)
    assert first.pk == second.pk and standing(bank, "Sun").marks.lead == 4


def test_an_observer_who_marked_somebody_at_two_units_in_a_quarter_is_one_observer(bank):
    """Whoever moves is marked anew at the new unit; the newest form counts, and no two of one peer open a mean."""
    observes(bank, "Mei", "Sun", 2)
    earlier = {"user": bank.people["Sun"], "rater": bank.people["Mei"], "relation": "peer", "levels": {COMPLAINTS: 5}}
    with scoped(bank.scope("Rita")):
        quarter, at = Observation.objects.get().quarter, bank.now - timedelta(hours=1)
        Observation(**earlier, org_unit=bank.b02, quarter=quarter, at=at).save(force_insert=True)
    found = queries.profile_of(scope=bank.scope("Rita"), unit=bank.b01, user=bank.people["Sun"].pk, now=bank.now)
    marks = next(one for one in found.standings if one.key == COMPLAINTS).marks
    assert marks.peer_count == 1 and marks.peers is None


def test_marks_given_in_practice_stand_in_the_way_of_none(bank):
    """Whoever marks oneself in one practice branch marks oneself in the next, and in the bank, in the same quarter."""
    before = standing(bank, "Sun").marks.own
    shape = practice.Shape("练习", ("supervisor",), bank.now)
    for _ in range(2):
        scope, now = bank.scope("Sun"), bank.now
        world = practice.world_make(scope=scope, source=[bank.b01], shape=shape, now=now, real=now)
        with scoped(practice.house(world)):
            branch = practice.first_branch(world)
        sun = bank.people["Sun"]
        inside = practice.scope_in(world, sun, now)
        api.competence_observe(scope=inside, unit=branch, user=sun.pk, levels={COMPLAINTS: 2}, now=now)
    assert standing(bank, "Sun").marks.own == before
    observes(bank, "Sun", "Sun", 5)
    assert standing(bank, "Sun").marks.own == 5


@pytest.mark.parametrize("levels", [{}, {COMPLAINTS: 6}, {"role.juggling": 3}])
def test_marks_that_are_none(bank, levels):
    with pytest.raises(Invalid):
        api.competence_observe(
            scope=bank.scope("Ada"), unit=bank.b01, user=bank.people["Sun"].pk, levels=levels, now=bank.now
        )


def test_nobody_observes_a_stranger(bank):
    with pytest.raises(NotFound):
        observes(bank, "Ada", "Stranger", 3)


def test_the_way_closes_the_widest_gap_a_minute(bank, adds, monkeypatch):
    monkeypatch.setattr("counterpoint.role.competence.sources._offers", [])
    lessons = [
        api.Thing("long", "长课", "/long", 60, {COMPLAINTS: 1.0}, "learning", 0.2),
        api.Thing("short", "短课", "/short", 10, {COMPLAINTS: 1.0}, "learning", 0.2),
        api.Thing("else", "别的", "/else", 1, {"role.selling_conduct": 1.0}, "learning", 0.2),
    ]
    api.offer_things(lambda scope, unit, user, posts: lessons)
    found = api.next_things(scope=bank.scope("Sun"), unit=bank.b01, now=bank.now)
    assert [one.thing.key for one in found] == ["short", "long"] and all(one.covers[COMPLAINTS] > 0 for one in found)


def test_the_own_page_says_level_interval_and_formula(bank, sign_in, adds):
    for _exam in range(4):
        adds("Sun", days=700)
    page = sign_in("Sun").get("/competence").content.decode()
    assert "投诉处置" in page and "贝塔分布" in page and "下四分位" in page
    assert "天前" in page and "现为 L" in page


def test_an_empty_page_says_where_evidence_comes_from(sign_in):
    page = sign_in("Mei").get("/competence").content.decode()
    assert "都会带来能力证据" in page and "L1" in page


def test_people_above_a_branch_have_a_page_without_needs(sign_in):
    page = sign_in("Hana").get("/competence")
    assert page.status_code == 200 and "没有能力要求" in page.content.decode()


def test_leaders_see_the_team_and_others_do_not(bank, sign_in):
    page = sign_in("Ada").get("/competence/team")
    assert page.status_code == 200 and "Sun" in page.content.decode()
    assert sign_in("Mei").get("/competence/team").status_code == 404
    sun = bank.people["Sun"].pk
    assert sign_in("Ada").get(f"/competence/{sun}").status_code == 200
    assert sign_in("Mei").get(f"/competence/{sun}").status_code == 404
    assert sign_in("Ada").get(f"/competence/{bank.people['Stranger'].pk}").status_code == 404


def test_leaders_never_see_how_a_lesson_was_answered(bank, sign_in, adds):
    adds("Mei", source="learning", size=0.2, score=0.83, competency="role.cash_vouchers")
    theirs = sign_in("Ada").get(f"/competence/{bank.people['Mei'].pk}").content.decode()
    assert ">83 %<" not in theirs and ">通过<" in theirs
    assert ">83 %<" in sign_in("Mei").get("/competence").content.decode()


def test_the_matrix_goes_to_excel(sign_in):
    answer = sign_in("Ada").get("/competence/team?as=xlsx")
    assert answer.status_code == 200 and answer.content[:2] == b"PK"


def test_the_form_of_an_observation(bank, sign_in):
    sun, ada = bank.people["Sun"].pk, sign_in("Ada")
    page = ada.get(f"/competence/observe/{sun}").content.decode()
    assert f"level-{COMPLAINTS}" in page
    assert ada.post(f"/competence/observe/{sun}", {f"level-{COMPLAINTS}": "4"}).status_code == 302
    assert standing(bank, "Sun").marks.lead == 4
    assert ada.get(f"/competence/observe/{bank.people['Stranger'].pk}").status_code == 404
