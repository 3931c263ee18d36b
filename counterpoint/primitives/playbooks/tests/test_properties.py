"""The properties of playbook timers by their ids: P-P1 once and in order, P-P2 over is over, P-P3 the version stays,
P-P5 the log is whole. (P-P4, without a server, is in the browser's tests.)"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import journal
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.foundation.scope import scoped
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.content import loader
from counterpoint.primitives.playbooks import rules, ticking
from counterpoint.primitives.playbooks.tests.conftest import item
from counterpoint.primitives.playbooks.tests.naive import FIRED, STORIES, Both
from counterpoint.primitives.playbooks.tests.plans import FIRE, body, plans, read, step, words
from tests.properties import dose

MONDAY = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
QUIET = settings(max_examples=dose(100), suppress_health_check=list(HealthCheck))


@pytest.fixture
def told(bank, monkeypatch):
    """`with told(book) as …` puts one plan on the shelf for one story, and rolls the story back."""
    load = loader._load

    class Story:
        def __init__(self, *items):
            self.items, self.around = items, transaction.atomic()

        def __enter__(self):
            monkeypatch.setattr(
                loader, "_load", lambda kind: (*load(kind), *self.items) if kind == "playbooks" else load(kind)
            )
            self.around.__enter__()
            return self

        def __exit__(self, *failure):
            transaction.set_rollback(True)
            self.around.__exit__(*failure)

    return lambda *books: Story(*(one if isinstance(one, loader.Item) else item(one) for one in books))


@QUIET
@given(book=plans(), story=STORIES, mode=st.sampled_from(("real", "drill")))
def test_p_p1_deadlines_fire_once_and_in_order_across_restarts(told, bank, monkeypatch, book, story, mode):
    with told(book):
        both = Both(bank, book, mode)
        for name, number in [*story, ("wait", 500), ("tick", 0), ("tick", 0)]:
            both.act(name, number, monkeypatch)
        fired = both.fired()
        assert sorted(fired) == sorted(name for _at, name in both.naive.fired)
        assert len(set(fired)) == len(fired)
        at = {name: when for when, name in both.naive.fired}
        assert [at[name] for name in fired] == sorted(at[name] for name in fired)


def test_p_p1_a_pause_holds_nothing_back_that_was_due_before_it(told, bank, monkeypatch):
    """No look came in half an hour, and the play is paused in the minute of its limit: the page goes out first."""
    book = read(body("test.any", [step("s0", "teller")], time_limit={"minutes": 30, "names": words("Limit")}))
    with told(book):
        both = Both(bank, book)
        for name, number in (("wait", 30), ("pause", 0), ("tick", 0), ("wait", 5), ("resume", 0), ("tick", 0)):
            both.act(name, number, monkeypatch)
        assert both.fired() == [name for _at, name in both.naive.fired] == ["told s0 1 0", "limit"]


def test_p_p1_the_time_of_a_step_runs_since_the_last_way_to_it_was_decided(told, bank):
    """Who waits for a fork that in the end does not lead there is not late when it can begin."""
    branch = {"yes": "end", "no": "s2"}
    fork = [
        step("s0", branch={"yes": "end", "no": ["s1", "s2"]}, question=words("?")),
        step("s1", branch=branch, question=words("?")),
    ]
    with told(read(body("test.any", [*fork, step("s2", within={"minutes": 9})]))):
        here = {"scope": bank.scope("Sun"), "play": None}
        here["play"] = door.play_start(scope=here["scope"], org_unit=bank.b01, playbook="test.any", now=bank.now).id
        door.step_done(**here, step="s0", answer="no", now=bank.now)
        later = bank.now + timedelta(minutes=39)
        door.step_done(**here, step="s1", answer="yes", now=later)
        ticking.plays_tick(later)
        last = next(one for one in door.play(**here, now=later).steps if one.slug == "s2")
        assert (last.state, last.ready_at, last.due_at) == ("open", later, later + timedelta(minutes=9))


@QUIET
@given(book=plans(), story=STORIES, end=st.sampled_from(("play_abort", "play_complete")))
def test_p_p2_after_the_end_nothing_fires(told, bank, monkeypatch, book, story, end):
    with told(book):
        both = Both(bank, book)
        for name, number in story:
            both.act(name, number, monkeypatch)
        if both.naive.state in ("running", "paused"):
            getattr(door, end)(scope=both.sun, play=both.play, now=both.now, reason="over")
        before = both.fired()
        for minutes in (1, 60, 10_000):
            assert ticking.plays_tick(both.now + timedelta(minutes=minutes)) == 0
        assert both.fired() == before
        found = door.play(scope=both.sun, play=both.play, now=both.now)
        assert not [s for s in found.steps if s.state in ("open", "waiting")]
        assert all(page.cancelled or page.sent_at for page in found.pages)


@QUIET
@given(minutes=st.integers(0, 30), who=st.sampled_from(("Sun", "Mei", "Ada")))
def test_p_p2_an_acknowledgement_stops_further_pages(told, bank, minutes, who):
    book = read({**FIRE, "steps": [{**FIRE["steps"][0], "next": None, "contact": [
        {"role": "teller", "minutes": 0}, {"role": "supervisor", "minutes": 10}, {"role": "branch_head", "minutes": 20},
    ]}]})  # fmt: skip
    with told(book):
        play = door.play_start(scope=bank.scope("Sun"), org_unit=bank.b01, playbook=book.key, now=bank.now).id
        for minute in range(0, minutes + 1, 2):
            ticking.plays_tick(bank.now + timedelta(minutes=minute))
        at = bank.now + timedelta(minutes=minutes)
        door.step_acknowledge(scope=bank.scope(who), play=play, step="alarm", now=at)
        for minute in range(minutes, 60, 6):
            ticking.plays_tick(bank.now + timedelta(minutes=minute))
        pages = door.play(scope=bank.scope("Sun"), play=play, now=at).pages
        assert [page.order for page in pages if page.sent_at] == [
            n for n in range(3) if 10 * n <= minutes - minutes % 2
        ]


@QUIET
@given(before=plans(most=4), after=plans(most=4), answers=st.lists(st.integers(0, 5), max_size=12))
def test_p_p3_a_play_keeps_the_version_it_started_with(told, bank, before, after, answers):
    first = item(before, 1, until=date(2026, 11, 24))
    with told(first, item(after, 2, since=date(2026, 11, 24))):
        sun, now = bank.scope("Sun"), bank.now
        play = door.play_start(scope=sun, org_unit=bank.b01, playbook=before.key, now=now).id
        for day, number in enumerate(answers, start=1):
            now = bank.now + timedelta(days=day)
            steps = [s for s in door.play(scope=sun, play=play, now=now).steps if s.state == "open"]
            if not steps:
                break
            one = steps[number % len(steps)]
            choices = sorted(before.by_slug[one.slug].branch) or [""]
            door.step_done(scope=sun, play=play, step=one.slug, answer=choices[number % len(choices)], now=now)
        found = door.play(scope=sun, play=play, now=now)
        assert found.version == 1 and {s.slug for s in found.steps} == set(before.by_slug)
        fresh = door.play_start(
            scope=sun, org_unit=bank.b01, playbook=before.key, now=now + timedelta(days=1), mode="drill"
        )
        assert fresh.version == 2


@QUIET
@given(book=plans(), story=STORIES)
def test_p_p5_the_log_tells_who_and_when_and_is_chained(told, bank, monkeypatch, book, story):
    with told(book):
        both = Both(bank, book)
        for name, number in story:
            both.act(name, number, monkeypatch)
        with scoped(both.sun):
            rows = list(JournalEntry.objects.filter(subject=str(both.play)).order_by("id"))
            assert journal.verify_tail(bank.b01, len(rows)).ok
        by_people = [row for row in rows if row.kind not in FIRED]
        assert len(by_people) == both.acts + 1  # and the start
        assert all(row.actor == bank.people["Sun"].pk for row in by_people)
        assert all(row.actor is None for row in rows if row.kind in FIRED)
        assert [row.at for row in rows] == sorted(row.at for row in rows)
        log = door.play(scope=both.sun, play=both.play, now=both.now).log
        assert [(line.at, line.kind) for line in log] == [(row.at, row.kind.split(".")[1]) for row in rows]


@given(book=plans(), answers=st.lists(st.integers(0, 9), max_size=30))
def test_a_plan_always_ends_when_nobody_says_again(book, answers):
    settled = {}
    for number in [*answers, *[0] * len(book.steps)]:
        found = rules.standings(book, settled, MONDAY)
        ready = [slug for slug, one in found.items() if one.state == "ready"]
        if not ready:
            break
        slug = ready[number % len(ready)]
        choices = [a for a in sorted(book.by_slug[slug].branch) if not book.by_slug[slug].repeats(a)] or [""]
        settled[slug] = rules.Settled(choices[number % len(choices)], MONDAY)
    assert {one.state for one in rules.standings(book, settled, MONDAY).values()} <= {"settled", "unneeded"}


def test_nothing_of_a_drill_leaves_through_a_channel(bank, fire):
    sun = bank.scope("Sun")
    for mode in ("drill", "real"):
        door.play_start(scope=sun, org_unit=bank.b01, playbook="test.fire", now=bank.now, mode=mode)
    for minutes in (0, 2, 5, 21):
        ticking.plays_tick(bank.now + timedelta(minutes=minutes))
    with scoped(bank.scope("Hana")):
        told = list(Message.objects.all())
    drill = [one for one in told if one.title.startswith(("[DRILL]", "【演练】"))]
    assert drill and all(one.recipient_id for one in drill)
    to_channel = [one for one in told if one.recipient_id is None]
    assert len(to_channel) == 2  # the start and the limit of the real one
    real = {(one.recipient_id, one.title) for one in told if one not in drill and one.recipient_id}
    strip = lambda text: text.replace("[DRILL] ", "").replace("【演练】", "")  # noqa: E731
    assert {(one.recipient_id, strip(one.title)) for one in drill} == real
