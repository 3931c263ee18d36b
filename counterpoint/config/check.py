"""`make check`: every static contract of the house, in parallel, each with its own verdict.

Exit status 0 when all hold. Nothing here runs the product's tests.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Check:
    """A name and the command that proves it."""

    name: str
    command: tuple[str, ...]


CHECKS = (
    Check("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Check("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Check("types", (str(BIN / "mypy"),)),
    Check("floors, cycles, doors of imports", (str(BIN / "lint-imports"),)),
    Check(
        "house rules: doors, sizes, clock, scope, templates",
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/architecture"),
    ),
    Check("policies, models, migrations", (sys.executable, "manage.py", "makemigrations", "--check", "--dry-run")),
    Check("content", (sys.executable, "-m", "counterpoint.config.check", "content")),
    Check("translations", (sys.executable, "-m", "counterpoint.config.check", "translations")),
)


def run(check: Check) -> tuple[Check, bool, str, float]:
    """Run one check; returns its verdict, output and seconds."""
    started = time.monotonic()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.test"}
    done = subprocess.run(check.command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    return check, done.returncode == 0, (done.stdout + done.stderr).strip(), time.monotonic() - started


def content() -> int:
    """Content check in its own process."""
    import django

    django.setup()
    from counterpoint.primitives.content import check

    problems = check()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def translations() -> int:
    """Translations complete in its own process."""
    from counterpoint.ui.translations import check

    problems = check()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def main() -> int:
    """All checks, two at a time."""
    if sys.argv[1:] == ["content"]:
        return content()
    if sys.argv[1:] == ["translations"]:
        return translations()
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for check, ok, output, seconds in pool.map(run, CHECKS):
            print(f"{'ok  ' if ok else 'FAIL'} {check.name} ({seconds:.1f} s)")
            if not ok:
                failed += 1
                print("     " + "\n     ".join(output.splitlines()[-40:]))
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
