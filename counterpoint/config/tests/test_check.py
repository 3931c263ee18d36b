"""`make check`: each contract gets its own verdict, and one that fails is shown and fails the whole."""

import sys

import pytest

from counterpoint.config import check
from counterpoint.config.check import BIN, CHECKS, Check
from counterpoint.primitives import content
from counterpoint.ui import translations


def python(code):
    return (sys.executable, "-S", "-c", code)


@pytest.fixture
def verdicts(monkeypatch, capsys):
    """Runs `main` over some checks; returns exit status and lines."""

    def judge(*checks, arguments=()):
        monkeypatch.setattr(check, "CHECKS", checks)
        monkeypatch.setattr(sys, "argv", ["check", *arguments])
        return check.main(), capsys.readouterr().out.splitlines()

    return judge


def test_all_sound_is_zero_and_one_line_each_in_the_order_of_the_list(verdicts):
    status, lines = verdicts(Check("one", python("")), Check("two", python("print('quiet')")))
    assert status == 0
    assert [line.split(" (")[0] for line in lines] == ["ok   one", "ok   two", "2 passed, 0 failed"]


def test_a_failure_is_one_and_shows_what_both_streams_said(verdicts):
    code = "import sys; print('seen'); print('wrong', file=sys.stderr); sys.exit(3)"
    status, lines = verdicts(Check("one", python("")), Check("two", python(code)))
    assert status == 1
    assert lines[1].startswith("FAIL two") and lines[2:4] == ["     seen", "     wrong"]
    assert lines[-1] == "1 passed, 1 failed"


def test_of_a_long_story_the_last_forty_lines_are_shown(verdicts):
    _status, lines = verdicts(Check("one", python("print(*range(100), sep='\\n'); raise SystemExit(1)")))
    assert lines[1:-1] == [f"     {n}" for n in range(60, 100)]


def test_a_check_runs_in_the_root_of_the_house_under_the_test_settings(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "counterpoint.config.settings.production")
    code = "import os; print(os.getcwd(), os.environ['DJANGO_SETTINGS_MODULE'])"
    _check, ok, output, seconds = check.run(Check("where", python(code)))
    assert ok and output == f"{check.ROOT} counterpoint.config.settings.test" and seconds > 0
    assert (check.ROOT / "pyproject.toml").is_file()


def test_every_program_of_the_list_is_installed_beside_python_and_every_name_is_told_once():
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    for one in CHECKS:
        program = one.command[0]
        assert program == sys.executable or program in {str(BIN / name) for name in ("ruff", "mypy", "lint-imports")}


@pytest.mark.parametrize(
    ("name", "where", "problem"),
    [
        ("content", (content, "check"), content.Problem("tiers/branch.yaml", "vip", "two versions are in force")),
        ("translations", (translations, "check"), translations.Finding("role", "missing", "Desk", "role/desk.py")),
    ],
)
@pytest.mark.parametrize("found", [0, 2])
def test_a_part_called_alone_prints_its_problems_and_answers_with_one(
    verdicts, monkeypatch, name, where, problem, found
):
    monkeypatch.setattr(*where, lambda: [problem] * found)
    status, lines = verdicts(arguments=[name])
    assert status == (1 if found else 0)
    assert lines == [str(problem)] * found


def test_both_parts_are_on_the_list_and_run_this_module():
    alone = {
        one.command[-1] for one in CHECKS if one.command[:3] == (sys.executable, "-m", "counterpoint.config.check")
    }
    assert alone == {"content", "translations"}


def test_nothing_slow_is_begun_for_a_part(monkeypatch, verdicts):
    monkeypatch.setattr(check, "run", lambda one: pytest.fail("a whole check ran"))
    monkeypatch.setattr(translations, "check", lambda: [])
    assert verdicts(Check("one", python("")), arguments=["translations"])[0] == 0
