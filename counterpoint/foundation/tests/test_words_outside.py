"""What leaves the process: live events whole, log lines without numbers of people, errors with words, demo time."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import facts, journal, live
from counterpoint.foundation.clock import DemoClock, Pace
from counterpoint.foundation.errors import DomainError, Forbidden, Invalid, NotFound
from counterpoint.foundation.facts import FactType
from counterpoint.foundation.live import LiveEvent, Subscriber
from counterpoint.foundation.logs import JsonFormatter
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.foundation.scope import Scope, unscoped
from counterpoint.foundation.signin import SignInRefused

AT = datetime(2026, 11, 23, 3, tzinfo=UTC).isoformat()
PATHS = ["/hq/", "/hq/east/", "/hq/east/b01/", "/hq/east/b02/", "/hq/west/", "/hq/west/b03/"]
PLACES = st.lists(st.sampled_from(PATHS), max_size=3).map(tuple)


def event(number=1, path="/hq/east/b01/", kind="onsite.ticket_taken", subject="s", data=None):
    return LiveEvent(number, path, kind, subject, AT, data or {})


def parsed(text):
    """Server-sent events as a browser reads them: (id, event, data) of each."""
    found = []
    for block in text.split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines.get("id"), lines["event"], json.loads(lines["data"])))
    return found


@given(st.integers(1, 2**60), st.text(), st.dictionaries(st.text(max_size=5), st.text() | st.none(), max_size=3))
def test_an_entry_is_one_whole_event_whatever_its_words(number, subject, data):
    """A line break inside a subject must not end the event early."""
    (full,) = parsed(event(number, subject=subject, data=data).encoded)
    assert full == (
        str(number), "onsite.ticket_taken",
        {"kind": "onsite.ticket_taken", "subject": subject, "at": AT, "data": data},
    )  # fmt: skip


@given(st.text(min_size=1), st.text(min_size=1))
def test_who_may_not_read_the_journal_hears_that_something_happened_and_nothing_more(subject, value):
    one, two = event(subject=subject, data={"n": value}), event()
    assert one.bare == two.bare
    assert parsed(one.bare) == [("1", "onsite.ticket_taken", {"kind": "onsite.ticket_taken", "at": AT})]


@given(PLACES, PLACES, st.sampled_from(PATHS), st.lists(st.sampled_from(PATHS), max_size=6))
def test_each_screen_is_told_what_its_scope_path_and_rights_allow(roots, readable, asked, places):
    scope = Scope(None, roots, {live.READ: readable})
    events = [event(number, path) for number, path in enumerate(places, 1)]
    told = Subscriber(scope, asked).told(events)
    wanted = [e for e in events if e.path.startswith(asked) and any(e.path.startswith(root) for root in roots)]
    if not wanted:
        assert told == live.PING
    else:
        heard = parsed(told)
        assert [number for number, _kind, _data in heard] == [str(e.id) for e in wanted]
        for e, (_number, _kind, data) in zip(wanted, heard, strict=True):
            assert ("subject" in data) is any(e.path.startswith(place) for place in readable)


def test_the_ping_and_the_order_to_start_afresh_are_events_too():
    assert parsed(live.PING + live.RESYNC) == [(None, "ping", {}), (None, "resync", {})]


def test_entries_after_an_id_come_oldest_first_and_no_more_than_asked(bank):
    with unscoped("test"), transaction.atomic():
        made = [
            journal.record(
                scope=None, org_unit=bank.b01, kind="foundation.signed_in", subject=f"n{number}", at=bank.now
            )
            for number in range(5)
        ]
    first = made[0].pk
    assert [e.subject for e in live.read_after(first)] == ["n1", "n2", "n3", "n4"]
    assert [e.subject for e in live.read_after(first, 2)] == ["n1", "n2"]
    assert live.read_after(made[-1].pk) == [] and live.newest_id() == made[-1].pk
    (told,) = live.read_after(made[3].pk)
    assert (told.path, told.kind, told.at) == ("/hq/east/b01/", "foundation.signed_in", bank.now.isoformat())


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(facts, "_registry", {})


def test_a_kind_of_fact_is_declared_once_and_the_same_again_is_no_contradiction(registry):
    one = FactType("room.done", "Done", frozenset({"n"}))
    facts.register([one])
    facts.register([FactType("room.done", "Done", frozenset({"n"}))])
    for other in (FactType("room.done", "Done"), FactType("room.done", "Other", frozenset({"n"}))):
        with pytest.raises(ValueError, match=r"room\.done is declared twice"):
            facts.register([other])
    assert facts.all_facts() == [one] and facts.fact_type("room.done") == one


def test_facts_are_listed_by_key_and_unknown_ones_have_their_key_as_name(registry):
    facts.register([FactType("b.x", "X", dim="aml"), FactType("a.y", "Y")])
    assert [fact.key for fact in facts.all_facts()] == ["a.y", "b.x"]
    assert (facts.dim_of("b.x"), facts.dim_of("a.y"), facts.dim_of("c.z")) == ("aml", "", "")
    assert (facts.label_of("b.x"), facts.label_of("c.z")) == ("X", "c.z")
    with pytest.raises(KeyError):
        facts.fact_type("c.z")


def line(message, *arguments, failure=None, **extra):
    trace = (type(failure), failure, None) if failure else None
    record = logging.LogRecord("counterpoint", logging.WARNING, __file__, 1, message, arguments, trace)
    for key, value in extra.items():
        setattr(record, key, value)
    return json.loads(JsonFormatter().format(record))


SEPARATED = st.lists(st.sampled_from("0123456789"), min_size=7, max_size=20).flatmap(
    lambda digits: st.lists(st.sampled_from(["", "", " ", "-"]), min_size=len(digits), max_size=len(digits)).map(
        lambda gaps: "".join(digit + gap for digit, gap in zip(digits, [*gaps[:-1], ""], strict=True))
    )
)
DATE = re.compile(r"\d{4}-\d\d-\d\d")


@settings(max_examples=50)
@given(
    SEPARATED.filter(lambda number: not DATE.match(number)),
    st.sampled_from(["call {} now", "{}", "\u7535\u8bdd{}\u3002"]),
)
def test_seven_digits_or_more_are_masked_wherever_they_stand(number, sentence):
    text = sentence.format(number)
    for told in (
        line(text)["message"],
        line("call %s", text)["message"],
        line("x", path=text)["path"],
        line("x", failure=ValueError(text))["trace"],
    ):
        assert number not in told and "\u2022\u2022\u2022" in told


@pytest.mark.parametrize(
    ("text", "kept"),
    [("123456", True), ("1234567", False), ("12 34 56", True), ("1 2 3 4 5 6 7", False), ("1--2345678", False),
     ("12:34:56.789012", True), ("2026-11-23", True), ("\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18", False)],
)  # fmt: skip
def test_short_numbers_times_and_dates_stay(text, kept):
    assert (line(text)["message"] == text) is kept


def test_a_line_is_one_line_and_keeps_chinese_legible():
    record = logging.LogRecord("counterpoint.jobs", logging.ERROR, __file__, 1, "\u53f7\n\u7968", None, None)
    text = JsonFormatter().format(record)
    assert "\n" not in text and "\u53f7" in text
    told = json.loads(text)
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "counterpoint.jobs", "\u53f7\n\u7968")


def test_only_allowed_fields_are_logged():
    told = line("x", name="\u5f20\u4e09", phone="1", password="p", org="b01", ms=3, job="j")
    assert set(told) == {"at", "level", "logger", "message", "org", "ms", "job"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (DomainError, 409, "refused"),
        (NotFound, 404, "not_found"),
        (Forbidden, 403, "forbidden"),
        (Invalid, 422, "invalid"),
        (TooMany, 429, "too_many"),
        (SignInRefused, 401, "sign_in_refused"),
    ],
)
def test_an_error_for_people_carries_its_words_its_code_and_its_details(error, status, code):
    made = error("\u8bf7\u91cd\u8bd5", field="x")
    assert (made.status, made.code, made.message, str(made)) == (
        status,
        code,
        "\u8bf7\u91cd\u8bd5",
        "\u8bf7\u91cd\u8bd5",
    )
    assert made.details == {"field": "x"} and isinstance(made, DomainError)


REAL, DEMO = datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "followed"),
    [(0.5, False), (0.6, True), (-0.5, False), (-0.6, True)],
    ids=["just", "later", "back", "far back"],
)
def test_another_processs_pace_is_followed_after_half_a_second(tmp_path, seconds, followed):
    one, other = DemoClock(tmp_path / "pace.json"), DemoClock(tmp_path / "pace.json")
    one.set_pace(Pace(REAL, DEMO, 1.0))
    assert other.pace(REAL).speed == 1.0
    one.set_pace(Pace(REAL, DEMO, 60.0))
    assert other.pace(REAL + timedelta(seconds=seconds)).speed == (60.0 if followed else 1.0)


def test_a_pace_that_was_taken_away_gives_the_hosts_time_back(tmp_path):
    one = DemoClock(tmp_path / "pace.json")
    one.set_pace(Pace(REAL, DEMO, 60.0))
    assert one.pace(REAL) is not None
    one.path.unlink()
    assert one.pace(REAL + timedelta(seconds=1)) is None


@given(st.floats(0, 600), st.integers(-(10**6), 10**6))
def test_demo_time_runs_at_its_speed_and_survives_its_file(speed, seconds):
    pace = Pace.from_json(Pace(REAL, DEMO, speed).to_json())
    gone = (pace.at(REAL + timedelta(seconds=seconds)) - DEMO).total_seconds()
    assert gone == pytest.approx(seconds * speed, abs=1e-3)
