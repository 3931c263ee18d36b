"""`counterpoint demo`: a simulated bank on this machine, at 10:30 of a payday."""

import os
import shutil
import sys
import threading
import time
import webbrowser
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from counterpoint.config import profile as profiles

DEMO_HOME = "demo"
SPEEDS = (0.0, 1.0, 5.0, 20.0, 60.0)  # those of the demo's page; named here because it is read before Django is set up


def _offered(_context: click.Context, option: click.Parameter, speed: float) -> float:
    if speed not in SPEEDS:
        raise click.BadParameter(f"{speed:g} is not one of {', '.join(f'{one:g}' for one in SPEEDS)}.", param=option)
    return speed


@click.group(invoke_without_command=True)
@click.option("--port", default=8000, show_default=True, type=int, help="Port on this machine.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--speed", default=1.0, show_default=True, callback=_offered, help="Demo minutes per real minute: 0, 1, 5, 20, 60."
)
@click.option("--fresh", is_flag=True, help="Throw the old demo away and make a new one.")
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.pass_context
def command(context: click.Context, port: int, host: str, speed: float, fresh: bool, no_open: bool) -> None:
    """Run a simulated bank: branches, a year of history, a live hall. Everything in it is invented."""
    home = _home()
    if context.invoked_subcommand is not None:
        return
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    profiles.start("demo")
    _seed_if_empty(home)
    again = True
    while again:
        _serve(home, host=host, port=port, speed=speed, browse=not no_open)
        again, no_open = _rewound(home), True


@command.command(hidden=True)
def player() -> None:
    """Play the branches until stopped; a child of `counterpoint demo`."""
    _home()
    profiles.start("demo")
    from counterpoint.config.demo import cast, controls, story
    from counterpoint.config.demo.player import Player
    from counterpoint.foundation.api import clock

    home = profiles.home()
    os.nice(5)  # pages come first
    plays = Player(cast.plans(), seed=story.SEED)
    while True:
        if controls.rewind_asked(home):
            controls.stop_tree()
        done = plays.round(clock.now(), clock.SystemClock().now())
        controls.remember(home, clock.now())
        time.sleep(0.1 if done else 0.4)


def _home() -> Path:
    """var/demo, unless COUNTERPOINT_HOME says otherwise; the same for every process of the tree."""
    os.environ.setdefault("COUNTERPOINT_HOME", str(profiles.PROJECT / "var" / DEMO_HOME))
    os.environ["COUNTERPOINT_PROFILE"] = "demo"
    return profiles.home()


def _seed_if_empty(home: Path) -> None:
    from counterpoint.config.demo import controls, seeding, snapshot, story
    from counterpoint.config.up_command import prepare
    from counterpoint.foundation.api import clock

    prepare()
    if not seeding.empty():
        return
    began = time.monotonic()
    clock.use(clock.FixedClock(story.start()))
    seeding.seed(until=story.start(), say=lambda words: click.echo(f"  {time.monotonic() - began:5.1f} s  {words}"))
    controls.install(home)
    _snapshot(home, snapshot.keep)
    click.echo(f"  {time.monotonic() - began:5.1f} s  ready")


def _snapshot(home: Path, act: object) -> None:
    """Keep or restore the start; only the embedded database can."""
    from django.conf import settings
    from django.db import connections

    database = settings.DATABASES["default"]
    connections.close_all()
    if "sqlite" in str(database["ENGINE"]):
        act(Path(str(database["NAME"])), home)  # type: ignore[operator]


def _serve(home: Path, *, host: str, port: int, speed: float, browse: bool) -> None:
    from counterpoint.config.demo import controls, story
    from counterpoint.config.up_command import serve
    from counterpoint.foundation.api import clock

    pace = controls.resume(home, clock.SystemClock().now(), speed)
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104
    _announce(address, f"{pace.base_demo.astimezone(ZoneInfo(story.ZONE)):%Y-%m-%d}", speed)
    if browse:
        threading.Timer(4.0, webbrowser.open, (address,)).start()
    me = (sys.executable, "-m", "counterpoint.config.cli")
    serve(host=host, port=port, extra={"player": (*me, "demo", "player")})


def _announce(address: str, day: str, speed: float) -> None:
    from counterpoint.config.demo.bank import PASSWORD
    from counterpoint.foundation.queries import demo_people

    click.echo(f"\n  对位 Counterpoint demo · {day} · speed {speed:g}× · {address}")
    click.echo(f"  Everything is simulated. Password for everybody: {PASSWORD}\n")
    for person in demo_people():
        click.echo(f"    {person['staff_no']:<10} {person['name']}  {person['role']}")
    click.echo(f"\n  Change speed, pause, back to 10:30: {address}demo   ·   stop: Ctrl+C\n")


def _rewound(home: Path) -> bool:
    """Whether the tree ended because somebody asked for 10:30; then the start is put back."""
    from counterpoint.config.demo import controls, snapshot

    if not controls.rewind_asked(home):
        return False
    (home / controls.REWIND).unlink()
    if snapshot.kept(home):
        _snapshot(home, snapshot.restore)
    (home / controls.LAST).unlink(missing_ok=True)
    return True
