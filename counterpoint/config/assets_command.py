"""`counterpoint assets` and `counterpoint translations`: what set-up builds."""

import sys

import click

from counterpoint.config import profile as profiles


@click.command()
def assets() -> None:
    """Bundle the front end, compile translations, collect static files under immutable names."""
    from counterpoint.ui import assets as bundles
    from counterpoint.ui import translations as words

    bundles.build()
    words.compile_all()
    profiles.start("demo")  # collecting needs no secrets; STATICFILES_DIRS exists only after the build
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


@click.group()
def translations() -> None:
    """Chinese for every string that a person sees."""


@translations.command()
def check() -> None:
    """Fail when a string has no translation."""
    from counterpoint.ui import translations as words

    missing = words.check()
    for finding in missing:
        click.echo(str(finding))
    if missing:
        sys.exit(1)


@translations.command()
def update() -> None:
    """Add new strings to the rooms' .po files."""
    from counterpoint.ui import translations as words

    for room in words.rooms():
        added, removed = words.update(room)
        click.echo(f"{room}: {added} added, {removed} removed")
