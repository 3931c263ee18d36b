"""What tests of exams tell their stories with: a sitting, its right answers as the page would send them."""

from datetime import date, datetime

from counterpoint.academy.catalogue.questions import QUESTIONS, right_of
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams import days
from counterpoint.academy.exams.saving import answer_save
from counterpoint.academy.exams.sitting import exam_of, sitting_begin, sitting_enter
from counterpoint.academy.models import DayStat
from counterpoint.foundation import access, actions, roles, scope
from counterpoint.science import playing

DAY_EXAM = "academy.exam.supervisor_day"
LOBBY, SUPERVISOR = "academy.exam.lobby_manager", "academy.exam.supervisor"
TOKEN = "the token of the first page"


def begin(bank, name="Sun", exam=LOBBY, *, now=None, seed=7, token=TOKEN, unit=None):
    """A sitting that was just begun and entered."""
    at, place = now or bank.now, unit or bank.b01
    mine = bank.scope(name)
    row = sitting_begin(scope=mine, unit=place, blueprint=exam, seed=seed, now=at)
    return sitting_enter(scope=mine, sitting=row.pk, token=token, now=at)


def right_value(row, slot):
    """The right answer of a question as the page sends it."""
    held = row.form[slot - 1]
    unit = row.org_unit
    body = pinned(QUESTIONS, held["question"], held["version"], unit).value
    right = right_of(body, unit.date_at(row.started_at), unit.rule_pack, unit.path)
    return [held["options"].index(one) + 1 for one in right] if held["options"] else list(right)


def wrong_value(row, slot):
    """An answer that is worth nothing, or less than all."""
    held = row.form[slot - 1]
    if not held["options"]:
        return ["-987654"]
    right = right_value(row, slot)
    if len(right) == len(held["options"]):
        return right[::-1]
    return [next(n for n in range(1, len(held["options"]) + 1) if n not in right)]


def save(bank, row, slot, seq=1, value=None, *, name="Sun", now=None, token=TOKEN):
    """Save one answer, the right one without `value`."""
    return answer_save(
        scope=bank.scope(name), sitting=row.pk, token=token, slot=slot, seq=seq,
        value=right_value(row, slot) if value is None else value, now=now or bank.now,
    )  # fmt: skip


def answer_all(bank, row, wrong=(), **given):
    """Every question of a fixed form rightly, but those that are named."""
    for slot in range(1, len(row.form) + 1):
        save(bank, row, slot, slot, wrong_value(row, slot) if slot in wrong else None, **given)


def trainer(bank, name="Tina"):
    """Somebody of headquarters training, and what they may do."""
    root = access.system_scope(tuple(roles.table()))
    with scope.scoped(root):
        person = actions.person_add(
            scope=root, now=bank.now, org_unit=bank.hq, staff_no=name.lower(), name=name, password="a long password 1"
        )
        actions.post_grant(
            scope=root, now=bank.now, org_unit=bank.hq, user=person, role="hq_training", since=date(2026, 1, 1)
        )
    bank.people[name] = person
    return bank.scope(name)


def at(hour, minute=0, day=23):
    """A time of November 2026 in Shanghai."""
    from zoneinfo import ZoneInfo

    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def measured_days(bank):
    """Every day of the exam with a day has figures: doing nothing as it is, a reference at a quarter of it."""
    on = bank.b01.date_at(bank.now)
    held = days.days_of(exam_of(bank.b01, DAY_EXAM, on), bank.b01, on)
    for day in held:
        keep_day(bank, day, playing.play(day.game, log=False).loss.total)
    return held


def keep_day(bank, day, nothing, reference=None, glance=0.1, advised=0.8):
    """A day has been measured so."""
    with scope.unscoped("the test has a day measured"):
        DayStat(
            org_unit=bank.hq, game_hash=day.game_hash, scenario=day.part.scenario, version=day.version, seed=day.number,
            nothing=nothing, reference=nothing / 4 if reference is None else reference, difficulty=0.5,
            difficulty_error=0.3, ladder={"glance": [glance], "rule": [0.3], "advised": [advised]}, at=bank.now,
        ).save(force_insert=True)  # fmt: skip
