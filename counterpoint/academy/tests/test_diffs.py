"""A rule change gives those who learnt the old rule a lesson of only what changed, and nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from counterpoint.academy import api
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.learning.queries import changed_since, runs_of, standing
from counterpoint.academy.tests.conftest import LEVELS, rehearse, right_answers
from counterpoint.academy.tests.test_pages import left
from counterpoint.foundation.api import Invalid, scoped
from counterpoint.primitives import content
from counterpoint.primitives.content import loader, yaml_text
from counterpoint.primitives.content.testing import content_folder  # noqa: F401

ASK = "academy.service.levels.q3"


@pytest.fixture
def new_rule(content_folder, monkeypatch, bank):  # noqa: F811
    """`new_rule(20, days=0)`: the contact clock of level 1 gets other minutes from a day on."""

    def change(minutes, days=0, version=2):
        old = next(one for one in loader.from_files("case_types") if (one.key, one.pack) == ("service.complaint", "cn"))
        since = bank.b01.date_at(bank.now) + timedelta(days=days)
        row = yaml_text.plain(loader.row_of(old)) | {"version": version, "effective_from": since}
        clock = next(one for one in row["clocks"] if one["slug"] == "contact")
        clock["within"]["level_1"]["minutes"] = minutes
        row["effective_from"] = since
        content_folder("case_types", row, f"v{version}")
        held = content.kind_of("case_types")
        loader.forget()
        kept = loader._load

        def cut(kind):
            rows = kept(kind)
            if kind != held.name:
                return rows
            return tuple(replace(one, effective_to=since) if one == old else one for one in rows)

        monkeypatch.setattr(loader, "_load", cut)
        monkeypatch.setattr(cut, "cache_clear", kept.cache_clear, raising=False)
        loader._merged.cache_clear()

    return change


def stand(bank, name):
    person = bank.people[name].pk
    scope = bank.scope(name)
    with scoped(scope):
        return standing(LEVELS, runs_of(scope, [person])[person][LEVELS], bank.b01.date_at(bank.now))


def test_the_diff_lists_exactly_the_changed_field(bank, passes, new_rule):
    passes("Sun")
    assert stand(bank, "Sun").state == "passed"
    new_rule(20)
    (one,) = stand(bank, "Sun").diffs
    assert [(c.path, c.old, c.new) for c in one.changes] == [("clocks.contact.within.level_1.minutes", 30, 20)]


def test_a_rule_that_changed_before_the_lesson_began_is_told_in_it_and_has_been_learnt(bank, passes, new_rule, sign_in):
    new_rule(20)
    page = sign_in("Sun").get(f"/academy/lesson/{LEVELS}").content.decode()
    told = page[page.index("已有新版本") :]
    assert "联系客户" in told[: told.index("</dl>")] and "20" in told[: told.index("</dl>")]
    assert "法定答复" not in told[: told.index("</dl>")] and left(page) == []
    passes("Sun")
    assert stand(bank, "Sun").state == "passed"


def test_who_has_not_learnt_it_gets_nothing(bank, passes, new_rule):
    passes("Sun")
    new_rule(20)
    assert stand(bank, "Ada").state == "new" and stand(bank, "Ada").diffs == ()


def test_another_lesson_is_not_concerned(bank, passes, new_rule):
    run = passes("Sun", "academy.onsite.pre_open")
    new_rule(20)
    with scoped(bank.scope("Sun")):
        run.refresh_from_db()
        assert changed_since(run, bank.b01.date_at(bank.now)) == ()


def test_no_lesson_of_ours_has_changed_when_it_was_just_learnt(bank):
    """Also not those that show side by side what rules and what ruled before."""
    today, scope = bank.b01.date_at(bank.now), bank.scope("Sun")
    for lesson in shelf(bank.b01, today).lessons:
        run = api.lesson_start(scope=scope, unit=bank.b01, lesson=lesson, now=bank.now)
        with scoped(scope):
            assert changed_since(run, today) == (), lesson


@pytest.mark.parametrize(("days", "state"), [(14, "changed"), (15, "passed")])
def test_a_coming_rule_is_taught_two_weeks_ahead(bank, passes, new_rule, days, state):
    passes("Sun")
    new_rule(20, days=days)
    assert stand(bank, "Sun").state == state


def test_what_changed_is_read_answered_and_counts(bank, passes, new_rule, sign_in):
    passes("Sun")
    new_rule(20)
    sun = sign_in("Sun")
    assert "只看变化的部分" in sun.get("/academy/").content.decode()
    page = sun.get(f"/academy/changed/{LEVELS}").content.decode()
    assert "30" in page and "20" in page and "联系客户" in page and "法定答复" not in page
    assert left(page) == []
    sun.post(f"/academy/changed/{LEVELS}/do/pass")
    assert stand(bank, "Sun").state == "changed"  # the question about the rule comes first
    sun.post(f"/academy/changed/{LEVELS}/do/answer", {"question": ASK, "answer": "30"})
    sun.post(f"/academy/changed/{LEVELS}/do/pass")
    assert stand(bank, "Sun").state == "changed"
    sun.post(f"/academy/changed/{LEVELS}/do/answer", {"question": ASK, "answer": "20"})
    assert "现在按新规则算通过" in sun.post(f"/academy/changed/{LEVELS}/do/pass", follow=True).content.decode()
    assert stand(bank, "Sun").state == "passed"
    assert sun.get(f"/academy/changed/{LEVELS}").status_code == 404


def test_a_whole_lesson_is_not_passed_as_a_diff(bank):
    here = {"scope": bank.scope("Sun"), "now": bank.now}
    run = api.lesson_start(**here, unit=bank.b01, lesson=LEVELS)
    with pytest.raises(Invalid):
        api.diff_pass(**here, run=run.pk)


def test_a_rule_may_end_and_what_asked_about_it_is_asked_no_more(bank, sign_in, monkeypatch):
    today, kept = bank.b01.date_at(bank.now), loader._load
    _verdict, run = rehearse(bank, "Sun", shelf(bank.b01, today).lessons[LEVELS])

    def ended(kind):
        return tuple(
            replace(one, effective_to=today) if kind == "case_types" and one.key == "service.complaint" else one
            for one in kept(kind)
        )

    monkeypatch.setattr(loader, "_load", ended)
    loader._merged.cache_clear()
    page = sign_in("Sun").get(f"/academy/lesson/{LEVELS}").content.decode()
    assert "0 / 6" in page and ASK not in page and left(page) == []
    for key, given in right_answers(bank, bank.b01).items():
        api.lesson_answer(scope=bank.scope("Sun"), now=bank.now, run=run.pk, question_key=key, given=given)
    assert stand(bank, "Sun").state == "passed"
