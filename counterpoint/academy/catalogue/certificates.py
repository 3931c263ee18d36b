"""Bodies of certificates: what is asked for, how long it holds, what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any

from annotated_types import Ge, Le, MaxLen, MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.academy.catalogue.labels import LESSON_WORDS
from counterpoint.academy.catalogue.lessons import COURSES, LESSONS
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.awarding import Criterion, Evidence, judge
from counterpoint.academy.rules.words import Both
from counterpoint.foundation.api import roles
from counterpoint.primitives.content import Kind, Text, declare, every, kinds
from counterpoint.role import api as role

CERTIFICATES = "certificates"
BLUEPRINTS, SCENARIOS = "blueprints", "scenarios"
Level = Annotated[int, Ge(1), Le(5)]
ON = date(2026, 12, 1)


@dataclass(frozen=True)
class CertificateBody:
    """What a certificate asks for (`criteria`, all of them), for which posts, how many months it holds, how many days
    before its end people are reminded, which skills of the roster it gives, and what renewing asks for beside lessons
    that are up to date (nothing said: the same once more)."""

    about: Both
    criteria: Annotated[tuple[Criterion, ...], MinLen(1), MaxLen(8)]
    posts: Annotated[tuple[Text, ...], MinLen(1)]
    valid_months: Annotated[int, Ge(1), Le(60)]
    names: Both
    remind_days: Annotated[tuple[Annotated[int, Ge(1), Le(365)], ...], MinLen(1), MaxLen(5)] = (90, 30, 7)
    skills: dict[str, Level] = field(default_factory=dict)
    recert: Annotated[tuple[Criterion, ...], MaxLen(4)] = ()


def wrong_certificate(body: CertificateBody) -> str:
    """What is wrong with a certificate; empty when nothing is."""
    return next(_faults(body), "")


def _faults(body: CertificateBody) -> Iterator[str]:
    for number, one in enumerate((*body.criteria, *body.recert), 1):
        if len(one.parts) != 1:
            yield _("Line %(number)d needs exactly one of lessons, course, exam, scenarios, field.") % {
                "number": number
            }
        elif one.source == awarding.SHADOW and not (one.days and one.regimes and one.regret_most):
            yield _("The shadow licence needs days, regimes and the most regret.")
        elif one.source == awarding.SCENARIOS and not (one.days and one.regret_most):
            yield _("Scenarios need days and the most regret.")
        elif one.source == awarding.CONFIRMED and not one.words:
            yield _("What a second person confirms must be said in words.")
    if strange := sorted(set(body.skills) - set(role.SKILLS)):
        yield _("These are no skills: %(names)s.") % {"names": ", ".join(strange)}
    if strange := sorted(set(body.posts) - set(roles.ROLES)):
        yield _("These are no roles: %(names)s.") % {"names": ", ".join(strange)}
    if list(body.remind_days) != sorted(set(body.remind_days), reverse=True):
        yield _("Reminders go from early to late, each once.")


def certificate_references(body: CertificateBody) -> list[tuple[str, str]]:
    """Courses, lessons, exams and scenarios that it asks for; of a kind that is not installed nothing is asked."""
    there = {one.name for one in kinds()}
    found = []
    for one in (*body.criteria, *body.recert):
        found += [(LESSONS, key) for key in one.lessons]
        found += [(COURSES, one.course)] if one.course else []
        found += [(BLUEPRINTS, one.exam)] if one.exam else []
        found += [(SCENARIOS, key) for key in one.scenarios]
    return [(kind, key) for kind, key in found if kind in there]


def lessons_of(body: CertificateBody, courses: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Every lesson that it asks for, in order."""
    named = [key for one in body.criteria for key in (*one.lessons, *courses.get(one.course, ()))]
    return tuple(dict.fromkeys(named))


def certificate_example(body: CertificateBody, example: dict[str, Any]) -> str:
    """A worked case: what somebody has, whether it is awarded, and which lines are missing."""
    courses = {item.key: item.value.lessons for item in every(COURSES)}
    again = bool(example.get("again"))
    wanted = awarding.asked(body.criteria, body.recert, again=again)
    verdict = judge(wanted, _worked(example), courses=courses, after=ON if again else None)
    if verdict.awarded is not example["awarded"]:
        return _("awarded is %(value)s") % {"value": verdict.awarded}
    missing = list(example.get("missing", verdict.missing))
    return "" if missing == list(verdict.missing) else _("missing are: %(names)s") % {"names": list(verdict.missing)}


def _worked(example: dict[str, Any]) -> list[Evidence]:
    """The evidence of an example: lessons, changed (lessons whose rules have changed), exams {key: score}, scenarios
    [[key, regret]], shadow {days, regimes, regret}, confirmed [short names]."""
    on = ON + timedelta(days=1)
    found = [Evidence(awarding.LESSONS, key, on) for key in example.get("lessons", ())]
    found += [Evidence(awarding.LESSONS, key, on, values={"current": 0}) for key in example.get("changed", ())]
    found += [
        Evidence(awarding.EXAM, key, on, values={"score": score, "passed": 1})
        for key, score in example.get("exams", {}).items()
    ]
    found += [
        Evidence(awarding.SCENARIOS, key, on + timedelta(days=n), values={"regret": regret})
        for n, (key, regret) in enumerate(example.get("scenarios", ()))
    ]
    found += [Evidence(awarding.SHADOW, "", on, values=example["shadow"])] if "shadow" in example else []
    return found + [Evidence(awarding.CONFIRMED, slug, on) for slug in example.get("confirmed", ())]


WORDS = LESSON_WORDS | {
    "about": pgettext_lazy("field", "What the holder can do"),
    "criteria": pgettext_lazy("field", "What is asked for, all of it"),
    "exam": pgettext_lazy("field", "Exam"),
    "scenarios": pgettext_lazy("field", "Drills"),
    "field": pgettext_lazy("field", "Shown at work"),
    "days": pgettext_lazy("field", "Days"),
    "regimes": pgettext_lazy("field", "Kinds of days"),
    "regret_most": pgettext_lazy("field", "Most regret in minutes"),
    "score_least": pgettext_lazy("field", "Least share of points"),
    "valid_months": pgettext_lazy("field", "Months that it holds"),
    "remind_days": pgettext_lazy("field", "Reminders, days before its end"),
    "skills": pgettext_lazy("field", "Skills of the roster that it gives"),
    "recert": pgettext_lazy("field", "To renew, beside lessons that are up to date"),
}

declare(
    Kind(
        CERTIFICATES, type=CertificateBody, check=wrong_certificate, check_example=certificate_example,
        references=certificate_references, title=gettext_lazy("Certificates"), labels=WORDS,
        pages=((gettext_lazy("Certificates"), "academy:certificates"),),
    )
)  # fmt: skip
