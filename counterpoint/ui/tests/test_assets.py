"""The front end is locked, small and free of foreign addresses."""

import json
import re

import pytest

from counterpoint.ui import assets, navigation

LOCK = json.loads((assets.SOURCE / "package-lock.json").read_text())
SCRIPT_LIMIT = 200_000  # bytes on a page without charts


@pytest.fixture(scope="module")
def dist():
    found = assets.folder() / "dist"
    if not (found / "app.js").is_file():
        pytest.skip("assets are not built: run `make setup`")
    return found


def test_every_package_is_pinned_by_its_hash_and_no_mirror_is_named():
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "resolved" not in json.dumps(LOCK)


def test_versions_are_exact():
    wanted = json.loads((assets.SOURCE / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in (wanted["dependencies"] | wanted["devDependencies"]).values())


def test_a_page_without_charts_loads_less_script_than_its_limit(dist):
    assert 50_000 < assets.page_script_bytes(dist) < SCRIPT_LIMIT


def test_charts_are_not_loaded_with_every_page(dist):
    assert "echarts" not in (dist / "app.js").read_text()
    assert any(name.startswith("chunks/charts") for name in assets.sizes(dist))


def test_styles_fetch_nothing_from_outside(dist):
    css = (dist / "styles.css").read_text()
    assert re.findall(r"url\((?![\"']?data:)", css) == []
    assert "@import" not in css


def test_the_report_fonts_and_their_licence_are_there(dist):
    assert {path.name for path in (dist / "fonts").iterdir()} == {
        "NotoSansSC_400Regular.ttf",
        "NotoSansSC_700Bold.ttf",
        "LICENSE",
    }


def test_every_icon_named_by_a_template_or_module_is_in_the_sprite(dist):
    sprite = (dist / "icons.svg").read_text()
    named = set()
    for path in assets.PROJECT.joinpath("counterpoint").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text()))
    named |= {item.icon for item in navigation.items()}
    assert {name for name in named if f'id="{name}"' not in sprite} == set()


def test_nothing_is_done_when_nothing_changed(dist, tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "_npm_ci", lambda work: pytest.fail("npm ran"))
    monkeypatch.setattr(assets, "_bundle", lambda work, out: pytest.fail("the bundler ran"))
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "app.js").write_text("")
    (tmp_path / "built.json").write_text(json.dumps({"lock": "", "sources": assets.fingerprint(assets.SOURCE)}))
    assert assets.build(tmp_path) == tmp_path / "dist"


def test_a_changed_source_bundles_without_a_new_install(tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(assets, "_npm_ci", lambda work: ran.append("npm"))
    monkeypatch.setattr(assets, "_bundle", lambda work, out: ran.append("bundle"))
    assets.build(tmp_path)
    (tmp_path / "work" / "node_modules").mkdir()
    stamp = json.loads((tmp_path / "built.json").read_text())
    (tmp_path / "built.json").write_text(json.dumps({**stamp, "sources": "old"}))
    assets.build(tmp_path)
    assert ran == ["npm", "bundle", "bundle"]


def test_the_folder_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_ASSETS", str(tmp_path))
    assert assets.folder() == tmp_path
