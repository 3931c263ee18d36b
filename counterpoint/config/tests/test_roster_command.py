"""`counterpoint roster`: a file in, a judged answer out, and plain words when a file is wrong."""

import json

import pytest
from click.testing import CliRunner

from counterpoint.config.roster_command import UNUSABLE, command

INSTANCE = """\
SECTION_HORIZON
7
SECTION_SHIFTS
E,480,
SECTION_STAFF
Mei,E=7,2400,960,5,2,2,1
SECTION_DAYS_OFF
Mei,0
SECTION_SHIFT_ON_REQUESTS
SECTION_SHIFT_OFF_REQUESTS
SECTION_COVER
2,E,1,100,1
"""


@pytest.fixture
def instance(tmp_path):
    path = tmp_path / "ward.txt"
    path.write_text(INSTANCE, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_file_is_solved_and_the_answer_judged(instance, tmp_path):
    out = tmp_path / "answer.json"
    done = run("solve", instance, "--work", 1, "--out", out)
    assert done.exit_code == 0, done.output
    total = json.loads(out.read_text(encoding="utf-8"))["total"]
    assert f"cost {total}" in done.output
    judged = run("judge", instance, out)
    assert judged.exit_code == 0 and "every hard rule is kept" in judged.output
    onward = run("solve", instance, "--work", 1, "--start", out)
    assert onward.exit_code == 0


def test_a_broken_rule_is_told_and_the_exit_code_says_so(instance, tmp_path):
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"days": {"Mei": ["E"] * 7}}), encoding="utf-8")
    judged = run("judge", instance, answer)
    assert judged.exit_code == UNUSABLE and "a day off" in judged.output


@pytest.mark.parametrize("text", ["", "hello", '{"format": "no"}', INSTANCE.replace("E,480", "E,many")])
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path, text):
    path = tmp_path / "wrong.txt"
    path.write_text(text, encoding="utf-8")
    done = run("solve", path, "--work", 1)
    assert done.exit_code == 1 and "Error: wrong.txt:" in done.output


def test_an_answer_of_other_people_is_refused(instance, tmp_path):
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"days": {"Omar": [""] * 7}}), encoding="utf-8")
    done = run("judge", instance, answer)
    assert done.exit_code == 1 and "differ in people" in done.output


def test_a_missing_folder_is_told_before_the_search(instance, tmp_path):
    done = run("solve", instance, "--work", 1, "--out", tmp_path / "none" / "answer.json")
    assert done.exit_code == 1 and "there is no folder" in done.output and "gap" not in done.output


@pytest.mark.parametrize(("held", "words"), [(b"\xff\xfe\x00", "no text in UTF-8"), (b"not json", "no JSON")])
def test_an_answer_that_is_none_is_told_in_words(instance, tmp_path, held, words):
    answer = tmp_path / "answer.json"
    answer.write_bytes(held)
    done = run("judge", instance, answer)
    assert done.exit_code == 1 and words in done.output
