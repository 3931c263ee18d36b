"""A ticket called before others: within the rules of fairness, with its reason, undone; and seen alike everywhere."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.onsite import api, futures, ordering
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.queries import past, record
from counterpoint.onsite.queries.snapshot import snapshot
from counterpoint.onsite.state import hall_of
from counterpoint.science import advice, replay, twin

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(hall):
    """One window, where Mei has just called; two transfers wait, of which only their tier says how long they may."""
    hall.open(1)
    called = hall.take(service="transfer")
    hall.serve(called)
    hall.slow, hall.quick = hall.take(service="transfer"), hall.take(service="transfer")
    with hall.scoped():
        Ticket.objects.update(promise_high=None)
    return hall


def order(hall):
    """Labels in the order of calling."""
    with hall.scoped():
        return [t.label for t in look(hall).waiting]


def look(hall):
    return hall_of(scope=hall.sun, branch=hall.branch, now=hall.now)


def test_the_next_free_window_calls_it_first(queue):
    answer = queue.do("ticket_first", ticket=queue.quick.id)
    assert answer.first and answer.state == "waiting"
    assert order(queue) == [queue.quick.label, queue.slow.label]
    assert (queue.last().kind, queue.last().data["reason"], queue.last().data["overtaken"]) == (
        "onsite.ticket_put_first", "by_hand", 1,
    )  # fmt: skip
    first = queue.tickets()[0]
    queue.do("ticket_finish", ticket=first.pk)
    assert queue.do("ticket_call_next", counter=1).label == queue.quick.label


def test_it_can_be_put_back(queue):
    queue.do("ticket_first", ticket=queue.quick.id)
    assert not queue.do("ticket_put_back", ticket=queue.quick.id).first
    assert order(queue) == [queue.slow.label, queue.quick.label]
    assert queue.last().kind == "onsite.ticket_put_back"
    with pytest.raises(Invalid):
        queue.do("ticket_put_back", ticket=queue.quick.id)


@pytest.mark.parametrize("tier", ["vip", "priority"])
def test_it_never_goes_before_a_higher_tier(queue, tier):
    queue.do("ticket_first", ticket=queue.quick.id)
    queue.later(minutes=1)
    later = queue.take(service="transfer", tier=tier)
    assert order(queue) == [later.label, queue.quick.label, queue.slow.label]


def test_a_mark_for_care_that_comes_later_takes_the_place_back(queue):
    """With the first tier it stands where its arrival puts it, not before those who need care and came earlier."""
    queue.do("ticket_first", ticket=queue.quick.id)
    queue.do("ticket_flag", ticket=queue.slow.id)
    queue.do("ticket_flag", ticket=queue.quick.id)
    assert not queue.row(queue.quick).first
    assert order(queue) == [queue.slow.label, queue.quick.label]


@pytest.mark.parametrize(
    ("make", "why", "said"),
    [
        (lambda h: h.slow, "ahead", "B002 本来就排在同级客户的最前面。"),
        (lambda h: [h.take(service="transfer") for _ in range(6)][-1], "places",
         "B009 会排到 5 位以上客户的前面，不能提前。"),
        (lambda h: (h.do("ticket_first", ticket=h.quick.id), h.quick)[1], "twice", "B003 已提前过一次，不能再提前。"),
        (lambda h: (h.do("ticket_first", ticket=h.quick.id), h.take(service="transfer"))[1], "another",
         "同一批窗口前已有一位提前的客户在等，请先叫那一位。"),
        (lambda h: (h.later(minutes=14), h.quick)[1], "late", "B003 会排到已等过承诺时间的客户前面，不能提前。"),
        (lambda h: (h.later(minutes=8), h.quick)[1], "promise", "会使其他客户超出承诺时间，不能提前。"),
        (lambda h: h.do("ticket_delay", ticket=h.quick.id, minutes=20), "later", "B003 已约定稍后再叫号。"),
        (lambda h: h.take(service="wealth"), "unknown", "目前没有开放的窗口能办理 C001 的业务。"),
    ],
)  # fmt: skip
def test_what_is_not_fair_is_refused_in_words_and_changes_nothing(queue, make, why, said):
    ticket = make(queue)
    before, seen = order(queue), queue.kinds()
    with translation.override("zh-hans"), pytest.raises(api.Unfair) as refused:
        queue.do("ticket_first", ticket=ticket.id)
    assert (refused.value.details["why"], refused.value.message) == (why, said)
    assert order(queue) == before and queue.kinds() == seen


def test_in_a_hall_without_an_open_window_nobody_is_taken_first(hall, monkeypatch):
    """The twin, which cannot picture a branch without windows, is not asked."""

    def no_picture(_hall):
        raise twin.ModelError("A branch needs at least one counter.")

    monkeypatch.setattr(futures, "model_of", no_picture)
    ticket = hall.take(service="transfer")
    with pytest.raises(api.Unfair) as refused:
        hall.do("ticket_first", ticket=ticket.id)
    assert refused.value.details["why"] == "unknown"


def test_nobody_goes_before_a_customer_who_needs_care(queue):
    queue.take(service="transfer", vulnerable=True)
    other = queue.take(service="transfer", tier="priority")
    with pytest.raises(api.Unfair) as refused:
        queue.do("ticket_first", ticket=other.id)
    assert refused.value.details["why"] == "care"


def test_the_promise_on_the_paper_counts_when_it_is_shorter(queue):
    """The one overtaken was told three minutes: whatever its tier says, more is a broken promise."""
    with queue.scoped():
        Ticket.objects.filter(pk=queue.slow.id).update(promise_high=3.0)
    assert queue.code("ticket_first", ticket=queue.quick.id) == "unfair"


@pytest.mark.parametrize("name", ["ticket_first", "ticket_put_back"])
def test_who_may(queue, name):
    with pytest.raises(Forbidden):
        queue.do(name, "Mei", ticket=queue.quick.id)
    with pytest.raises(NotFound):
        queue.do(name, "Bo", ticket=queue.quick.id, branch=queue.bank.b02)
    queue.do("ticket_first", "Omar", ticket=queue.quick.id)


def test_a_reason_is_one_of_three(queue):
    assert queue.code("ticket_first", ticket=queue.quick.id, reason="friend") == "invalid"
    queue.do("ticket_first", ticket=queue.quick.id, reason="patience")
    assert queue.last().data["reason"] == "patience"


def test_on_the_page_it_is_one_press_and_one_press_back(queue, sign_in, clock):
    client = sign_in("Omar")
    done = client.post(
        reverse("onsite:deed", args=["first"]), {"ticket": queue.quick.id}, headers={"HX-Request": "true"}
    )
    assert done.status_code == 204 and "put-back" in done["HX-Trigger"]
    client.post(f"{reverse('onsite:deed', args=['put-back'])}?ticket={queue.quick.id}")
    assert not queue.row(queue.quick).first


def test_the_lobby_says_who_goes_first(queue, sign_in, clock):
    queue.do("ticket_first", ticket=queue.quick.id)
    text = sign_in("Omar").get(reverse("onsite:lobby")).content.decode()
    assert "已提前" in text and "放回原位" in text
    shown = snapshot(scope=queue.sun, branch=queue.branch, now=queue.now)
    assert [d.first for q in shown.queues for d in q.dots] == [True, False]


def test_the_promise_of_who_comes_next_counts_it_ahead(queue):
    queue.do("ticket_first", ticket=queue.quick.id)
    with queue.scoped():
        moved, left = (next(t for t in look(queue).waiting if t.label == x.label) for x in (queue.quick, queue.slow))
    assert [queue.do("ticket_take", service="transfer").ahead] == [2]
    from counterpoint.onsite.queries.tickets import ticket

    here = {"scope": queue.sun, "branch": queue.branch, "now": queue.now}
    assert [ticket(**here, ticket=t.pk).ahead for t in (moved, left)] == [0, 1]


# --- the twin means the same ------------------------------------------------------------------------------------------


def test_the_twin_sees_the_ticket_where_the_hall_put_it(queue):
    queue.do("ticket_first", ticket=queue.quick.id)
    with queue.scoped():
        hall = look(queue)
        state = futures.state_of(hall)
        known = futures.known(hall)
    assert [known[t.key].label for t in advice.Hall(state).line.tickets] == order(queue)
    assert [t.first for t in advice.Hall(state).line.tickets] == [True, False]
    soon, late = (twin.eta(state, n, seed=1, n=40).p50 for n in (0, 1))
    assert soon < late


def test_the_option_of_the_twin_and_the_action_of_the_hall_lead_to_the_same_futures(queue):
    """The hall forked with the option's command, and the hall after the press: the same people, the same waits."""
    with queue.scoped():
        before = look(queue)
        state = futures.state_of(before)
        number = [t.label for t in futures.known(before)].index(queue.quick.label)
    rank = int(advice.Hall(state).line.tickets[number].rank) - 1
    ordered = twin.futures(state, 20, seed=3, until=queue_minute(queue) + 60,
                           commands=[twin.SetPriority(state.now, rank, ticket=number)])  # fmt: skip
    queue.do("ticket_first", ticket=queue.quick.id)
    with queue.scoped():
        after = look(queue)
        pressed = twin.futures(futures.state_of(after), 20, seed=3, until=queue_minute(queue) + 60)
        place = [t.label for t in futures.known(after)].index(queue.quick.label)
    calls = [r.times[r.codes[:, 1] == n, 3] for r, n in ((ordered, number), (pressed, place))]
    assert calls[0].tolist() == calls[1].tolist()  # it goes next in all of them


def queue_minute(hall):
    return futures.minute_of(hall.branch, hall.now)


def test_a_past_day_tells_who_went_first_and_is_lived_again_exactly(queue):
    before = queue.now
    queue.later(minutes=1)
    queue.do("ticket_first", ticket=queue.quick.id)
    at = queue.now
    queue.later(minutes=2)
    with queue.scoped():
        earlier = past.past_hall(scope=queue.sun, branch=queue.branch, at=before)
        assert [(t.label, t.first) for t in earlier.waiting] == [(queue.slow.label, False), (queue.quick.label, False)]
        then = past.past_hall(scope=queue.sun, branch=queue.branch, at=at)
        assert [(t.label, t.first) for t in then.waiting] == [(queue.quick.label, True), (queue.slow.label, False)]
        model = futures.model_of(then)
    queue.do("ticket_finish", ticket=queue.tickets()[0].pk)
    queue.do("ticket_call_next", counter=1)
    found = record.recorded(scope=queue.sun, branch=queue.branch, on=queue.now.date(), now=queue.now)
    assert [(e.kind, e.value) for e in found.events if e.kind == "first"] == [("first", 1.0)]
    day = replay.scenario(found, model)
    assert replay.replay(day, seed=1).exact
    fork = replay.changed(day, day.minutes[-2], seed=1)
    state, _events = fork.begin(0)
    assert [t.first for t in advice.Hall(state).line.tickets] == [True, False]


TIERS = ("standard", "standard", "vip", "priority")
ACTS = st.lists(
    st.tuples(st.sampled_from(["take", "take", "take", "call", "end", "first", "later"]), st.integers(0, 5)),
    max_size=16,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ACTS)
def test_the_hall_and_the_twin_read_the_same_line(hall, acts):
    """Two answers: the line read off tables, and off the twin's state of the same hall; and the same verdicts."""
    from django.db import transaction

    with transaction.atomic():
        drive(hall, acts)
        with scoped(hall.sun):
            now = look(hall)
            told = ordering.told(now)
            mine, theirs = ordering.line_of(now), advice.Hall(futures.state_of(now), told).line
        assert [(t.key, t.service, t.cared, t.first) for t in mine.tickets] == [
            (t.key, t.service, t.cared, t.first) for t in theirs.tickets
        ]
        for a, b in zip(mine.tickets, theirs.tickets, strict=True):
            assert (a.waited, a.promise, a.mean) == pytest.approx((b.waited, b.promise, b.mean))
        assert sorted((sorted(w.services), round(w.free, 6)) for w in mine.windows) == sorted(
            (sorted(w.services), round(w.free, 6)) for w in theirs.windows
        )
        fair = now.content.advice.fairness.for_science()
        assert [fair.refusal(mine, t.key) for t in mine.tickets] == [
            fair.refusal(theirs, t.key) for t in theirs.tickets
        ]
        transaction.set_rollback(True)
    record.forget()


def drive(hall, acts):
    hall.open(1)
    hall.open(2, hall.Omar)
    services = ("transfer", "cash_deposit", "transfer", "cash_deposit", "transfer", "cash_deposit")
    for what, n in acts:
        hall.later(seconds=20)
        rows = [t for t in hall.tickets() if t.state == "waiting"]
        if what == "take":
            hall.take(service=services[n], tier=TIERS[n % 4])
        elif what == "call":
            answer = hall.code("ticket_call_next", counter=1 + n % 2)
            called = [t for t in hall.tickets() if t.state == "called"]
            if answer == "ok" and n > 2:
                hall.do("ticket_start", ticket=called[0].pk)
        elif what == "end":
            serving = [t for t in hall.tickets() if t.state == "serving"]
            if serving:
                hall.do("ticket_finish", ticket=serving[0].pk)
        elif what == "first" and rows:
            hall.code("ticket_first", ticket=rows[n % len(rows)].pk)
        else:
            hall.later(minutes=n)


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_refusal_has_words(queue, language):
    from counterpoint.onsite.actions import ordering as acts

    with translation.override(language):
        row = queue.row(queue.quick)
        said = {why: acts._words(why, row, 5, 10.0) for why in advice.REFUSALS if why}
    assert len(set(said.values())) == len(advice.REFUSALS) - 1
    assert not any("%(" in text for text in said.values())


def test_time_passes_and_the_judgement_follows(queue):
    """What was fair at ten is no more when the other has waited nearly as long as promised."""
    assert queue.code("ticket_first", ticket=queue.quick.id) == "ok"
    queue.do("ticket_put_back", ticket=queue.quick.id)
    queue.now += timedelta(minutes=9)
    assert queue.code("ticket_first", ticket=queue.quick.id) == "unfair"
