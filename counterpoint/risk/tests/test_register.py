"""The register: set up from content, moved by rounds, drills, incidents and metrics, by nothing else, once."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.primitives.cases import case_comment, case_drop, case_level
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.risk import api
from counterpoint.risk.models import Risk, RiskControl, RiskEvidence, RiskMove
from counterpoint.risk.register import kinds

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def register(bank):
    """b01's register, set up by Sun."""
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    return bank


def risk(bank, key="risk.cash_difference", who="Sun"):
    with scoped(bank.scope(who)):
        return Risk.objects.get(key=key, org_unit=bank.b01)


def round_done(bank, checklist="risk.test_cash", passed=True, percent=100.0, at=None):
    at = at or bank.now - DAY
    with scoped(bank.scope("Sun")):
        row = Round(
            org_unit=bank.b01, checklist=checklist, version=1, pack="cn", business_date=at.date(), state="submitted",
            done_at=at, percent=percent, passed=passed,
        )  # fmt: skip
        row.save()
    return row


def collect(bank, days=0):
    return api.evidence_collect(scope=bank.scope("Sun"), now=bank.now + days * DAY, branch=bank.b01)


def test_the_content_of_a_branch_makes_its_register_once(bank, register):
    wanted = kinds.risks(bank.b01, bank.now)
    with scoped(bank.scope("Sun")):
        rows = list(Risk.objects.filter(org_unit=bank.b01))
        assert len(rows) == len(wanted) >= 25
        assert all(row.residual == row.likelihood * row.impact for row in rows)
        assert RiskMove.objects.filter(cause="registered").count() == len(rows)
    assert api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01) == []
    with scoped(bank.scope("Sun")):
        assert len(journal.about("b01", "risk.registered")) == 1
    assert {row.category for row in rows} == set(kinds.CATEGORIES)


def test_a_passed_test_lowers_it_and_the_move_says_what_moved_it(bank, register):
    done = round_done(bank)
    before = risk(bank).residual
    assert collect(bank) > 0
    after = risk(bank)
    assert after.residual < before
    with scoped(bank.scope("Sun")):
        move = RiskMove.objects.filter(risk=after).first()
        control = RiskControl.objects.get(risk=after, slug="count_aloud")
    assert (move.cause, move.source, move.before, move.after) == ("test", f"round:{done.pk}", before, after.residual)
    assert (control.last_result, control.effect) == (1.0, pytest.approx(0.45, abs=0.01))


def test_the_same_evidence_counts_once_and_a_quiet_day_writes_nothing(bank, register):
    round_done(bank)
    assert collect(bank) > 0
    with scoped(bank.scope("Sun")):
        count, entries = RiskEvidence.objects.count(), len(journal.about("b01", "risk.assessed"))
    assert collect(bank) == 0
    with scoped(bank.scope("Sun")):
        assert (
            (RiskEvidence.objects.count(), len(journal.about("b01", "risk.assessed"))) == (count, entries) == (count, 1)
        )


def test_a_failed_test_counts_as_failed_and_moves_nothing_down(bank, register):
    round_done(bank, passed=False, percent=90.0)
    collect(bank)
    assert risk(bank).residual == 8


def line(bank, days=0, key="risk.cash_difference"):
    rows = api.risks(scope=bank.scope("Sun"), now=bank.now + days * DAY, branch=bank.b01)
    return next(one for one in rows if one.key == key)


def test_missing_evidence_leaves_the_residual_unchanged_however_long(bank, register):
    assert collect(bank, days=30) == 0 and risk(bank).residual == 8
    round_done(bank)
    collect(bank)
    low = risk(bank)
    with scoped(bank.scope("Sun")):
        moves = RiskMove.objects.filter(risk=low).count()
    for days in (1, 40, 180, 2000):
        assert collect(bank, days=days) == 0
        assert (risk(bank).residual, risk(bank).assessed_at) == (low.residual, low.assessed_at)
    with scoped(bank.scope("Sun")):
        assert RiskMove.objects.filter(risk=low).count() == moves


def test_old_evidence_is_said_to_be_old_and_the_next_piece_puts_it_into_proportion(bank, register):
    for days in (3, 2, 1):
        round_done(bank, at=bank.now - days * DAY)
    collect(bank)
    low = risk(bank).residual
    assert not line(bank).old and not line(bank, days=150).old
    assert line(bank, days=200).old and line(bank, days=200).residual == low
    assert not line(bank, days=200, key="risk.fire").old  # never tested is not old
    round_done(bank, at=bank.now + 365 * DAY, passed=False, percent=40.0)
    collect(bank, days=366)
    assert risk(bank).residual > low and not line(bank, days=366).old


def test_evidence_taken_back_leaves_what_the_rest_shows(bank, register):
    round_done(bank)
    collect(bank)
    low = risk(bank).residual
    view = report(bank, now=bank.now + 90 * DAY)
    assert risk(bank).residual > low
    case_drop(scope=bank.scope("Sun"), case=view.id, reason="误报", now=bank.now + 95 * DAY)
    assert risk(bank).residual == low


def test_an_opinion_cannot_move_it(bank, register):
    row, sun = risk(bank), {"scope": bank.scope("Sun"), "now": bank.now}
    api.risk_owner_set(**sun, risk=row.pk, owner=bank.people["Mei"].pk)
    api.follow_up(**sun, risk=row.pk, kind="measure", title="换新点钞机")
    api.follow_up(**sun, risk=row.pk, kind="exception", title="人手不足暂缓", until=date(2026, 12, 31))
    finding = api.follow_up(**sun, risk=row.pk, kind="finding", title="主管认为风险已下降")
    case_comment(**sun, case=finding.id, text="我觉得风险很低")
    assert collect(bank) == 0
    held = risk(bank)
    assert (held.residual, held.likelihood, held.impact) == (row.residual, row.likelihood, row.impact)


def report(bank, who="Mei", **more):
    words = {"kind": "human", "error": "cash", "title": "尾箱短款", "level": "minor"} | more
    return api.incident_report(scope=bank.scope(who), now=words.pop("now", bank.now), branch=bank.b01, **words)


def test_an_incident_presses_on_the_risks_of_its_error(bank, register):
    view = report(bank)
    row = risk(bank)
    assert row.residual > 8 and row.residual_likelihood > 4
    with scoped(bank.scope("Sun")):
        assert [e.source for e in RiskEvidence.objects.filter(risk=row)] == [f"case:{view.id}"]
        assert RiskMove.objects.filter(risk=row).first().cause == "incident"
    assert risk(bank, "risk.fire").residual == 10


def test_a_graver_incident_presses_more_and_a_dropped_one_not_at_all(bank, register):
    view = report(bank)
    minor = risk(bank).residual
    case_level(scope=bank.scope("Sun"), case=view.id, level="grave", reason="金额大", now=bank.now)
    assert risk(bank).residual > minor
    case_drop(scope=bank.scope("Sun"), case=view.id, reason="误报", now=bank.now)
    assert risk(bank).residual == 8
    with scoped(bank.scope("Sun")):
        assert RiskEvidence.objects.get(source=f"case:{view.id}").retracted_at == bank.now
        assert RiskMove.objects.filter(risk=risk(bank)).first().cause == "retracted"


def test_an_incident_follows_the_risks_that_people_name(bank, register):
    view = report(bank)
    api.incident_link(scope=bank.scope("Sun"), now=bank.now, incident=view.id, risks=("risk.fire",))
    assert risk(bank).residual == 8 and risk(bank, "risk.fire").residual > 10
    with scoped(bank.scope("Sun")):
        assert len(journal.about(str(view.id), "risk.assessed")) == 2


def test_a_human_error_says_which(bank, register):
    with pytest.raises(Invalid):
        report(bank, error="")


def test_a_play_is_evidence_of_the_corrective_control(bank, register):
    from counterpoint.primitives.playbooks.models import Play

    with scoped(bank.scope("Sun")):
        play = Play(
            org_unit=bank.b01, playbook="risk.fire_evacuation", version=1, pack="cn", mode="drill", state="completed",
            started_at=bank.now - DAY, entered_at=bank.now - DAY, ended_at=bank.now - DAY, score=80,
        )  # fmt: skip
        play.save()
    collect(bank)
    row = risk(bank, "risk.fire")
    assert row.residual_likelihood == 2 and row.residual_impact < 5
    with scoped(bank.scope("Sun")):
        assert RiskControl.objects.get(risk=row, slug="fire_drill").last_result == 0.8


@pytest.mark.parametrize("who", ["Bo", "Stranger"])
def test_another_branch_sees_and_changes_nothing(bank, register, who):
    row = risk(bank)
    for verb, more in ((api.risk_owner_set, {"owner": bank.people["Mei"].pk}),
                       (api.follow_up, {"kind": "measure", "title": "x"})):  # fmt: skip
        with pytest.raises(NotFound):
            verb(scope=bank.scope(who), now=bank.now, risk=row.pk, **more)
    with pytest.raises(Forbidden):
        api.evidence_collect(scope=bank.scope(who), now=bank.now, branch=bank.b01)
    assert api.risks(scope=bank.scope(who), now=bank.now) == []
    assert len(api.risks(scope=bank.scope("Rita"), now=bank.now)) >= 25


def test_a_teller_reports_but_does_not_see_the_register(bank, register):
    assert report(bank, who="Mei").stage_kind == "open"
    with pytest.raises(NotFound):
        api.risk(scope=bank.scope("Mei"), risk=risk(bank).pk, now=bank.now)


def test_an_exception_has_an_owner_a_last_day_and_a_state(bank, register):
    row, sun = risk(bank), {"scope": bank.scope("Sun"), "now": bank.now}
    with pytest.raises(Invalid):
        api.follow_up(**sun, risk=row.pk, kind="exception", title="x", until=date(2026, 11, 23))
    view = api.follow_up(**sun, risk=row.pk, kind="exception", title="暂缓双人加钞", until=date(2026, 12, 31))
    assert view.owner is not None and view.stage == "asked"
    assert view.due_at.astimezone(bank.now.tzinfo).date() == date(2026, 12, 31)


NEW = """
key: risk.heatwave
version: 1
source: a test
mark: D
effective_from: 2020-01-01
names: {zh-hans: 高温中暑, en: Heat}
what: {zh-hans: 户外排队客户中暑, en: Customers suffer from heat}
category: process
likelihood: 3
impact: 4
owner: supervisor
causes: [{zh-hans: 排队过长, en: Long queue}]
controls:
  - slug: shade
    names: {zh-hans: 遮阳与饮水, en: Shade and water}
    kind: preventive
    checklist: onsite.pre_open
    every: day
errors: [other]
"""


def test_a_new_risk_is_one_file(bank, register, content_folder):  # noqa: F811
    content_folder("risks", NEW)
    made = api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    assert [row.key for row in made] == ["risk.heatwave"]
    round_done(bank, checklist="onsite.pre_open")
    collect(bank)
    assert risk(bank, "risk.heatwave").residual < 12
    before = risk(bank, "risk.heatwave").residual
    report(bank, error="other")
    assert risk(bank, "risk.heatwave").residual > before


def test_the_tick_collects_once_a_day(bank, register):
    from counterpoint.risk.register.ticking import collect as tick

    round_done(bank)
    assert tick(bank.now) == 0
    assert tick(bank.now + DAY) == 1 and tick(bank.now + DAY) == 0
    assert risk(bank).residual < 8


def test_typed_errors_are_counted_with_limits(bank, register):
    for _n in range(3):
        report(bank, who="Sun")
    report(bank, error="seal", level="near_miss")
    found = api.statistics(scope=bank.scope("Sun"), org_unit=bank.b01, now=bank.now + DAY)
    rates = {r.slug: r for r in found.errors}
    assert (rates["cash"].count, rates["seal"].count, found.near_misses, found.incidents) == (3, 1, 1, 4)
    assert rates["cash"].value is None or rates["cash"].low < rates["cash"].value < rates["cash"].high
