"""Every verb of the team is one transaction with one entry: when the journal refuses, nothing of it remains."""

import pytest
from django.db import transaction

from counterpoint.foundation import journal as journals
from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import JournalEntry, Message, User
from counterpoint.foundation.scope import ScopeError
from counterpoint.team import api
from counterpoint.team.actions import staff_import
from counterpoint.team.models import (
    Forecast,
    LeaveRequest,
    Preference,
    Roster,
    ShiftRow,
    SkillGrant,
    StaffProfile,
    SwapRequest,
)
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import (
    TUESDAY,
    WEEK,
    answer_swap,
    ask_leave,
    ask_swap,
    by,
    decide_leave,
    decide_swap,
    edit,
    key,
    publish,
    revise,
    withdraw_swap,
)


def newest(team):
    return api.roster_latest(scope=team.scope("Sun"), branch=team.b01, week=WEEK)


TABLES = (Forecast, LeaveRequest, Preference, Roster, ShiftRow, SkillGrant, StaffProfile, SwapRequest, Message)
# Each verb: what must have happened before, the verb itself, and the kinds of its entries.
VERBS = {
    "profile_set": (
        lambda team: None,
        lambda team, _: api.staff_profile_set(
            **by(team, "Sun"), branch=team.b01, user=team.people["Mei"], skills=[api.SkillInput("wealth", 1)]
        ),
        ["team.profile_set"],
    ),
    "staff_import": (
        lambda team: None,
        lambda team, _: staff_import(
            **by(team, "Sun"), branch=team.b01, name="a.csv", content=b"id,skills\nmei,wealth\nada,lobby\n"
        ),
        ["team.staff_imported"],
    ),
    "leave_request": (lambda team: None, lambda team, _: ask_leave(team, reason="家事"), ["team.leave_requested"]),
    "leave_decide": (ask_leave, decide_leave, ["team.leave_decided"]),
    "leave_withdraw": (
        ask_leave,
        lambda team, leave: api.leave_withdraw(**by(team, "Mei"), leave_id=leave.pk),
        ["team.leave_withdrawn"],
    ),
    "preferences_set": (
        lambda team: None,
        lambda team, _: api.preferences_set(**by(team, "Mei"), branch=team.b01, wishes=[(0, "off", 0, 1)]),
        ["team.preference_set"],
    ),
    "feed_issue": (
        lambda team: None,
        lambda team, _: api.feed_issue(**by(team, "Mei"), branch=team.b01),
        ["team.feed_issued"],
    ),
    "forecast_store": (lambda team: None, lambda team, _: expected.store(team), ["team.forecast_made"]),
    "roster_store": (
        lambda team: None,
        lambda team, _: api.roster_store(**by(team, "Sun"), branch=team.b01, week=TUESDAY, problem={}, solution={}),
        ["team.roster_drafted"],
    ),
    "roster_edit": (
        lambda team: revise(team, newest(team)),
        lambda team, row: edit(team, row, api.Cell(key(team, "Mei"), 0, off=True)),
        ["team.roster_edited"],
    ),
    "roster_revise": (newest, revise, ["team.roster_drafted"]),
    "roster_publish": (lambda team: revise(team, newest(team)), publish, ["team.roster_published"]),
    "swap_request": (lambda team: None, lambda team, _: ask_swap(team), ["team.swap_asked"]),
    "swap_consent": (ask_swap, answer_swap, ["team.swap_consented"]),
    "swap_withdraw": (ask_swap, withdraw_swap, ["team.swap_consented"]),
    "swap_decide": (
        lambda team: answer_swap(team, ask_swap(team)),
        decide_swap,
        ["team.roster_published", "team.swap_decided"],
    ),
}


def everything(team):
    """Every row of the team and everybody's calendar token, as values."""
    with scoped(team.scope("Hana")):
        rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}
    return rows | {"tokens": list(User.objects.order_by("pk").values_list("pk", "feed_token"))}


def entries(team):
    with scoped(team.scope("Hana")):
        return list(JournalEntry.objects.filter(org_unit=team.b01).order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize("verb", VERBS)
def test_when_the_journal_refuses_nothing_of_the_verb_remains(team, out, monkeypatch, verb):
    prepare, act, _kinds = VERBS[verb]
    made = prepare(team)
    before = everything(team)

    def refuse(**_entry):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(journals, "record", refuse)
    with pytest.raises(RuntimeError, match="the journal is full"):
        act(team, made)
    assert everything(team) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_changes_something_and_writes_its_entries_once(team, out, verb):
    prepare, act, kinds = VERBS[verb]
    made = prepare(team)
    rows, written = everything(team), entries(team)
    act(team, made)
    assert entries(team) == written + kinds and everything(team) != rows


REPEATED = (
    "leave_decide", "leave_withdraw", "forecast_store", "roster_publish", "swap_consent",
    "swap_withdraw", "swap_decide",
)  # fmt: skip


@pytest.mark.parametrize("verb", REPEATED)
def test_a_verb_that_was_sent_twice_acts_once(team, out, verb):
    prepare, act, _kinds = VERBS[verb]
    made = prepare(team)
    act(team, made)
    rows, written = everything(team), entries(team)
    act(team, made)
    assert entries(team) == written and everything(team) == rows


@pytest.mark.parametrize("verb", VERBS)
def test_the_chain_of_the_branch_stays_whole(team, out, verb):
    prepare, act, _kinds = VERBS[verb]
    act(team, prepare(team))
    with scoped(team.scope("Hana")):
        assert journals.verify(team.b01).ok


def test_without_a_scope_nothing_of_the_team_can_be_read(team, out):
    for model in TABLES:
        with pytest.raises(ScopeError), transaction.atomic():
            list(model.objects.all())
