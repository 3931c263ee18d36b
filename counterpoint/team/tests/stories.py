"""What people of the small branch do, in short words, for the tests of requests, rosters and pages."""

from datetime import date, timedelta

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.team import api

WEEK = date(2026, 11, 30)
TUESDAY = date(2026, 12, 1)


def key(team, name):
    """The person's id as rosters write it."""
    return str(team.people[name].pk)


def by(team, name):
    """What every verb is given: who and when."""
    return {"scope": team.scope(name), "now": team.now}


def profile(team, name):
    """The person's profile at b01."""
    return api.profile_of(scope=team.scope(name), branch=team.b01, user=team.people[name].pk)


def ask_leave(team, name="Mei", since=WEEK, until=None, **more):
    """`name` asks for leave; annual and one day unless said otherwise."""
    more = {"kind": "annual", "until": until or since} | more
    return api.leave_request(**by(team, name), branch=team.b01, since=since, **more)


def decide_leave(team, leave, name="Sun", approve=True):
    """The supervisor (or who is named) decides."""
    return api.leave_decide(**by(team, name), leave_id=leave.pk, approve=approve)


def ask_swap(team, giver="Mei", taker="Ada", day=WEEK, back=None, branch=None):
    """The giver offers the shift of a day to the taker."""
    return api.swap_request(
        **by(team, giver), branch=branch or team.b01, day=day, taker_id=profile(team, taker).pk, back=back
    )


def answer_swap(team, swap, name="Ada", agree=True):
    """The colleague answers."""
    return api.swap_consent(**by(team, name), swap_id=swap.pk, agree=agree)


def decide_swap(team, swap, name="Sun", approve=True, **more):
    """The supervisor (or who is named) decides."""
    return api.swap_decide(**by(team, name), swap_id=swap.pk, approve=approve, **more)


def withdraw_swap(team, swap, name="Mei"):
    """The giver takes the offer back."""
    return api.swap_withdraw(**by(team, name), swap_id=swap.pk)


def edit(team, row, cell, name="Sun", revision=None):
    """One changed cell of a draft."""
    return api.roster_edit(**by(team, name), roster_id=row.pk, revision=revision or row.revision, cell=cell)


def publish(team, row, name="Sun", revision=None, **more):
    """Publish the revision that is stored, or the one named."""
    return api.roster_publish(**by(team, name), roster_id=row.pk, revision=revision or row.revision, **more)


def revise(team, row, name="Sun"):
    """A new draft that begins as a copy."""
    return api.roster_revise(**by(team, name), roster_id=row.pk)


def on_post(team, day=WEEK, reader="Sun"):
    """Who works on a day and on which posts, as published."""
    shifts = api.shifts_on(scope=team.scope(reader), branch=team.b01, day=day)
    return {s.name: tuple(skill for _start, _end, skill in s.segments) for s in shifts}


def journal(team, prefix, branch=None):
    """(kind, data) of the branch's entries whose kind begins so, oldest first."""
    with scoped(team.scope("Hana")):
        rows = JournalEntry.objects.filter(org_unit=branch or team.b01, kind__startswith=prefix).order_by("seq")
        return list(rows.values_list("kind", "data"))


def told(team, name, prefix="team."):
    """Titles of the messages that a person was sent, oldest first."""
    with scoped(team.scope("Hana")):
        rows = Message.objects.filter(recipient=team.people[name], dedupe__startswith=prefix)
        return list(rows.order_by("created_at", "pk").values_list("title", flat=True))


def in_days(number):
    """A date counted from the Monday of the roster's week."""
    return WEEK + timedelta(days=number)
