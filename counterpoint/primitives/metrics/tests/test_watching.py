"""The watch: noise is quiet, a change and a silence are not, a broken alarm is an alarm, everything once."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import Invalid, journal, scoped
from counterpoint.foundation.models import Message, OrgUnit
from counterpoint.primitives import metrics
from counterpoint.primitives.cases import CaseFilter, cases
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.primitives.metrics import alarms, breaches, listening, needs, telling, watching
from counterpoint.primitives.metrics.models import MetricAlarm, MetricRound
from counterpoint.primitives.metrics.tests import feeds

LIMIT = {"slug": "high", "kind": "absolute", "level": "act", "high": 8, "min_volume": 30}


@pytest.fixture
def feed(monkeypatch):
    return feeds.offer(monkeypatch)


@pytest.fixture
def today(bank):
    return bank.now.date()


def judge(bank, *wanted, on=1, now=None):
    """Judge the day so many days ago."""
    now = now or bank.now
    branch = bank.b01
    day = branch.date_at(now) - timedelta(days=on)
    return watching.judge_branch(watching.night(branch.path), branch, wanted, [day], now)


def raised(bank, **more):
    with scoped(bank.scope("Sun")):
        return list(MetricAlarm.objects.filter(**more).select_related("org_unit").order_by("raised_at", "rule"))


def test_small_count_noise_does_not_alarm(bank, feed, today):
    feed.days(today, 40, n=12, bad=1)
    feed.add(today - timedelta(days=1), 3, bad=True)  # four bad of fifteen: 27 % on a limit of 8 %
    assert judge(bank, feeds.metric(LIMIT)) == 0 and raised(bank) == []


def test_a_real_change_alarms_once_and_says_where(bank, feed, today):
    feed.days(today, 40, n=100, bad=3)
    feed.add(today - timedelta(days=1), 40, bad=True, service="transfer", hour=14)
    one = feeds.metric(LIMIT)
    assert (judge(bank, one), judge(bank, one)) == (1, 0)
    (alarm,) = raised(bank)
    assert (alarm.level, alarm.state, alarm.found["n"]) == ("act", "open", 140)
    movers = {m["column"]: m["key"] for m in alarm.cause["movers"]}
    assert movers == {"hour": "14", "service": "transfer"}
    with scoped(bank.scope("Sun")):
        assert journal.JournalEntry.objects.filter(kind="primitives.alarm_raised").count() == 1


def test_people_and_the_channel_hear_of_it_once_each_in_their_language(bank, feed, today):
    feed.days(today, 8, n=100, bad=30)
    judge(bank, feeds.metric(LIMIT))
    judge(bank, feeds.metric(LIMIT))
    with scoped(bank.scope("Sun")):
        sent = list(Message.objects.filter(dedupe__startswith="alarm:").select_related("recipient"))
    assert sorted(m.recipient.name if m.recipient else "channel" for m in sent) == ["Ada", "Sun", "channel"]
    assert all("30.0" in m.title and "8.0" in m.title for m in sent)
    assert all(m.link.startswith("/analytics/alerts/") for m in sent)


def test_an_alarm_is_over_when_the_number_is_back(bank, feed, today):
    feed.days(today - timedelta(days=1), 8, n=100, bad=30)
    feed.days(today, 1, n=100, bad=2)
    one = feeds.metric(LIMIT)
    judge(bank, one, on=2)
    assert [a.state for a in raised(bank)] == ["open"]
    judge(bank, one, on=1)
    assert [a.state for a in raised(bank)] == ["over"]


def test_a_breach_opens_one_case_while_it_lasts(bank, feed, today):
    feed.days(today, 8, n=100, bad=30)
    one = feeds.metric(LIMIT, on_breach={"case": "primitives.task", "level": "urgent"})
    for back in (3, 2, 1):
        judge(bank, one, on=back)
    assert len(raised(bank)) == 3 and len({a.started for a in raised(bank)}) == 1
    found = cases(scope=bank.scope("Sun"), filters=CaseFilter(), now=bank.now)
    assert [c.level for c in found.rows] == ["urgent"]


def test_a_listener_hears_of_every_breach_and_a_handler_by_its_word(bank, feed, today, monkeypatch):
    heard = []
    monkeypatch.setattr(breaches, "_listeners", [lambda breach: heard.append(breach.metric.key)])
    monkeypatch.setitem(breaches._handlers, "playbook", lambda breach, config: f"play:{config['playbook']}")
    feed.days(today, 8, n=100, bad=30)
    judge(bank, feeds.metric(LIMIT, on_breach={"playbook": "surge"}))
    assert heard == ["test.bad"] and raised(bank)[0].started == "play:surge"


def test_a_muted_metric_is_kept_and_tells_nobody(bank, feed, today):
    feed.days(today, 8, n=100, bad=30)
    one = feeds.metric(LIMIT, on_breach={"case": "primitives.task"})
    here = {"scope": bank.scope("Sun"), "org_unit": bank.b01, "now": bank.now}
    with pytest.raises(Invalid):
        alarms.metric_mute(**here, metric=one, until=today + timedelta(days=9), reason="  ")
    with pytest.raises(Invalid):
        alarms.metric_mute(**here, metric=one, until=today + timedelta(days=200), reason="building works")
    alarms.metric_mute(**here, metric=one, until=today + timedelta(days=9), reason="building works")
    judge(bank, one)
    (alarm,) = raised(bank)
    assert (alarm.muted, alarm.started) == (True, "")
    with scoped(bank.scope("Sun")):
        assert not Message.objects.filter(dedupe__startswith="alarm:").exists()
    assert alarms.metric_unmute(**here, metric="test.bad") == 1
    judge(bank, one, on=2)
    assert {a.pk: a.muted for a in raised(bank)}.pop(alarm.pk) is True
    assert [a.muted for a in raised(bank) if a.pk != alarm.pk] == [False]


def test_three_late_days_in_a_row(bank, feed, today):
    feed.days(today, 3, n=60, bad=5)
    feed.days(today - timedelta(days=3), 5, n=60, bad=1)
    one = feeds.metric({"slug": "three", "kind": "target", "periods": 3, "min_volume": 30, "sure": False})
    assert (judge(bank, one, on=2), judge(bank, one, on=1)) == (0, 1)


def test_a_failing_alarm_raises_its_own_and_stops_no_other(bank, feed, today, monkeypatch):
    feed.days(today, 8, n=100, bad=30)
    broken = feeds.metric(LIMIT, key="test.broken", relation="test.gone")
    assert judge(bank, broken, feeds.metric(LIMIT)) == 2
    assert {(a.metric, a.rule) for a in raised(bank)} == {("test.broken", "failure"), ("test.bad", "high")}
    assert judge(bank, broken) == 0  # once a day


def test_a_handler_that_fails_is_said_and_the_alarm_comes_again(bank, feed, today):
    feed.days(today, 8, n=100, bad=30)
    one = feeds.metric(LIMIT, on_breach={"case": "nobody.knows"})
    judge(bank, one)
    assert [a.rule for a in raised(bank)] == ["failure"]


SILENT = {"silence": {"hours": 2}}


def listen(bank, one, now):
    return listening.listen(watching.night(bank.b01.path), bank.b01, [one], now)


def test_silence_alarms_after_opening_hours_only_and_is_over_with_the_next_row(bank, feed, today):
    one = feeds.metric(**SILENT)
    friday = today - timedelta(days=3)
    feed.add(friday, 5, hour=16)  # the branch closes at 17 and was open on Saturday until 16
    assert listen(bank, one, bank.now) == 1
    assert listen(bank, one, bank.now + timedelta(minutes=5)) == 0
    (alarm,) = raised(bank)
    assert (alarm.rule, alarm.level) == ("silence", "act") and alarm.found["hours"] > 6
    feed.add(today, 1, hour=10)
    listen(bank, one, bank.now + timedelta(minutes=10))
    assert raised(bank)[0].state == "over"


def test_a_quiet_hour_and_a_night_are_no_silence(bank, feed, today):
    one = feeds.metric(**SILENT)
    feed.add(today, 1, hour=9)
    assert listen(bank, one, bank.now) == 0  # half past ten: half an hour since the hour of the last row
    assert listen(bank, one, bank.now + timedelta(hours=2)) == 1


def test_a_feed_that_never_was_is_no_silence(bank, feed, today):
    assert listen(bank, feeds.metric(**SILENT), bank.now) == 0


NEW = """
- key: test.new
  version: 1
  source: "a file that was put there at run time"
  mark: D
  effective_from: 2020-01-01
  code: NEW
  names: {zh-hans: 新指标, en: New number}
  unit: "%"
  direction: down
  relation: test.things
  measure: ratio
  numerator: [{count: true, where: {bad: true}}]
  denominator: [{count: true}]
  target: 5
  thresholds: [{slug: high, kind: absolute, level: act, high: 8, min_volume: 30}]
  on_breach: {case: primitives.task}
"""


def test_a_new_kpi_is_one_file(bank, feed, today, content_folder):  # noqa: F811
    """Counted, refreshed, judged, told and turned into a case, with nothing but a file."""
    feed.days(today, 8, n=100, bad=30)
    content_folder("metrics", NEW)
    value = metrics.value(
        scope=bank.scope("Sun"), org_unit=bank.b01, metric="test.new", grain="day", period=today - timedelta(days=1)
    )
    assert (value.value, value.n, value.state) == (30.0, 100, "act")
    watching.watch_branch(bank.b01, bank.now)
    (alarm,) = raised(bank, metric="test.new")
    assert alarm.started.startswith("case:")
    reads = feed.reads
    again = metrics.value(
        scope=bank.scope("Sun"), org_unit=bank.b01, metric="test.new", grain="day", period=today - timedelta(days=1)
    )
    assert again == value and feed.reads == reads  # from the cells


def test_the_tick_serves_every_branch_and_remembers_how_far_it_came(bank, feed, today, monkeypatch):
    monkeypatch.setattr(needs, "items", lambda *asked, **more: {})
    for _tick in range(3):  # of three branches each tick looks at one: all within the minute
        watching.watch(bank.now)
    assert watching.due_branches(bank.now + timedelta(seconds=30)) == []
    assert len(watching.due_branches(bank.now + timedelta(seconds=60))) == 1
    with scoped(watching.night()):
        assert MetricRound.objects.count() == OrgUnit.objects.filter(kind="branch").count()
        assert {r.judged for r in MetricRound.objects.all()} == {today - timedelta(days=1)}


def test_seeing_an_alarm_is_a_leaders_deed(bank, feed, today):
    feed.days(today, 8, n=100, bad=30)
    judge(bank, feeds.metric(LIMIT))
    (alarm,) = raised(bank)
    for stranger in ("Mei", "Stranger"):
        with pytest.raises(Exception) as refused:
            alarms.alarm_see(scope=bank.scope(stranger), alarm=alarm.pk, now=bank.now)
        assert refused.value.status in (403, 404)
    seen = alarms.alarm_see(scope=bank.scope("Sun"), alarm=alarm.pk, now=bank.now)
    assert seen.state == "seen" and seen.seen_by == bank.people["Sun"].pk


def test_an_alarm_in_words(bank, feed, today):
    feed.days(today, 40, n=100, bad=3)
    feed.add(today - timedelta(days=1), 40, bad=True, service="transfer", hour=14)
    one = feeds.metric(LIMIT)
    judge(bank, one)
    title, text = telling.message(one, raised(bank)[0])
    assert "30.7" in title and "n = 140" in text and "transfer" in text and bank.b01.name in text
