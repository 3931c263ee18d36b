"""What two machines must agree on is printed so that diff can compare it."""

from click.testing import CliRunner

from counterpoint.academy.drill import golden
from counterpoint.config import content_command

KEY = "academy.scenario.fire_alarm"


def lines(monkeypatch, *options):
    monkeypatch.setattr(content_command, "_start", lambda: None)
    answer = CliRunner().invoke(content_command.content, ["digests", KEY, "--size", "small", *options])
    assert answer.exit_code == 0, answer.output
    return [line.split("\t") for line in answer.stdout.splitlines()], answer.stderr


def test_a_row_a_scenario_and_seed_twice_the_same_and_the_machine_apart(monkeypatch):
    (head, *rows), machine = lines(monkeypatch, "--seed", "7", "--seed", "8")
    assert head == ["scenario", "version", "size", "seed", "game", "idle", "erratic"]
    assert [row[:4] for row in rows] == [[KEY, "2", "small", seed] for seed in ("7", "8")]
    assert all(len(mark) == 64 for row in rows for mark in row[4:]) and rows[0][4:] != rows[1][4:]
    assert lines(monkeypatch, "--seed", "7", "--seed", "8")[0][1:] == rows
    assert "numba" in machine and "engine" in machine


def test_the_digests_are_those_of_the_days_themselves():
    (one,) = golden.digests([KEY], [7], "small")
    body = golden.scenarios()[KEY]
    game = golden.game_of_scenario(body, seed=7, size="small")
    assert (one.game, one.idle) == (game.hash(), golden.playing.play(game).digest()) and one.erratic != one.idle
