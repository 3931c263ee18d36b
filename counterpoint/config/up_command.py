"""`up` and the processes it is made of: web, jobs, tick."""

import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

import click

from counterpoint.config import profile as profiles
from counterpoint.config.supervisor import Child, Supervisor, UpFailed

BACKLOG = 8192  # open streams beyond it would hang, so it is above what one worker carries


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, envvar="COUNTERPOINT_BIND", help="Address to listen on."
)
@click.option("--port", default=8000, show_default=True, type=int, envvar="COUNTERPOINT_PORT")
def up(host: str, port: int) -> None:
    """Bring the database up to date, then run web, workers and tick until stopped."""
    profiles.start()
    prepare()
    serve(host=host, port=port)


def prepare() -> None:
    """Keys (demo only), database, system checks. Django must be set up."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from counterpoint.foundation import keys

    if settings.PROFILE != "production":
        keys.create()
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        raise UpFailed("The front end is not built. Run `counterpoint assets` first.")
    migrate_under_lock()
    call_command("check", verbosity=0, stdout=StringIO())
    connections.close_all()


def serve(*, host: str, port: int, extra: Mapping[str, Sequence[str]] | None = None) -> None:
    """Run the tree in the foreground. `extra` adds named commands that must be running too."""
    me = (sys.executable, "-m", "counterpoint.config.cli")
    children = [Child("web", web_command(host, port), port), Child("jobs", (*me, "jobs")), Child("tick", (*me, "tick"))]
    children += [Child(name, tuple(command)) for name, command in (extra or {}).items()]
    shown = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104
    Supervisor(children, profiles.home() / "run").run(lambda: click.echo(f"Counterpoint answers at {shown}"))


def web_command(host: str, port: int) -> tuple[str, ...]:
    """Granian with one worker: streams on its event loop, pages on the application's threads."""
    options = {
        "interface": "asgi", "host": host, "port": str(port), "workers": "1", "backlog": str(BACKLOG),
        "backpressure": str(BACKLOG), "log-level": "warning", "workers-kill-timeout": "2",
    }  # fmt: skip
    flat = [part for key, value in options.items() for part in (f"--{key}", value)]
    return (sys.executable, "-m", "granian", *flat, "--no-ws", "counterpoint.config.asgi:application")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="COUNTERPOINT_BIND")
@click.option("--port", default=8000, show_default=True, type=int, envvar="COUNTERPOINT_PORT")
def web(host: str, port: int) -> None:
    """Run only the web server, for an own process manager."""
    profiles.choose()
    command = web_command(host, port)
    os.execv(command[0], command)  # noqa: S606


@click.command()
def jobs() -> None:
    """Run the job workers until stopped."""
    profiles.start()
    from django.core.management import call_command
    from django.db import connections

    connections.close_all()  # the cluster forks; no connection may be shared
    call_command("qcluster")


@click.command()
@click.option("--once", is_flag=True, help="Run everything that is due once, then end.")
def tick(once: bool) -> None:
    """Run due work of all rooms: messages, rescues, checkpoints, anchors, deadlines."""
    profiles.start()
    from counterpoint.foundation import tick as ticks
    from counterpoint.primitives import content

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if once:
        for outcome in ticks.Ticker().step():
            click.echo(f"{outcome.name}: {'ok' if outcome.ok else outcome.error}")
    else:
        content.warm()
        ticks.loop(stop)


@click.command()
def migrate() -> None:
    """Bring the database up to date; waits for another migration to end."""
    profiles.start()
    migrate_under_lock()


def migrate_under_lock() -> None:
    """Run Django's migrations; of several processes that start at once one migrates and the others wait."""
    from django.core.management import call_command

    from counterpoint.foundation import health

    with health.migration_lock(profiles.home() / "run"):
        call_command("migrate", interactive=False, verbosity=0)
