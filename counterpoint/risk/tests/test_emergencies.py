"""The emergencies of a branch: two drills a year, counted and scored; a missing one alarms; one press starts a plan."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives import cases
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks import drills
from counterpoint.primitives.playbooks.definition import playbooks, walk
from counterpoint.risk.emergencies import standings

PLANS = (
    "risk.system_outage", "risk.network_cut", "risk.power_cut", "risk.fire_evacuation", "risk.robbery", "risk.flood",
    "risk.bank_run", "risk.rumour",
)  # fmt: skip


def drill(bank, key, now, slow=1.0):
    """Hold a drill as the plan has it; `slow` stretches every step's usual minutes."""
    sun = bank.scope("Sun")
    play = door.play_start(scope=sun, org_unit=bank.b01, playbook=key, now=now, mode="drill").id
    at = now
    book = playbooks(bank.b01.date_at(now), "cn")[key].value
    for slug in walk(book, {}):
        step = book.by_slug[slug]
        at += timedelta(minutes=slow * (step.usual_minutes or 1) * 0.5)
        answer = next((a for a in step.branch if not step.repeats(a)), "")
        values = {
            f.slug: next(iter(f.choices), "10:00" if f.kind == "time" else "yes" if f.kind == "yes_no" else "1")
            for f in step.form
        }
        door.step_done(scope=sun, play=play, step=slug, now=at, answer=answer, values=values)
    return door.play(scope=sun, play=play, now=at)


@pytest.mark.parametrize("key", PLANS)
def test_every_plan_can_be_played_from_its_first_step_to_its_last(bank, key):
    found = drill(bank, key, bank.now)
    assert found.state == "completed" and found.passed and found.score >= 80


def test_two_drills_a_year_are_counted_and_a_failed_one_does_not_count(bank):
    sun = bank.scope("Sun")
    drills.drills_tick(bank.now)
    first, bad = datetime(2026, 3, 3, 2, tzinfo=UTC), datetime(2026, 9, 9, 2, tzinfo=UTC)
    assert drill(bank, "risk.flood", first).passed
    assert drill(bank, "risk.flood", bad, slow=9).passed is False
    duties = [d for d in door.drill_duties(scope=sun, org_unit=bank.b01, now=bank.now) if d.playbook == "risk.flood"]
    assert [(d.number, d.state) for d in duties] == [(1, "done"), (2, "soon")]
    one = next(s for s in standings(scope=sun, branch=bank.b01, now=bank.now) if s.book.key == "risk.flood")
    assert one.done == 1 and one.level == "watch" and one.last_drill.passed is False


def test_a_missing_second_drill_alarms_once_and_becomes_a_case(bank):
    drills.drills_tick(datetime(2026, 1, 2, 2, tzinfo=UTC))
    drill(bank, "risk.flood", datetime(2026, 3, 3, 2, tzinfo=UTC))
    after = datetime(2026, 12, 1, 2, tzinfo=UTC)
    for _ in range(6):
        drills.drills_tick(after)
    with scoped(bank.scope("Hana")):
        missed = JournalEntry.objects.filter(kind="primitives.drill_missed", org_unit=bank.b01)
        assert sorted((e.data["playbook"], e.data["number"]) for e in missed if e.data["playbook"] == "risk.flood") == [
            ("risk.flood", 2)
        ]
    with unscoped("the test looks at everybody's messages"):
        mine = Message.objects.filter(recipient=bank.people["Sun"], title__contains="台风洪涝")
        assert mine.count() == 1
    found = cases.cases(scope=bank.scope("Sun"), filters=cases.CaseFilter(type="risk.measure"), now=after)
    assert sum("台风洪涝" in row.title for row in found.rows) == 1


def test_a_house_set_up_in_november_raises_no_alarm_for_june(bank):
    drills.drills_tick(bank.now)
    drills.drills_tick(bank.now + timedelta(minutes=5))
    with scoped(bank.scope("Hana")):
        assert not JournalEntry.objects.filter(kind="primitives.drill_missed").exists()


def test_a_planned_drill_that_cannot_start_keeps_no_other_and_is_tried_again(bank, monkeypatch):
    drills.drills_tick(bank.now)
    sun, at, begin = bank.scope("Sun"), bank.now + timedelta(hours=1), drills.play_start

    def broken(*, playbook, **more):
        if playbook == "risk.flood":
            raise ValueError
        return begin(playbook=playbook, **more)

    for duty in door.drill_duties(scope=sun, org_unit=bank.b01, now=bank.now):
        if duty.playbook in ("risk.flood", "risk.robbery") and duty.state == "soon":
            door.drill_plan(scope=sun, duty=duty.id, now=bank.now, at=at)
    monkeypatch.setattr(drills, "play_start", broken)
    assert drills.drills_tick(at) == 1
    assert [p.playbook for p in door.plays(scope=sun)] == ["risk.robbery"]
    monkeypatch.setattr(drills, "play_start", begin)
    assert drills.drills_tick(at + timedelta(minutes=5)) == 1
    assert {p.playbook for p in door.plays(scope=sun)} == {"risk.robbery", "risk.flood"}


def test_a_planned_drill_starts_by_itself_once(bank):
    drills.drills_tick(bank.now)
    sun = bank.scope("Sun")
    duty = next(
        d for d in door.drill_duties(scope=sun, org_unit=bank.b01, now=bank.now) if d.playbook == "risk.robbery"
    )
    at = bank.now + timedelta(hours=1)
    door.drill_plan(scope=sun, duty=duty.id, now=bank.now, at=at)
    for minutes in (30, 60, 61, 70):
        drills.drills_tick(bank.now + timedelta(minutes=minutes))
    found = door.plays(scope=sun, playbook="risk.robbery")
    assert [(p.mode, p.trigger) for p in found] == [("drill", f"schedule:{duty.id}")]


def test_the_page_shows_chances_and_starts_a_plan(sign_in, bank):
    drill(bank, "risk.system_outage", bank.now)
    sun = sign_in("Sun")
    page = sun.get(reverse("risk:emergencies")).content.decode()
    assert "核心系统故障" in page and "4 小时恢复时限" in page and "%" in page
    assert sun.get(reverse("primitives:plan", args=["risk.system_outage"])).status_code == 200
    went = sun.post(reverse("primitives:play-start"), {"playbook": "risk.robbery", "mode": "real"})
    assert sun.get(went.url).status_code == 200
    assert sign_in("Mei").get(reverse("risk:emergencies")).status_code == 200


def test_a_finding_becomes_one_case(sign_in, bank):
    play = drill(bank, "risk.flood", bank.now, slow=9)
    found = door.report(scope=bank.scope("Sun"), play=play.id, now=play.ended_at)
    late = next(one for one in found.findings if one.kind == "late")
    sun = sign_in("Sun")
    for _ in range(2):
        sun.post(reverse("primitives:play-lesson", args=[play.id]), {"finding": late.key})
    rows = cases.cases(scope=bank.scope("Sun"), filters=cases.CaseFilter(type="risk.measure"), now=bank.now).rows
    assert len(rows) == 1 and rows[0].source == f"primitives.play:{play.id}"
    assert rows[0].level == "drill" and rows[0].due_at == datetime(2026, 12, 8, 16, tzinfo=UTC)  # the 15th day ends


def test_drills_never_reach_live_numbers(bank):
    """Every number counted on plays says whether it means drills or real ones, and the live one does not move."""
    from counterpoint.primitives.content import every
    from counterpoint.primitives.metrics import relation

    parts = []
    for item in every("metrics"):
        terms = [term.part for term in (*item.value.numerator, *item.value.denominator)]
        parts += [
            (item.key, part) for part in (*terms, item.value.part) if part and part.relation == "primitives.plays"
        ]
    assert parts
    assert [key for key, part in parts if "mode" not in str(part.where.as_data())] == []
    drill(bank, "risk.flood", bank.now, slow=9)
    days = (bank.now.date(), bank.now.date() + timedelta(days=1))
    frame = relation("primitives.plays").read(bank.scope("Sun"), [bank.b01], *days)[bank.b01.pk]
    assert list(frame["mode"]) == ["drill"] and not next(iter(frame["on_time"]))


def test_a_refused_change_of_mode_is_the_databases_own(bank):
    """No code path, not even around the models, turns a drill into a real play."""
    from django.db import DatabaseError, transaction

    from counterpoint.primitives.playbooks.models import Play, PlayStep

    play = drill(bank, "risk.fire_evacuation", bank.now).id
    with scoped(bank.scope("Sun")):
        for change in ({"mode": "real"}, {"version": 9}, {"state": "running"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Play.objects.filter(pk=play).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            PlayStep.objects.filter(play=play).update(done_at=bank.now)


def test_every_plan_names_a_kind_of_case_and_a_level_that_exist(bank):
    on = bank.b01.date_at(bank.now)
    kinds = cases.case_types(on, "cn", bank.b01.path)
    for key, item in playbooks(on, "cn").items():
        if item.value.lesson:
            kind = kinds[item.value.lesson]
            assert kind.level(item.value.lesson_level or kind.levels[0].slug), key


def test_a_gap_of_a_drill_is_over_only_when_it_was_tested_again(bank):
    play = drill(bank, "risk.flood", bank.now, slow=9)
    found = door.report(scope=bank.scope("Sun"), play=play.id, now=play.ended_at)
    ada, sun, now = bank.scope("Ada"), bank.scope("Sun"), play.ended_at
    case = door.lesson_open(scope=sun, play=play.id, finding=found.findings[0].key, now=now).id
    with pytest.raises(cases.MissingFields):
        cases.case_resolve(scope=sun, case=case, now=now, fields={"done": "换了沙袋"})
    cases.case_resolve(scope=sun, case=case, now=now, fields={"done": "换了沙袋", "test": "下次演练复测"})
    cases.case_verify(scope=bank.scope("Rita"), case=case, passed=True, now=now)
    with pytest.raises(cases.MissingFields):
        cases.case_close(scope=ada, case=case, now=now)
    cases.case_close(scope=ada, case=case, now=now, fields={"effective": "confirmed"})
