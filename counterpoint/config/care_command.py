"""`doctor`, `backup`, `restore`, `drill`: caring for an installation."""

import sys
from pathlib import Path

import click

from counterpoint.config import profile as profiles

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
KEY = click.option(
    "--key-file", type=FILE, envvar="COUNTERPOINT_BACKUP_KEY", help="File whose content is the key; keep it elsewhere."
)
MARKS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
def doctor() -> None:
    """Check this installation and say what to do; exit code 1 when something must not stay so."""
    profiles.start()
    from counterpoint.foundation import clock
    from counterpoint.foundation import doctor as doctors

    findings = doctors.examine(clock.SystemClock().now())
    for finding in findings:
        verdict = click.style(f"{finding.verdict:>4}", fg=MARKS[finding.verdict])
        click.echo(f"{verdict}  {finding.name}: {finding.seen}")
        if finding.todo:
            click.echo(f"      → {finding.todo}")
    if any(f.verdict == "fail" for f in findings):
        sys.exit(1)


@click.command()
@click.option(
    "--to", required=True, type=FOLDER, envvar="COUNTERPOINT_BACKUP_TO", help="Folder on another disk or host."
)
@click.option("--encrypt", is_flag=True, help="Seal with the content of --key-file.")
@KEY
def backup(to: Path, encrypt: bool, key_file: Path | None) -> None:
    """Make a verified backup of database, files and anchors; keeps the newest 3, 7 daily, 4 weekly, 12 monthly."""
    profiles.start()
    from counterpoint.foundation import backup as backups
    from counterpoint.foundation import clock

    if encrypt and key_file is None:
        raise click.UsageError("Sealing needs a key: name it with --key-file.")
    made = backups.make(to=to, now=clock.SystemClock().now(), key_file=key_file if encrypt else None)
    rows = sum(made.manifest["rows"].values())
    click.echo(f"{made.folder}: {rows} rows, {len(made.manifest['files'])} files, checked.")
    if made.damaged:
        click.echo(f"{len(made.damaged)} stored files are damaged in HOME/files; restore them from a backup:", err=True)
        for digest in made.damaged:
            click.echo(f"  {digest}", err=True)
        sys.exit(1)


@click.command()
@click.argument("source", type=FOLDER)
@click.option("--verify-only", is_flag=True, help="Check the backup; change nothing.")
@click.option("--new-keys", is_flag=True, help="The old keys are lost: go on with new ones.")
@KEY
def restore(source: Path, verify_only: bool, new_keys: bool, key_file: Path | None) -> None:
    """Restore SOURCE into an empty COUNTERPOINT_HOME that holds only the old keys."""
    profiles.start()
    from counterpoint.foundation import clock
    from counterpoint.foundation import restore as restores

    if verify_only:
        found = restores.verify(source, key_file)
        click.echo(f"{source.name} is sound: {found.total} rows, {len(found.heads)} journals.")
        return
    held = restores.restore(folder=source, now=clock.SystemClock().now(), key_file=key_file, new_keys=new_keys)
    click.echo(
        f"Restored. {held.sessions} sessions were ended, {held.messages} messages and {held.jobs} jobs are held. "
        "Look at the messages, then run `counterpoint messages release` if they are to go out."
    )


@click.command()
@click.option(
    "--from", "to", required=True, type=FOLDER, envvar="COUNTERPOINT_BACKUP_TO", help="Folder of the backups."
)
@KEY
def drill(to: Path, key_file: Path | None) -> None:
    """Restore the newest backup to a temporary place, check it, and write a signed record."""
    profiles.start()
    from counterpoint.foundation import clock
    from counterpoint.foundation import restore as restores

    done = restores.drill(to=to, now=clock.SystemClock().now(), key_file=key_file)
    click.echo(f"{done.backup}: {done.rows} rows restored and checked in {done.seconds} s; record {done.record}")
    for problem in done.problems:
        click.echo(f"  {problem}", err=True)
    if done.problems:
        sys.exit(1)


@click.group()
def messages() -> None:
    """Messages that a restore held."""


@messages.command()
def release() -> None:
    """Let held messages go out at the next tick."""
    profiles.start()
    from counterpoint.foundation import clock, notify

    click.echo(f"{notify.release_held(now=clock.now())} messages will go out.")
