"""No page is named by a written address: a written one would lead out of a practice world."""

import ast
import re

import pytest

from counterpoint.foundation import policy
from tests.architecture.source import PACKAGE, ROOT, name_of, python_files, room_of, tree

TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
SCRIPTS = sorted(
    path
    for pattern in ("*/static/**/*.js", "ui/frontend/src/**/*.js", "ui/frontend/src/**/*.mjs")
    for path in PACKAGE.glob(pattern)
)
WRITTEN = re.compile(r"""(?:href|action|src|hx-\w+|data-[\w-]+)\s*=\s*["'](/[^"']*)""")
COMMENT = re.compile(r"^\s*(//|\*|/\*).*$", re.MULTILINE)
BEGINS = re.compile(r"""["'}]/[\w-]""")  # how any such string must be spelled, so that few modules are parsed
NOT_A_PAGE = ("/static/", "/healthz", "/readyz")  # the same for everybody, inside of a world and outside


def served():
    """First parts of all addresses: cases, team, onsite…"""
    return {part for route, *_rest in policy.routes() if (part := re.split(r"[/<]", route)[1])}


def pages(text, first):
    """Quoted addresses of pages in a script or a module."""
    found = re.findall(r"""["'`](/[\w-]+)(?=[/?"'`#$])""", COMMENT.sub("", text))
    return [one for one in found if one[1:] in first and not one.startswith(NOT_A_PAGE)]


def written(path, first):
    """(line, address) of every string of a module that begins like the address of a page."""
    if not BEGINS.search(path.read_text(encoding="utf-8")):
        return
    module = tree(path)
    paths_of_the_api = {
        id(part)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and "router" in ast.unparse(node.func)
        for part in ast.walk(node)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in paths_of_the_api:
            begin = re.match(r"/([\w-]+)(?=[/?]|$)", node.value)
            if begin and begin.group(1) in first:
                yield node.lineno, node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_names_pages_by_their_url_names(path):
    found = [one for one in WRITTEN.findall(path.read_text(encoding="utf-8")) if not one.startswith(NOT_A_PAGE)]
    assert not found


def test_no_module_writes_an_address_of_a_page():
    first = served()
    guilty = [
        f"{name_of(path)}:{line} {text}"
        for path in python_files()
        if room_of(path) not in {"config", "science"}
        for line, text in written(path, first)
    ]
    assert not guilty


def test_a_script_reads_addresses_from_the_page():
    first = served()
    assert not [
        f"{path.relative_to(ROOT)} {one}"
        for path in SCRIPTS
        if "dist" not in path.parts
        for one in pages(path.read_text(encoding="utf-8"), first)
    ]


def test_the_look_out_for_written_addresses_has_teeth(tmp_path):
    module = tmp_path / "m.py"
    module.write_text('a = f"/cases/{1}/"\nb = "/team/my/"\nc = "/hq/east/"\n@router.get("/cases")\ndef d(): ...\n')
    assert sorted(line for line, _text in written(module, served())) == [1, 2]
    assert pages('fetch("/cases/1");\n// "/team/x"\nfetch("/healthz")', {"cases", "team", "healthz"}) == ["/cases"]
    assert WRITTEN.findall('<a href="/cases/">x</a><a href="{% url x %}">') == ["/cases/"]
