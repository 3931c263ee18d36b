"""Source files of the product as the architecture tests see them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
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


@dataclass(frozen=True)
class Call:
    """A call spelled as names and attributes: its line, dotted callee, and the names of its keyword arguments."""

    line: int
    callee: str
    keywords: tuple[str | None, ...]


@dataclass(frozen=True)
class Read:
    """What a module imports and calls. A module is parsed once and its tree let go: a thousand kept trees slow every
    collection of garbage."""

    imports: tuple[tuple[int, str], ...]
    calls: tuple[Call, ...]


def tree(path: Path) -> ast.Module:
    """Parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def read(path: Path) -> Read:
    """Imports and calls of a module."""
    imported: list[tuple[int, str]] = []
    called: list[Call] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imported += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imported += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        elif isinstance(node, ast.Call) and (dotted := _dotted(node.func)):
            called.append(Call(node.lineno, dotted, tuple(given.arg for given in node.keywords)))
    return Read(tuple(imported), tuple(called))


def room_of(path: Path) -> str:
    """The room a file lies in."""
    return path.relative_to(PACKAGE).parts[0]


def name_of(path: Path) -> str:
    """Path relative to the repository, for messages."""
    return str(path.relative_to(ROOT))


def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """(line, dotted name) of every import; `from a import b` gives a.b."""
    return read(path).imports


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted callee) of every call that is spelled as names and attributes."""
    return ((one.line, one.callee) for one in read(path).calls)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""
