"""Forms: which questions a sitting asks, with the numbers they are chosen by. Chance comes from the sitting's seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BlueprintBody, Section, chapter_of
from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.questions import QUESTIONS, QuestionBody
from counterpoint.academy.catalogue.reading import answerable
from counterpoint.academy.models import ItemStat, Pretest, Sitting
from counterpoint.academy.rules.grading import Slot, ability, believed, marks
from counterpoint.academy.science import psychometrics as p
from counterpoint.academy.verbs import SIT
from counterpoint.foundation.api import DomainError, OrgUnit, scoped, system_scope
from counterpoint.primitives.content import items

RECENT = 200  # sittings that exposure is counted over


class ThinBank(DomainError):
    """The bank has too few questions for the exam."""

    code = "thin_bank"
    status = 409


@dataclass(frozen=True)
class Candidate:
    """A question in force with its chapter and numbers; `measured` when they come from answers."""

    key: str
    version: int
    chapter: int
    body: QuestionBody
    slope: float
    difficulty: float
    measured: bool
    family: str


def measured(unit: OrgUnit, at: datetime) -> dict[str, ItemStat]:
    """The newest measurement of each question up to a time, none from answers that were dropped by then. Measurements
    stand at headquarters and name nobody."""
    with scoped(system_scope((SIT,), (unit.bank_path,), "item numbers")):
        dropped = list(Pretest.objects.filter(dropped_at__lte=at).values_list("names", "at", "dropped_at"))
        return {
            row.question: row
            for row in ItemStat.objects.filter(at__lte=at).order_by("at")
            if not any(since <= row.at < until and row.question in names for names, since, until in dropped)
        }


def shown(unit: OrgUnit, blueprint: str) -> tuple[Counter[str], int]:
    """How often each question stood in the last sittings of an exam, in the whole bank, and in how many."""
    with scoped(system_scope((SIT,), (unit.bank_path,), "item exposure")):
        forms = list(Sitting.objects.filter(blueprint=blueprint).values_list("form", flat=True)[:RECENT])
    return Counter(slot["question"] for form in forms for slot in form), len(forms)


def candidates(unit: OrgUnit, on: date, at: datetime) -> list[Candidate]:
    """Every question that may be asked at a unit on a date."""
    lessons = items(LESSONS, on, unit.rule_pack, bank=unit.path)
    known, held = measured(unit, at), items(QUESTIONS, on, unit.rule_pack, bank=unit.path)
    family = _families({key: item.value.enemies for key, item in held.items()})
    found = []
    for key in sorted(held):
        item = held[key]
        if not answerable(item, unit, on):
            continue
        stat = known.get(key)
        fits = stat is not None and stat.version == item.version
        slope, hard = (stat.slope, stat.difficulty) if stat and fits else (1.0, believed(item.value.prior))
        chapter = chapter_of(item.value, dict(lessons))
        found.append(Candidate(key, item.version, chapter, item.value, slope, hard, fits, family[key]))
    return found


def _families(enemies: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Questions that may not stand beside one another, also by way of a third, share a name."""
    name = {key: key for key in enemies}
    for key, others in enemies.items():
        for other in others:
            if other in name:
                old, new = sorted((name[key], name[other]))[::-1]
                name = {one: new if held == old else held for one, held in name.items()}
    return name


def first_form(
    body: BlueprintBody, pool: Sequence[Candidate], seed: int, seen: tuple[Counter[str], int]
) -> list[dict[str, Any]]:  # fmt: skip
    """The fixed sections and the tried questions; the first question of a section that adapts when nothing is fixed.
    Raises `ThinBank`."""
    form: list[dict[str, Any]] = []
    for section in body.sections:
        if section.pick != "fixed":
            continue
        bank, cells = _cells(section, countable(body, pool), _used(form, pool), seen)
        wanted = {cell.slug: cell.items for cell in section.cells}
        try:
            drawn = p.draw_form(bank_of(bank, cells), wanted, seed=seed)
        except ValueError as thin:
            raise ThinBank(_("There are too few questions for this exam. Tell headquarters training.")) from thin
        form += [slot_of(bank[i], section.slug, cells[i], seed, counts=True) for i in drawn]
    free = [one for one in pool if one.body.pretest and not one.measured and one.family not in _used(form, pool)]
    free.sort(key=lambda one: (seen[0][one.key], p.chance(seed, "tried", one.key)))
    for one in free[: body.tried if form else 0]:
        place = int(p.chance(seed, "tried at", one.key) * (len(form) + 1))
        form.insert(place, slot_of(one, form[0]["section"], "", seed, counts=False))
    return form


def next_slot(
    body: BlueprintBody, pool: Sequence[Candidate], form: Sequence[dict[str, Any]], worths: Sequence[float | None],
    seed: int, seen: tuple[Counter[str], int],
) -> dict[str, Any] | None:  # fmt: skip
    """The next question of the sections that adapt, from all answers so far; None when the exam asks no more."""
    slots = slots_of(form)
    now = ability(slots, marks(worths))
    for section in body.sections:
        if section.pick != "adaptive":
            continue
        mine = [slot["question"] for slot in form if slot["section"] == section.slug]
        used = _used([slot for slot in form if slot["section"] != section.slug], pool)
        bank, cells = _cells(section, countable(body, pool), used, seen, keep=mine)
        given = [i for i, one in enumerate(bank) if one.key in mine]
        plan = plan_of(section)
        if p.stopped(plan, len(mine), now) is not None:
            continue
        chosen = p.choose(bank_of(bank, cells), plan, given, now, draw=p.chance(seed, "slot", len(form)))
        if chosen is not None:
            return slot_of(bank[chosen], section.slug, cells[chosen], seed, counts=True)
    return None


def plan_of(section: Section) -> p.Plan:
    """Shares of the cells by their weights, and when it is enough."""
    whole = sum(cell.items for cell in section.cells)
    shares = {cell.slug: cell.items / whole for cell in section.cells}
    return p.Plan(shares, fewest=section.least, most=section.most, enough=section.stop_sd)


def countable(body: BlueprintBody, pool: Iterable[Candidate]) -> list[Candidate]:
    """Questions that may count."""
    return [one for one in pool if body.unmeasured == "count" or one.measured or not one.body.pretest]


def bank_of(bank: Sequence[Candidate], cells: Sequence[str]) -> p.Bank:
    """Candidates as the science reads them."""
    known = p.items([one.slope for one in bank], [one.difficulty for one in bank], [one.key for one in bank])
    return p.Bank(known, tuple(cells), tuple(one.family for one in bank))


def slot_of(one: Candidate, section: str, cell: str, seed: int, *, counts: bool) -> dict[str, Any]:
    """A question of a form, as the sitting keeps it."""
    return {
        "question": one.key, "version": one.version, "section": section, "cell": cell, "counts": counts,
        "options": list(p.shuffled(seed, one.key, one.body.slugs)), "slope": one.slope, "difficulty": one.difficulty,
        "measured": one.measured,
    }  # fmt: skip


def slots_of(form: Iterable[dict[str, Any]]) -> list[Slot]:
    """A form as grading sees it."""
    return [Slot(one["question"], one["cell"], one["counts"], one["slope"], one["difficulty"]) for one in form]


def _used(form: Iterable[dict[str, Any]], pool: Iterable[Candidate]) -> frozenset[str]:
    keys = {slot["question"] for slot in form}
    return frozenset(one.family for one in pool if one.key in keys)


def _cells(
    section: Section, pool: Iterable[Candidate], used: frozenset[str], seen: tuple[Counter[str], int],
    keep: Collection[str] = (),
) -> tuple[list[Candidate], list[str]]:  # fmt: skip
    """Candidates of the section's cells, each in the first cell that takes it. Those shown too often stand aside while
    their cell has enough others; `keep` stand in it whatever."""
    bank: list[Candidate] = []
    cells: list[str] = []
    left = [one for one in pool if one.family not in used]
    for cell in section.cells:
        mine = [one for one in left if cell.takes(one.chapter, one.body)]
        left = [one for one in left if one not in mine]
        for one in _under_cap(mine, section.wanted(cell), seen, keep):
            bank.append(one)
            cells.append(cell.slug)
    return bank, cells


def _under_cap(
    mine: Sequence[Candidate], wanted: int, seen: tuple[Counter[str], int], keep: Collection[str]
) -> list[Candidate]:  # fmt: skip
    counts, sittings = seen
    under = [one for one in mine if one.key in keep or counts[one.key] < one.body.exposure * (sittings + 1)]
    over = sorted((one for one in mine if one not in under), key=lambda one: (counts[one.key], one.key))
    return under + over[: max(0, wanted - len(under))]
