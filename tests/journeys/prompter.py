"""Whispers to a trainee of a running demo what is right: a process of its own in the demo's home, asked line by line.

Questions and answers are JSON, one a line: `{"ask": "lessons", "who": "sun01", …}`. What it knows comes from the
content in force at that branch, from the probes that judge exercises, and from the worked examples of the lessons.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Prompter:
    """The other end of the line."""

    def __init__(self, home: Path, who: str) -> None:
        environment = os.environ | {"COUNTERPOINT_HOME": str(home), "COUNTERPOINT_PROFILE": "demo"}
        for name in ("DJANGO_SETTINGS_MODULE", "COUNTERPOINT_DATABASE"):
            environment.pop(name, None)
        self.who = who
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.prompter"], cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, what: str, **more: Any) -> Any:
        """What it answers; an AssertionError when it cannot."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": what, "who": self.who} | more) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the prompter fell silent at {what} {more}"
        told = json.loads(line)
        assert "wrong" not in told, f"{what} {more}: {told['wrong']}"
        return told["told"]

    def close(self) -> None:
        """Hang up."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _here(who: str) -> tuple[Any, Any, Any]:
    from counterpoint.foundation.api import OrgUnit, User, clock, scope_of, scoped, unscoped

    with unscoped("the prompter looks the trainee up"):
        user = User.objects.get(staff_no=who)
    now = clock.now()
    scope = scope_of(user, now)
    with scoped(scope):
        return scope, OrgUnit.objects.get(path=scope.roots[0]), now


def lessons(who: str) -> list[dict[str, Any]]:
    """Every lesson of the curriculum at the trainee's branch, course by course."""
    from counterpoint.academy.catalogue.reading import shelf

    _scope, unit, now = _here(who)
    held = shelf(unit, unit.date_at(now))
    order = [key for course in held.courses.values() for key in course.value.lessons if key in held.lessons]
    found = []
    for key in dict.fromkeys([*order, *held.lessons]):
        exercise = held.lessons[key].value.exercise
        found.append({
            "key": key, "name": held.lessons[key].value.names["zh-hans"], "how": exercise.how,
            "probes": sorted({ask.probe for ask in exercise.asks}),
        })  # fmt: skip
    return found


def asks(who: str, lesson: str) -> list[dict[str, Any]]:
    """What the exercise asks for, with what its probe finds now; none of a practised one."""
    from counterpoint.academy.probes import Look, read
    from counterpoint.academy.rules.checking import NOTHING

    scope, unit, now = _here(who)
    look = Look(scope, unit, now)
    found = []
    for ask in _lesson(unit, now, lesson).value.exercise.asks:
        value = read(ask.probe, look, ask.args).get(ask.field)
        found.append({
            "slug": ask.slug, "form": ask.form, "probe": ask.probe, "field": ask.field, "args": ask.args,
            "tolerance": ask.tolerance, "choices": [one.slug for one in ask.choices], "today": str(unit.date_at(now)),
            "found": NOTHING if value is None else str(value),
        })  # fmt: skip
    return found


def answers(who: str, lesson: str) -> list[dict[str, Any]]:
    """The lesson's questions that are asked, with their right answers by the rules in force."""
    from counterpoint.academy.catalogue.questions import right_of
    from counterpoint.academy.catalogue.reading import question

    _scope, unit, now = _here(who)
    on = unit.date_at(now)
    asked = filter(None, (question(key, unit, on) for key in _lesson(unit, now, lesson).value.questions))
    return [
        {"key": one.key, "form": one.value.form, "options": list(one.value.slugs),
         "right": list(right_of(one.value, on, unit.rule_pack, unit.path))}
        for one in asked
    ]  # fmt: skip


def acts(who: str, lesson: str) -> list[dict[str, Any]]:
    """The worked solution act by act, with what a person must see for it: names of colleagues, numbers of windows, the
    date in the trainee's practice branch, and the day of the roster that is planned there."""
    from counterpoint.academy.rules.words import tell
    from counterpoint.foundation.api import User, clock, counters, practice, scoped

    world, solution = _open(who, lesson)
    real = clock.SystemClock().now()
    learner = User.objects.get(pk=world.made_for)
    scope = practice.scope_in(world, learner, real)
    found = []
    with scoped(scope):
        branch = practice.first_branch(world)
        today = branch.date_at(world.now(real))
        windows: dict[str, int] = {}
        for one in counters(scope=scope, branch=branch):
            windows.setdefault(one.kind, one.number)
        for one in solution:
            role, nth = str(one.args.get("role", "")), int(one.args.get("nth", 1))
            people = [user for user in practice.people_in(world, role) if user != learner] if role else []
            person = people[nth - 1] if len(people) >= nth else None
            number = one.args.get("counter", windows.get(str(one.args.get("kind", "")), ""))
            found.append({
                "do": one.do, "args": dict(one.args), "words": tell(one.words) if one.words else "",
                "name": person.name if person else "", "person": str(person.pk) if person else "",
                "counter": str(number), "today": today.isoformat(), "planned": _planned(scope, branch, today),
            })  # fmt: skip
    return found


def _planned(scope: Any, branch: Any, today: Any) -> str:
    from counterpoint.team import api as team

    monday = today - timedelta(days=today.weekday())
    for week in (monday + timedelta(weeks=ahead) for ahead in range(6)):
        row = team.roster_latest(scope=scope, branch=branch, week=week)
        if row is not None:
            return str(week + timedelta(days=row.solution["roster"]["shifts"][0]["day"]))
    return ""


def act(who: str, lesson: str, number: int) -> bool:
    """Act one act of the worked solution out in the practice branch that the trainee has open, a minute later."""
    from counterpoint.academy.practice import worlds
    from counterpoint.foundation.api import clock

    world, solution = _open(who, lesson)
    real = clock.SystemClock().now()
    world = worlds.skip(world, timedelta(minutes=1), real)
    worlds.play(world, solution[number], world.now(real), real)
    return True


def _open(who: str, lesson: str) -> tuple[Any, Any]:
    """The practice branch that the trainee has open for a lesson, and the acts of the lesson's solution."""
    from counterpoint.academy.catalogue.lessons import played
    from counterpoint.academy.models import LessonRun
    from counterpoint.academy.practice import worlds
    from counterpoint.foundation.api import scoped

    scope, unit, now = _here(who)
    with scoped(scope):
        run = LessonRun.objects.exclude(state="passed").get(user=scope.actor, lesson=lesson)
    examples = _lesson(unit, now, lesson).examples
    return worlds.held(run.world), played(next(one for one in examples if one["passes"] and "play" in one))


def _lesson(unit: Any, now: Any, key: str) -> Any:
    from counterpoint.academy.catalogue.reading import shelf

    return shelf(unit, unit.date_at(now)).lessons[key]


KNOWN = {"lessons": lessons, "asks": asks, "answers": answers, "acts": acts, "act": act}


def main() -> None:
    """Answer until the line is closed."""
    from counterpoint.config import profile as profiles

    profiles.start("demo")
    from django.utils import translation

    translation.activate("zh-hans")
    for line in sys.stdin:
        question = json.loads(line)
        try:
            told = {"told": KNOWN[question.pop("ask")](**question)}
        except Exception as wrong:  # said at the other end, where it fails the lesson and not the whole run
            told = {"wrong": f"{type(wrong).__name__}: {wrong}"}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
