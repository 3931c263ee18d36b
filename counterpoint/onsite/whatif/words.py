"""The scenario and its remedies in the reader's words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.onsite.whatif.ground import LOBBY, Ground
from counterpoint.onsite.whatif.remedies import Remedy
from counterpoint.onsite.whatif.scenario import EVERY, OFF, Scenario, Slow, Span, clock
from counterpoint.ui.punctuation import sign


@dataclass(frozen=True)
class Names:
    """What things are called: services, skills, tiers by key; people and machines by the ground's keys."""

    services: Mapping[str, str]
    skills: Mapping[str, str]
    tiers: Mapping[str, str]
    people: Mapping[str, str]
    machines: Mapping[str, str]


def names_of(ground: Ground, language: str, pack: str) -> Names:
    """Names in a language; people that only a number stands for are called by their post."""
    from counterpoint.onsite.catalogue import catalogue
    from counterpoint.onsite.shown import skill_names

    content = catalogue(ground.on, pack)
    skills = {key: str(name) for key, name in skill_names().items()} | {LOBBY: _("Lobby")}
    known = {key: s.name(language) for key, s in content.services.items()}
    people = {w.key: w.name or f"{skills.get(w.main, w.main)} {w.key.rpartition('-')[2]}" for w in ground.workers}
    kinds = {m.kind: _("all %(kind)s") % {"kind": m.kind.upper()} for m in ground.machines}
    machines = {EVERY: _("all machines"), **kinds, **{m.code: m.name for m in ground.machines}}
    return Names(
        {s.key: known.get(s.key, s.name) for s in ground.services}, skills,
        {key: t.name(language) for key, t in content.tiers.items()}, people, machines,
    )  # fmt: skip


def times(start: int, end: int) -> str:
    """``10:00–12:00``."""
    return f"{clock(start)}–{clock(end)}"


def changes(one: Scenario, names: Names) -> list[str]:
    """Each change in a few words, in the order of the form; empty when nothing is changed."""
    return [
        *_customers(one, names), *_people(one, names), *_machines(one, names), *_rules(one, names),
        *_lunches(one, names),
    ]  # fmt: skip


def percent(value: int) -> str:
    """More or fewer customers in words."""
    return _("%(n)d %% more customers") % {"n": value} if value > 0 else _("%(n)d %% fewer customers") % {"n": -value}


def _customers(one: Scenario, names: Names) -> list[str]:
    found = [percent(one.arrivals)] if one.arrivals else []
    found += [names.skills.get(skill, skill) + sign(":") + percent(value) for skill, value in one.groups]
    for s in one.surges:
        values = {"n": s.count, "service": names.services.get(s.service, s.service), "times": times(s.start, s.end)}
        words = _("%(n)d more for “%(service)s” %(times)s") % values
        found.append(f"{words} ({names.tiers.get(s.tier, s.tier)})" if s.tier else words)
    return found


def _people(one: Scenario, names: Names) -> list[str]:
    found = []
    for key, post in one.posts:
        who = names.people.get(key, key)
        if post == OFF:
            found.append(_("without %(who)s") % {"who": who})
        else:
            found.append(_("%(who)s all day on %(post)s") % {"who": who, "post": names.skills.get(post, post)})
    for more in one.added:
        values = {"n": more.count, "skill": names.skills.get(more.skill, more.skill)}
        words = ngettext("%(n)d more person for %(skill)s", "%(n)d more people for %(skill)s", more.count) % values
        found.append(f"{words} {times(more.start, more.end)}")
    return found


def _machines(one: Scenario, names: Names) -> list[str]:
    found = [_("window %(n)s closed %(times)s") % {"n": s.what, "times": _of(s)} for s in one.closed]
    for span in one.outages:
        what = names.machines.get(span.what, span.what)
        found.append(_("%(what)s out of order %(times)s") % {"what": what, "times": _of(span)})
    if one.slow:
        found.append(_("windows at %(n)d %% speed %(times)s") % {"n": one.slow.percent, "times": _of(one.slow)})
    if one.uptake != Scenario.uptake:
        found.append(_("use of machines %(n)d %%") % {"n": one.uptake})
    return found


def _of(span: Span | Slow) -> str:
    return times(span.start, span.end)


def _rules(one: Scenario, names: Names) -> list[str]:
    found = []
    if not one.seniors:
        found.append(_("no priority for older and disabled customers"))
    if not one.vips:
        found.append(_("no priority for VIPs"))
    if one.first:
        found.append(_("“%(service)s” before all others") % {"service": names.services.get(one.first, one.first)})
    if one.promise:
        found.append(_("promise of %(n)d minutes") % {"n": one.promise})
    return found


def _lunches(one: Scenario, names: Names) -> list[str]:
    found = []
    if one.lunch == "together":
        found.append(_("everybody at lunch at 12:00"))
    elif one.lunch == "staggered":
        found.append(_("lunch in turn from 11:00"))
    for key, minute in one.moved:
        found.append(_("%(who)s at lunch at %(time)s") % {"who": names.people.get(key, key), "time": clock(minute)})
    return found


def step(one: Remedy, names: Names) -> str:
    """A remedy as an order."""
    texts = {
        "more": _("One more person for %(skill)s, all day"),
        "worst": _("One more person for %(skill)s, %(times)s"),
        "relief": _("Somebody sits in for %(skill)s while colleagues eat, %(times)s"),
        "lunch": _("%(who)s eats at %(time)s"),
        "machines": _("Guide more customers to the machines (use %(use)d %%)"),
    }
    return texts[one.kind] % {
        "skill": names.skills.get(one.skill, one.skill), "times": times(one.start, one.end),
        "who": names.people.get(one.person, one.person), "time": clock(one.start), "use": one.scenario.uptake,
    }  # fmt: skip
