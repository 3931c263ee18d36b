"""Source files of the product as the architecture tests see them."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "counterpoint"
ROOMS = (
    "config",
    "academy",
    "analytics",
    "risk",
    "service",
    "onsite",
    "team",
    "role",
    "primitives",
    "ui",
    "foundation",
    "science",
)
CHAPTERS = ("role", "team", "onsite", "service", "risk", "analytics", "academy")


def python_files(*, tests: bool = False) -> Iterator[Path]:
    """Product modules; migrations never, tests only when asked."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        if "migrations" in parts or (not tests and "tests" in parts):
            continue
        yield path


@lru_cache(maxsize=1024)
def tree(path: Path) -> ast.Module:
    """Parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def room_of(path: Path) -> str:
    """The room a file lies in."""
    return path.relative_to(PACKAGE).parts[0]


def name_of(path: Path) -> str:
    """Path relative to the repository, for messages."""
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import; `from a import b` gives a.b."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted callee) of every call that is spelled as names and attributes."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            dotted = _dotted(node.func)
            if dotted:
                yield node.lineno, dotted


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""
