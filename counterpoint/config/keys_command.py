"""`counterpoint keys`: works before any setting is valid, because production refuses to start without keys."""

import click

from counterpoint.config import profile as profiles


@click.group()
def keys() -> None:
    """Create or rotate keys in HOME/keys. They are not part of any backup: copy them to a safe place."""


@keys.command()
def create() -> None:
    """Make the missing keys; existing ones are never replaced."""
    from counterpoint.foundation import keys as store

    folder = profiles.home() / "keys"
    made = store.create(folder)
    click.echo(f"Made in {folder}: {', '.join(made)}." if made else f"All keys are in {folder}.")
    click.echo("Copy this folder to a safe place now. Without it no encrypted field of a restored backup can be read.")


@keys.command()
def rotate() -> None:
    """Encrypt fields with a new key from now on; the old one stays to read what it sealed."""
    profiles.start()
    from counterpoint.foundation import keys as store

    store.rotate()
    click.echo("A new field key is in force. Copy HOME/keys to the safe place again.")


@keys.command("rotate-badges")
def rotate_badges() -> None:
    """Sign badges with a new key from now on; those of the old one stay good."""
    profiles.start()
    from counterpoint.foundation import keys as store

    store.rotate_badges()
    click.echo("Badges are signed with a new key. Copy HOME/keys to the safe place again.")
