"""The hall's decisions once more, written naively: both answers must be the same for anything that can happen."""

from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.onsite import daylog
from counterpoint.onsite.localtime import seconds_of
from counterpoint.onsite.rules import calling, columns, folding, lifecycle, promise
from counterpoint.onsite.rules.calling import Waiting

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
moments = st.integers(0, 20).map(lambda m: TEN + timedelta(minutes=m))
lists = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), moments, st.none() | moments), max_size=12).map(
    lambda rows: [Waiting(f"{i:02d}", *row) for i, row in enumerate(rows)]
)
services = st.frozensets(st.sampled_from("abc"))


# --- calling ---------------------------------------------------------------------------------------------------------


@given(lists, services, moments)
def test_who_is_called_is_found_by_sorting_everybody(waiting, able, now):
    ranked = sorted(waiting, key=lambda t: t.id)
    ranked = sorted(ranked, key=lambda t: t.seniority_at)
    ranked = sorted(ranked, key=lambda t: t.priority)
    may = [t for t in ranked if t.service in able and not (t.not_before and now < t.not_before)]
    assert calling.choose(waiting, able, now) == (may[0] if may else None)


@given(lists, services)
def test_people_ahead_are_counted_by_walking_the_sorted_queue(waiting, rivals):
    ranked = sorted(waiting, key=lambda t: t.order)
    for place, ticket in enumerate(ranked):
        before = [t for t in ranked[:place] if t.service in rivals]
        assert calling.ahead_of(ticket, waiting, rivals) == len(before)


@given(
    st.sets(st.sampled_from("wxyz")), st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("wxyz")),
    st.lists(st.sampled_from("abcdef"), max_size=3), st.lists(st.sampled_from("wxyz"), max_size=3),
)  # fmt: skip
def test_what_a_counter_can_call_is_judged_service_by_service(kind, skill_of, narrowed, person):
    def may(service, skill):
        return skill in kind and (not person or skill in person) and (not narrowed or service in narrowed)

    found = calling.services_of(kind, skill_of, narrowed, person)
    assert found == {service for service, skill in skill_of.items() if may(service, skill)}


@given(st.sampled_from("abc"), st.lists(services, max_size=5))
def test_a_rival_is_whoever_shares_a_counter_with_one(service, windows):
    rivals = {other for other in "abc" if any(service in w and other in w for w in windows)} | {service}
    assert calling.rivals_of(service, windows) == rivals


@given(st.integers(0, 3), st.booleans(), st.integers(0, 3))
def test_care_lifts_and_never_lowers(own, frail, highest):
    found = lifecycle.priority_of(own, frail, highest)
    assert found <= own
    assert found == (own if not frail or own < highest else highest)


# --- the promise -----------------------------------------------------------------------------------------------------

WORKS = {"a": promise.Work(6.0, 0.0), "b": promise.Work(12.0, 0.0), "c": promise.Work(3.0, 0.0)}


def minute_of_call(service, ahead, desks):
    """Without spread: minute by minute (in 1/4 minutes), each free desk takes the first whom it can serve."""
    free = []
    for desk in desks:
        work = WORKS[desk.busy[0]].mean if desk.busy else 0
        free.append(max(work - desk.busy[1], work / 4) if desk.busy else 0)
    waiting = [*ahead, service]
    for quarter in range(8000):
        at = quarter / 4
        for n, desk in enumerate(desks):
            while free[n] <= at:
                place = next((k for k, wanted in enumerate(waiting) if wanted in desk.services), None)
                if place is None:
                    free[n] = float("inf")
                elif place == len(waiting) - 1:
                    return at
                else:
                    free[n] = at + WORKS[waiting.pop(place)].mean
    return None


busy = st.none() | st.tuples(st.sampled_from("abc"), st.sampled_from([0.0, 1.5, 2.0, 30.0]))
desks = st.lists(st.builds(promise.Desk, services.filter(bool), busy), max_size=3)


@settings(max_examples=60)
@given(st.sampled_from("abc"), st.lists(st.sampled_from("abc"), max_size=8), desks)
def test_the_formula_without_spread_is_a_walk_minute_by_minute(service, ahead, found):
    told = promise.range_by_formula(service, ahead, WORKS, found)
    at = minute_of_call(service, ahead, found)
    if not any(service in desk.services for desk in found):
        assert told.by == "closed"
    elif at == 0:
        assert (told.low, told.high) == (0, 1)
    else:
        assert told.low == min(int(at), promise.LONGEST)
        assert told.low <= at <= told.high or told.high == promise.LONGEST


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (3.9, 7.1, (3, 8)), (3.0, 7.0, (3, 7)), (-2.0, 0.0, (0, 1)), (5.0, 5.0, (5, 6)), (5.2, 5.4, (5, 6)),
        (300.0, 400.0, (240, 240)), (239.5, 239.6, (239, 240)), (230.0, 300.0, (230, 240)),
    ],
)  # fmt: skip
def test_a_range_is_rounded_outwards_and_never_without_width_below_the_longest(low, high, shown):
    found = promise.rounded(low, high, "twin", 3)
    assert ((found.low, found.high), found.by, found.ahead) == (shown, "twin", 3)


@pytest.mark.parametrize(("seconds", "kept"), [(0, True), (749, True), (750, True), (751, False), (-60, True)])
def test_a_promise_of_twelve_minutes_is_kept_until_half_a_minute_after(seconds, kept):
    waited = promise.waited_minutes(TEN, TEN + timedelta(seconds=seconds))
    assert promise.kept(waited, 12.0) is kept


# --- folding ---------------------------------------------------------------------------------------------------------

events = st.lists(
    st.builds(
        folding.Event, machine=st.sampled_from(["k", "w"]), seq=st.integers(0, 9),
        kind=st.sampled_from(folding.KINDS), at=moments, label=st.just("A001"), service=st.just("transfer"),
        counter=st.none() | st.integers(1, 3),
    ),
    max_size=9, unique_by=lambda e: (e.machine, e.seq),
)  # fmt: skip


def replayed(story):
    """The ticket by reading its events one after the other, as a clerk with a pencil would."""
    ticket = {"state": "waiting", "calls": 0, "held": None, "counter": None, "over": False}
    for event in sorted(story, key=lambda e: (e.at, e.machine, e.seq)):
        ticket["counter"] = event.counter or ticket["counter"]
        if event.kind == "taken":
            ticket.setdefault("taken", event.at)
        elif event.kind == "called":
            ticket["calls"] += 1
            ticket.setdefault("called", event.at)
        elif event.kind == "started":
            ticket.setdefault("started", event.at)
        elif event.kind in ("held", "resumed"):
            ticket["held"] = event.at if event.kind == "held" else None
        else:
            ticket["end"], ticket["ended"] = event.kind, event.at
    if "end" in ticket:
        ticket["state"] = "served" if ticket["end"] == "finished" else ticket["end"]
    elif ticket["held"]:
        ticket["state"] = "held"
    elif "started" in ticket:
        ticket["state"] = "serving"
    elif "called" in ticket:
        ticket["state"] = "called"
    return ticket if "taken" in ticket else None


@given(events)
def test_a_ticket_folded_from_events_is_the_one_a_clerk_would_write_down(story):
    found, clerk = folding.fold(story), replayed(story)
    assert (found is None) == (clerk is None)
    if found is None:
        return
    first = clerk.get("called", clerk.get("started"))
    assert (found.state, found.calls, found.counter, found.held_at) == tuple(
        clerk[name] for name in ("state", "calls", "counter", "held")
    )
    assert found.taken_at == clerk["taken"]
    assert found.called_at == (max(first, clerk["taken"]) if first else None)
    assert found.finished_at == (clerk["ended"] if clerk.get("end") == "finished" else None)
    assert found.left_at == (clerk["ended"] if clerk.get("end", "finished") != "finished" else None)


# --- columns ---------------------------------------------------------------------------------------------------------

headings = st.lists(
    st.sampled_from([word for found in columns.WORDS.values() for word in found]) | st.text(max_size=12), max_size=12
)


@given(headings)
def test_a_guess_names_existing_columns_each_once_and_exact_words_always_win(names):
    found = columns.suggest(names)
    assert set(found) <= set(columns.FIELDS)
    assert set(found.values()) <= set(names)
    assert len(set(found.values())) == len(found)
    for field, column in found.items():
        exact = [n for n in names if n.strip().lower() in columns.WORDS[field]]
        assert not exact or column in exact


@pytest.mark.parametrize(
    ("heading", "field"),
    [(" Arrived ", "arrived"), ("CALLED", "called"), ("取号时间(秒)", "arrived"), ("票", None), ("柜员号码", "server")],
)
def test_headings_are_read_with_blanks_capitals_and_additions(heading, field):
    assert columns.suggest([heading]) == ({field: heading} if field else {})


# --- the day's log and the wall clock --------------------------------------------------------------------------------

seconds = st.integers(0, 80_000)
visits = st.lists(
    st.tuples(
        seconds, st.none() | st.integers(0, 6000), st.sampled_from(daylog.OUTCOMES), st.none() | st.integers(0, 90)
    ),
    max_size=25,
)


def row(taken, wait, outcome, high):
    return {
        "ticket": "A1", "service": "a", "tier": "standard", "server": "", "outcome": outcome, "taken": taken,
        "called": -1 if wait is None else taken + wait, "finished": -1, "left": -1, "low": None, "high": high,
    }  # fmt: skip


@given(visits)
def test_a_days_summary_is_what_counting_by_hand_gives(found):
    told = daylog.summary(daylog.from_rows([row(*visit) for visit in found]))
    waits = sorted(wait / 60 for _t, wait, _o, _h in found if wait is not None)
    promised = [(wait / 60, high) for _t, wait, _o, high in found if wait is not None and high is not None]
    assert told["arrivals"] == len(found)
    assert told["served"] == sum(outcome == "served" for _t, _w, outcome, _h in found)
    assert told["abandoned"] == sum(outcome == "abandoned" for _t, _w, outcome, _h in found)
    assert told["promised"] == len(promised)
    assert told["mean_wait"] == (pytest.approx(fmean(waits), abs=0.006) if waits else None)
    if waits:
        at = 0.9 * (len(waits) - 1)
        low, high = waits[int(at)], waits[min(int(at) + 1, len(waits) - 1)]
        assert told["p90_wait"] == pytest.approx(low + (at - int(at)) * (high - low), abs=0.006)
    share = sum(wait <= high + 0.5 for wait, high in promised) / len(promised) if promised else None
    assert told["promise_kept"] == (None if share is None else pytest.approx(share, abs=0.00006))


@pytest.mark.parametrize(("wait", "kept"), [(299, 1.0), (330, 1.0), (331, 0.0)])
def test_the_days_log_judges_a_promise_as_the_call_did(wait, kept):
    assert daylog.summary(daylog.from_rows([row(0, wait, "served", 5)]))["promise_kept"] == kept
    assert promise.kept(wait / 60, 5.0) is bool(kept)


@pytest.mark.parametrize(("count", "fine"), [(254, True), (255, False)])
@pytest.mark.parametrize("field", ["service", "tier"])
def test_a_day_holds_254_services_and_tiers(field, count, fine):
    rows = [{**row(0, None, "served", None), field: f"s{n:03d}"} for n in range(count)]
    if not fine:
        with pytest.raises(daylog.BadDayLog, match="254"):
            daylog.from_rows(rows)
        return
    back = daylog.unpack(daylog.pack(daylog.from_rows(rows)))
    assert list(back.words(field)) == [f"s{n:03d}" for n in range(count)]


def test_a_log_with_the_middle_cut_out_is_no_day():
    whole = daylog.pack(daylog.from_rows([row(0, 60, "served", 5)]))
    for cut in (whole[: len(whole) // 2], whole[1:], b"\0" * 40):
        with pytest.raises(daylog.BadDayLog):
            daylog.unpack(cut)


zones = st.sampled_from(["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Urumqi", "UTC"])


@given(zones, st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 2))
def test_seconds_of_the_day_are_those_on_the_branchs_wall(zone, wall, nights):
    """None of these zones turns its clocks, so plain differences of wall times are right."""
    place = ZoneInfo(zone)
    at = wall.replace(microsecond=0, tzinfo=place)
    on = wall.date() - timedelta(days=nights)
    expected = nights * 86_400 + wall.hour * 3600 + wall.minute * 60 + wall.second
    assert seconds_of(place, on, at.astimezone(UTC)) == expected
    assert seconds_of(place, date(2026, 1, 1), None) == -1


@settings(max_examples=30)
@given(visits)
def test_moments_that_never_came_stay_empty_in_the_table(found):
    table = daylog.frame(daylog.from_rows([row(*visit) for visit in found]), date(2026, 11, 23), "b01")
    assert list(table["called"].isna()) == [wait is None for _t, wait, _o, _h in found]
    assert table["left"].isna().all()
    midnight = np.datetime64("2026-11-23T00:00:00")
    assert [(at - midnight) / np.timedelta64(1, "s") for at in table["arrived"].to_numpy()] == [t for t, *_ in found]
