"""Disputes between colleagues: three levels, three people, business time, recusal, precedents."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, hours_set, journal, scoped, system_scope
from counterpoint.primitives.cases import MissingFields, Recused, WrongStage, case, case_resolve, explain_deadline
from counterpoint.team import api, disputing, precedents
from counterpoint.team.models import Dispute

pytestmark = pytest.mark.django_db
DONE = {"reasons": "双方在晨会上说清楚了", "holding": "转介单以系统登记时间为准"}
DAY = timedelta(days=1)


def raised(bank, who="Mei", against="Omar", title="客户转介归属", **more):
    return api.dispute_open(
        scope=bank.scope(who), now=more.pop("now", bank.now), branch=bank.b01, respondent=bank.people[against].pk,
        topic="referral", title=title, **more,
    )  # fmt: skip


def climb(bank, view, who="Mei", minutes=60):
    return api.dispute_climb(scope=bank.scope(who), now=bank.now + timedelta(minutes=minutes), dispute=view.id)


def test_two_colleagues_settle_it_and_both_must_agree(bank):
    view = raised(bank)
    assert (view.level, view.owner_name) == ("direct", "Omar")
    omar, mei = ({"scope": bank.scope(who), "now": bank.now, "dispute": view.id} for who in ("Omar", "Mei"))
    with pytest.raises(Invalid):
        api.dispute_settle(**omar, decision="upheld", **DONE)
    with pytest.raises(MissingFields):
        api.dispute_settle(**omar, decision="agreed", reasons="", holding="")
    api.dispute_settle(**omar, decision="agreed", **DONE)
    with pytest.raises(Forbidden):
        api.dispute_confirm(**(omar | {"scope": bank.scope("Sun")}), agreed=True)
    assert api.dispute_confirm(**mei, agreed=True).stage_kind == "closed"


def test_three_levels_reach_three_different_people(bank):
    view = raised(bank)
    second = climb(bank, view)
    third = climb(bank, view, minutes=120)
    people = [view.owner_name, second.owner_name, third.owner_name]
    assert people == ["Omar", "Sun", "Rita"] and third.level == "arbitration"
    with pytest.raises(WrongStage):
        climb(bank, view, minutes=130)


def test_a_supervisor_who_is_a_party_is_passed_over(bank):
    view = raised(bank, against="Sun")
    assert climb(bank, view).owner_name == "Ada"


def test_parties_and_those_asked_below_decide_nothing_above(bank):
    view = raised(bank, against="Sun")
    climb(bank, view)
    climb(bank, view, minutes=90)
    for who in ("Sun", "Ada"):
        with pytest.raises(Recused):
            case_resolve(scope=bank.scope(who), case=view.id, now=bank.now, fields={"decision": "refused", **DONE})
    ended = api.dispute_settle(scope=bank.scope("Rita"), now=bank.now + DAY, dispute=view.id, decision="partly", **DONE)
    assert ended.stage_kind == "resolved"
    with pytest.raises(Recused):
        api.dispute_confirm(scope=bank.scope("Ada"), now=bank.now + DAY, dispute=view.id, agreed=True)
    closed = api.dispute_confirm(scope=bank.scope("Hana"), now=bank.now + DAY, dispute=view.id, agreed=True)
    assert closed.stage_kind == "closed"


def test_a_party_can_pass_a_decision_up_until_it_is_confirmed(bank):
    view = raised(bank)
    climb(bank, view)
    api.dispute_settle(scope=bank.scope("Sun"), now=bank.now + DAY, dispute=view.id, decision="refused", **DONE)
    moved = climb(bank, view, minutes=1500)
    assert (moved.level, moved.owner_name, moved.stage_kind) == ("arbitration", "Rita", "doing")


@pytest.mark.parametrize(
    ("opened", "saturday", "due"),
    [  # UTC; Shanghai is eight hours ahead: closing at 17:00 on weekdays, 16:00 on Saturdays
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), True, datetime(2026, 11, 25, 9, tzinfo=UTC)),
        (datetime(2026, 11, 27, 7, tzinfo=UTC), True, datetime(2026, 11, 30, 9, tzinfo=UTC)),  # Friday: Sat, then Mon
        (datetime(2026, 11, 27, 7, tzinfo=UTC), False, datetime(2026, 12, 1, 9, tzinfo=UTC)),  # Friday: Mon, Tue
        (datetime(2026, 9, 30, 7, tzinfo=UTC), False, datetime(2026, 10, 9, 9, tzinfo=UTC)),  # the National Day week
    ],
)  # fmt: skip
def test_nobody_named_falls_through_after_the_deadline_and_weekends_do_not_count(bank, opened, saturday, due):
    if not saturday:
        root = system_scope(("foundation.org.edit",))
        with scoped(root):
            hours_set(scope=root, now=bank.now, branch=bank.b01, weekly={d: [(540, 1020)] for d in range(5)})
    view = raised(bank, now=opened)
    assert view.due_at == due
    assert explain_deadline(scope=bank.scope("Ada"), case=view.id, clock="direct").due_at == due
    assert api.climb_late(now=due - timedelta(seconds=1)) == 0
    assert api.climb_late(now=due) == 1
    moved = case(scope=bank.scope("Ada"), case=view.id, now=due).case
    assert (moved.level, moved.owner_name) == ("supervisor", "Sun")
    assert api.climb_late(now=due) == 0


def test_each_level_has_its_own_time_from_when_the_dispute_got_there(bank):
    """UTC; Shanghai is eight hours ahead: closing at 17:00 on weekdays, 16:00 on Saturdays; Sunday does not count."""
    ada = bank.scope("Ada")
    direct = datetime(2026, 11, 25, 9, tzinfo=UTC)  # Monday and two days
    supervisor = datetime(2026, 12, 1, 9, tzinfo=UTC)  # Wednesday at the bell, then Thu, Fri, Sat, Mon, Tue
    arbitration = datetime(2026, 12, 12, 8, tzinfo=UTC)  # Tuesday, then Wed to Sat, Mon to Sat
    view = raised(bank)
    assert view.due_at == direct
    for now, level, due in ((direct, "supervisor", supervisor), (supervisor, "arbitration", arbitration)):
        assert api.climb_late(now=now - timedelta(seconds=1)) == 0
        assert api.climb_late(now=now) == 1
        moved = case(scope=ada, case=view.id, now=now).case
        told = explain_deadline(scope=ada, case=view.id, clock=level)
        assert (moved.level, moved.due_at, told.due_at, told.started_at) == (level, due, due, now)
        assert sum((line.used for line in told.lines), timedelta()) == told.allowed


def test_who_passes_it_up_early_gives_the_next_level_its_whole_time(bank):
    view = raised(bank)
    moved = climb(bank, view, minutes=60)  # Monday 11:30
    assert moved.due_at == datetime(2026, 11, 28, 8, tzinfo=UTC)  # five working days: Saturday at its bell
    later = climb(bank, view, minutes=24 * 60)  # Tuesday 10:30
    assert later.due_at == datetime(2026, 12, 5, 8, tzinfo=UTC)


def test_an_unowned_dispute_falls_through_to_the_region(bank):
    from counterpoint.foundation.models import User

    view = raised(bank)
    User.objects.filter(name__in=["Sun", "Ada"]).update(is_active=False)
    api.climb_late(now=bank.now + 3 * DAY)
    held = case(scope=bank.scope("Rita"), case=view.id, now=bank.now + 3 * DAY).case
    assert (held.level, held.owner) == ("supervisor", None)
    api.climb_late(now=bank.now + 10 * DAY)
    held = case(scope=bank.scope("Rita"), case=view.id, now=bank.now + 10 * DAY).case
    assert held.level == "arbitration" and held.owner_name == "Rita"


def test_only_the_two_and_the_leaders_see_it(bank):
    view = raised(bank, text="他说话很冲")
    now = bank.now
    for who in ("Mei", "Omar", "Sun", "Ada", "Rita"):
        assert disputing.dispute(scope=bank.scope(who), dispute=view.id, now=now).detail.case.id == view.id
    for who in ("Bo", "Stranger"):
        with pytest.raises(NotFound):
            disputing.dispute(scope=bank.scope(who), dispute=view.id, now=now)
        assert api.my_disputes(scope=bank.scope(who), now=now) == []
    climb(bank, view)  # the other side is still heard when it no longer owns it
    assert [v.id for v in api.my_disputes(scope=bank.scope("Omar"), now=now)] == [view.id]


def test_one_deed_one_entry_and_no_word_in_the_journal(bank):
    view = raised(bank, text="王小明抢客户", key="once")
    again = raised(bank, text="王小明抢客户", key="once")
    assert again.id == view.id
    climb(bank, view)
    with scoped(bank.scope("Ada")):
        kinds = [e.kind for e in journal.about(str(view.id), "team.")]
        told = repr([e.data for e in journal.about(str(view.id), "")])
        assert Dispute.objects.count() == 1
    assert kinds == ["team.dispute_raised", "team.dispute_climbed"] and "小明" not in told


def test_it_takes_two_people_of_the_branch(bank):
    with pytest.raises(Invalid):
        raised(bank, against="Mei")
    with pytest.raises(Invalid):
        raised(bank, against="Bo")
    with pytest.raises(Forbidden):
        api.dispute_open(
            scope=bank.scope("Bo"), now=bank.now, branch=bank.b01, respondent=bank.people["Mei"].pk, topic="other",
            title="x",
        )  # fmt: skip


def settled(bank, title, holding):
    view = raised(bank, title=title)
    api.dispute_settle(
        scope=bank.scope("Omar"), now=bank.now, dispute=view.id, decision="agreed", reasons="说清了", holding=holding
    )
    return api.dispute_confirm(scope=bank.scope("Mei"), now=bank.now, dispute=view.id, agreed=True)


def test_what_was_decided_before_is_shown_while_the_case_is_open(bank):
    first = settled(bank, "换班没有补回", "换班须在系统登记，口头约定不作数")
    settled(bank, "打印机谁来加纸", "值班柜员开门前检查耗材")
    now = raised(bank, title="口头换班之后对方不认")
    shown = disputing.dispute(scope=bank.scope("Sun"), dispute=now.id, now=bank.now)
    assert next(p.case for p in shown.precedents) == first.id
    assert disputing.dispute(scope=bank.scope("Mei"), dispute=now.id, now=bank.now).precedents == ()
    assert api.find(scope=bank.scope("Bo"), text="口头换班", now=bank.now) == []
    assert len(api.find(scope=bank.scope("Rita"), text="口头换班", now=bank.now)) == 1


def test_statistics_count_levels_ends_and_what_fell_through(bank):
    settled(bank, "甲", "要点一要点")
    raised(bank)
    api.climb_late(now=bank.now + 3 * DAY)
    found = disputing.statistics(scope=bank.scope("Ada"), now=bank.now + 3 * DAY)
    assert (found.raised, found.ended, found.fell_through, found.days) == (2, 1, 1, 0.0)
    assert dict(found.by_level) == {"direct": 1, "supervisor": 1, "arbitration": 0}


WORDS = st.text(alphabet="客户转介换班排队abc 1", max_size=30)


@given(query=WORDS, documents=st.lists(WORDS, max_size=8))
def test_ranking_is_bounded_sorted_and_finds_the_text_itself(query, documents):
    found = precedents.ranked(query, documents, most=8)
    scores = [f.score for f in found]
    assert scores == sorted(scores, reverse=True) and all(0 < s <= 1 for s in scores)
    if set(precedents.terms(query)):
        best = precedents.ranked(query, [*documents, query], most=9)
        assert max(f.score for f in best) == pytest.approx(best[0].score)
        assert any(f.place == len(documents) and f.score == pytest.approx(1) for f in best)


def test_ranking_equals_the_cosine_written_out():
    import math

    documents = ["换班 补回", "换班 登记", "打印"]
    asked = "换班 登记"
    found = precedents.ranked(asked, documents, most=3)
    rare = {"换班": math.log(4 / 3) + 1, "补回": math.log(4 / 2) + 1, "登记": math.log(4 / 2) + 1}
    both = rare["换班"] ** 2 / (rare["换班"] ** 2 + rare["补回"] ** 2)
    assert [(f.place, round(f.score, 9)) for f in found] == [(1, 1.0), (0, round(both, 9))]


def test_a_connected_system_files_for_a_staff_number_and_the_journal_names_it(bank, client):
    from counterpoint.foundation import access

    with scoped(bank.scope("Ada")):
        row, token = access.enrol_device(
            scope=bank.scope("Ada"), org_unit=bank.b01, name="hr system", verbs=("team.dispute.open",)
        )

    def send(key="k", **more):
        body = {"claimant": "mei", "respondent": "omar", "topic": "referral", "title": "转介归属"} | more
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return client.post("/api/v1/team/disputes", body, content_type="application/json", headers=headers)

    first = send()
    assert first.status_code == 201 and send().json()["id"] == first.json()["id"]
    with scoped(bank.scope("Sun")):
        (entry,) = journal.about(first.json()["id"], "team.dispute_raised")
    assert entry.data["system"] == str(row.pk) and entry.data["claimant"] == str(bank.people["Mei"].pk)
    mine = api.my_disputes(scope=bank.scope("Mei"), now=bank.now)
    assert [str(one.id) for one in mine] == [first.json()["id"]]
    for wrong in ({"claimant": "bo"}, {"respondent": "bo"}, {"respondent": "mei"}, {"claimant": "nobody"}):
        assert send(key=str(wrong), **wrong).status_code == 422


def test_nobody_raises_a_dispute_in_somebody_else_s_name(bank):
    with pytest.raises(Forbidden):
        api.dispute_open(
            scope=bank.scope("Sun"), now=bank.now, branch=bank.b01, respondent=bank.people["Omar"].pk, topic="referral",
            title="x", claimant=bank.people["Mei"].pk,
        )  # fmt: skip


def test_who_reaches_several_branches_raises_one_where_the_other_side_works(bank, sign_in):
    rita = sign_in("Rita")
    page = rita.get("/team/disputes/raise?unit=b02").content.decode()
    assert "Bo" in page and "Stranger" not in page
    given = {"unit": "b02", "person": str(bank.people["Bo"].pk), "topic": "referral", "title": "跨网点支援",
             "idempotency_key": "r"}  # fmt: skip
    assert rita.post("/team/disputes/raise", given).status_code == 302
    assert "跨网点支援" in sign_in("Bo").get("/team/disputes").content.decode()
    assert "跨网点支援" not in sign_in("Sun").get("/team/disputes").content.decode()
    assert rita.get("/team/disputes/raise?unit=b03").status_code == 404
    assert sign_in("Sun").get("/team/disputes/raise?unit=b02").status_code == 404
