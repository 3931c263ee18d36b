"""`counterpoint journal`: verify and export."""

import sys
from pathlib import Path

import click

from counterpoint.config import profile as profiles


@click.group()
def journal() -> None:
    """The journal: every change, chained and anchored."""


@journal.command()
@click.option("--branch", help="Code of one org unit; all without it.")
def verify(branch: str | None) -> None:
    """Check chains against themselves, their heads and the signed anchors."""
    profiles.start()
    from counterpoint.foundation import anchor

    try:
        verified = anchor.verify(code=branch)
    except ValueError as tampered:
        raise click.ClickException(str(tampered)) from tampered
    bad = 0
    for found in verified:
        bad += not found.verdict.ok
        state = "sound" if found.verdict.ok else f"BROKEN at {found.verdict.first_bad}: {found.verdict.reason}"
        click.echo(f"{found.code}: {found.verdict.rows} entries, {found.anchors} anchors, {state}")
    if bad:
        sys.exit(1)


@journal.command()
@click.option("--branch", help="Code of one org unit; all without it.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(branch: str | None, out: Path) -> None:
    """Write entries as JSON lines; check them anywhere with `python -m counterpoint.foundation.proof FILE`."""
    profiles.start()
    from counterpoint.foundation import anchor, clock, keys, proof
    from counterpoint.foundation.scope import unscoped

    public = proof.public_hex(keys.signing_key())
    count = 0
    with unscoped("the operator exports the journal", practice=True), out.open("w") as lines:
        lines.write(proof.export_header(public, clock.now()) + "\n")
        for link, stored in anchor.all_links(code=branch):
            lines.write(proof.export_line(link, stored) + "\n")
            count += 1
    click.echo(f"{count} entries in {out}. Anchors: {anchor.folder()}. Public key, for the auditor: {public}")


@journal.command("anchor")
def anchor_now() -> None:
    """Sign and append the heads now, without waiting for the tick."""
    profiles.start()
    from counterpoint.foundation import anchor, clock

    click.echo(f"{anchor.write(clock.SystemClock().now())} heads anchored in {anchor.folder()}.")
