"""Drills in the reader's words: what the page needs to begin, and each segment as JSON for its script."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.drill import errands_shown, floor, given, log, own, posts, timing, told, words
from counterpoint.academy.drill.queries import Segment
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import EXAM, OVER, PAUSED, READY, RUNNING, SPEEDS, VOID
from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing
from counterpoint.foundation.api import OrgUnit
from counterpoint.role import api as role
from counterpoint.ui import reader
from counterpoint.ui.punctuation import sign

LINES = 40


def states() -> dict[str, tuple[str, str]]:
    """States of a session in words, and how loud."""
    return {
        READY: (_("not begun"), "calm"), RUNNING: (_("running"), "watch"), PAUSED: (_("paused"), "calm"),
        OVER: (_("is over"), "fine"), VOID: (_("void"), "calm"),
    }  # fmt: skip


def service_names(game: playing.Game, unit: OrgUnit, on: date) -> dict[str, str]:
    """The day's services by code, in the reader's language."""
    known = role.service_types(on, unit.rule_pack)
    return {
        one.code: known[one.code].name(reader.language()) if one.code in known else one.name or one.code
        for one in game.model.services
    }


def names_of(row: DrillSession) -> words.Names:
    """Words for the codes of a session's game."""
    game = log.game_of(row)
    return words.Names(
        service_names(game, row.org_unit, row.org_unit.date_at(row.begun_at)), words.people(game.staffing.codes),
        playing.Labels(game).of, lambda inject, key: told.choice(row, inject, key, reader.language()),
    )  # fmt: skip


def queues(game: playing.Game, unit: OrgUnit, on: date) -> list[dict[str, Any]]:
    """Services that the same windows serve as one queue: its name and the numbers of its services."""
    known = role.service_types(on, unit.rule_pack)
    skills = {
        "cash": _("Cash"), "non_cash": _("Non-cash"), "wealth": _("Wealth and loans"),
        "corporate": _("Business customers"),
    }  # fmt: skip
    names = service_names(game, unit, on)
    found: dict[Any, dict[str, Any]] = {}
    for number, service in enumerate(game.model.services):
        able = tuple(n for n, counter in enumerate(game.model.counters) if service.code in counter.services)
        skill = known[service.code].skill if service.code in known else ""
        told_as = skills.get(skill, names[service.code])
        queue = found.setdefault(able, {"name": told_as, "services": [], "windows": list(able)})
        queue["services"].append(number)
    return list(found.values())


def config(row: DrillSession, game: playing.Game) -> dict[str, Any]:
    """What the page's script needs once: names by number, times, words, addresses."""
    on = row.org_unit.date_at(row.begun_at)
    names = service_names(game, row.org_unit, on)
    known = role.tiers(on, row.org_unit.rule_pack)
    return {
        "services": list(names.values()), "queues": queues(game, row.org_unit, on),
        "tiers": [
            [known[t.code].name(reader.language()) if t.code in known else t.code, t.promise, t.priority]
            for t in game.model.tiers
        ],
        "windows": [c.code for c in game.model.counters],
        "staff": list(words.people(game.staffing.codes).items()),
        "machines": [d.code for d in game.model.devices], "plan": floor.plan(row, game),
        "first": timing.first_second(game), "opens": int(60 * game.opens), "closes": int(60 * game.closes),
        "last": timing.end(row, game), "speeds": list(SPEEDS), "words": script_words(),
        "segment": reverse("academy:drill-segment", args=[row.pk]), "team": bool(posts_of(row)),
    }  # fmt: skip


def script_words() -> dict[str, str]:
    """Words that the script puts beside figures."""
    return {
        "window": _("Window"), "waiting": _("waiting"), "closed": _("closed"), "nobody": _("nobody here"),
        "free": _("free"), "break": _("break"), "off": _("off duty"), "lobby": _("lobby"), "back": _("back office"),
        "coming": _("on the way"), "greeting": _("Greeting"), "min": _("min"), "first": _("Call first"),
        "divert": _("To a machine"), "put-back": _("Back in turn"), "flag": _("Needs care"),
        "call": _("To the chosen window"), "more": _("More"),
        "none": _("Nobody is waiting."), "until": _("Answer until"),
        "lost": _("No connection. The day goes on at the server."), "desk": _("duty desk"), "door": _("Door"),
        "over": _("The day is over: end it to have it judged."), "page": _("Do it on its page"),
        "latest": _("At the latest: {at}."), "colon": sign(":"), "found": _("Done: look at it now"),
        "once": _("It is looked at once, when you say so or when its time is over."),
        "players": _("Those who play this drill do it."), "sought": _("What is looked for:"),
    }  # fmt: skip


def posts_of(row: DrillSession) -> dict[Any, str]:
    """Post of each player in words, where several play; else none."""
    held = {seat.user_id: words.posts().get(seat.post, seat.post) for seat in row.seats.all()}
    return held if len(held) > 1 else {}


def acts_for(row: DrillSession, reader_: UUID | None) -> frozenset[str]:
    """What a reader who plays may order: in a team what is of the own post."""
    held = {seat.user_id: seat.post for seat in row.seats.all()}
    return posts.acts_of(held.get(reader_, posts.SUPERVISOR) if reader_ else posts.SUPERVISOR, held.values())


def segment(one: Segment, reader_: UUID | None = None) -> dict[str, Any]:
    """A segment as JSON for one of those who play."""
    row, seats = one.session, posts_of(one.session)
    may = acts_for(row, reader_)
    names = names_of(row)
    return {
        "second": one.second, "since": one.since, "until": one.until, "speed": row.speed, "state": row.state,
        "picture": one.picture, "steps": one.steps, "numbers": one.numbers,
        "lines": [line(entry, names, seats, row) for entry in one.lines[-LINES:]],
        "questions": [question(row, entry) for entry in one.questions] if "answer" in may else [],
        "may": sorted(may),
        "news": news(row, one), "errands": errands_shown.cards(row, one.log, reader_),
    }  # fmt: skip


def question(row: DrillSession, entry: dict[str, Any]) -> dict[str, Any]:
    """What is asked, with the words of each choice."""
    said = told.asked(row, entry["key"], reader.language())
    known = dict(said.choices)
    choices = [[key, known.get(key, key.replace("_", " "))] for key in entry["choices"]]
    return {**entry, "title": said.title, "text": said.text, "choices": choices}


def news(row: DrillSession, one: Segment) -> list[list[Any]]:
    """What happens in the segment without asking anything, orders without effect, and of the whole day so far what
    counted where nobody answered: [second, title, text]."""
    found: list[list[Any]] = [[second, _("An order had no effect any more."), ""] for second in one.refused]
    told_otherwise = errand.errands_in(one.game.injects)
    for key, minute in one.raised:
        if not one.game.inject(key).choices and not key.startswith(given.HAND) and key not in told_otherwise:
            said = told.asked(row, key, reader.language())
            found += [[int(60 * minute), said.title, said.text]] if said.title else []
    for key, choice, minute in one.silent:
        said = told.asked(row, key, reader.language())
        counted = {"choice": dict(said.choices).get(choice, choice.replace("_", " "))}
        found.append([int(60 * minute), said.title, _("Nobody answered; what counted: %(choice)s") % counted])
    return found


def line(
    entry: DrillEvent, names: words.Names, posts: dict[Any, str] | None = None, row: DrillSession | None = None
) -> dict[str, Any]:  # fmt: skip
    """A line of the log in words, with the post of who gave it where several play; `row` is its session."""
    said = {
        "pace": _("Speed %(speed)s×") % {"speed": entry.inputs.get("speed", "")},
        "mark": entry.inputs.get("name") or _("Bookmark"), "message": entry.inputs.get("text", ""),
        "join": _("%(post)s joins") % {"post": words.posts().get(str(entry.inputs.get("post", "")), "")},
        "over": _("The day is over."),
    }  # fmt: skip
    if entry.kind == "pace" and not entry.inputs.get("speed"):
        said["pace"] = _("paused")
    if entry.kind in (log.ERRAND, log.FOUND):
        said[entry.kind] = errands_shown.line(row or entry.session, entry)
    text = said.get(entry.kind) or words.line(entry.act, entry.inputs, names)
    post = posts.get(entry.actor, "") if posts and entry.kind != "join" else ""
    text = f"{post} · {text}" if post else text
    return {"seq": entry.seq, "second": entry.second, "kind": entry.kind, "text": text}


def row_of(row: DrillSession) -> dict[str, Any]:
    """A session in a list."""
    state, level = states()[row.state]
    loss = row.result.get("loss", {}) if row.result else {}
    return {
        "row": row, "name": scenario_name(row), "state": state, "level": level, "over": row.state == OVER,
        "loss": round(loss["total"]) if loss else None, "debrief": debrief_url(row),
    }  # fmt: skip


def scenario_name(row: DrillSession) -> str:
    """What is played."""
    if row.scenario in ("", own.OWN):
        return _("My branch's day")
    return told.asked(row, "", reader.language()).title or row.scenario


def debrief_url(row: DrillSession) -> str:
    """The page that judges the day; empty while it is not over, and for the day of an exam: its result leads there."""
    if row.purpose == EXAM:
        return ""
    return reverse("academy:debrief", args=[row.pk]) if row.state == OVER else ""
