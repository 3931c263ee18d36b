"""`counterpoint users`: the first people of an installation, and help when someone is locked out."""

from datetime import date
from typing import TYPE_CHECKING

import click

from counterpoint.config import profile as profiles

if TYPE_CHECKING:
    from counterpoint.foundation.models import OrgUnit, User
    from counterpoint.foundation.scope import Scope


@click.group()
def users() -> None:
    """People, posts, passwords. What is done here is journalled as done on the server itself."""


@users.command()
@click.option("--no", "staff_no", required=True, help="Staff number; it is the sign-in name.")
@click.option("--name", required=True)
@click.option("--at", "unit", required=True, help="Code of the org unit.")
@click.password_option(help="At least 12 characters.")
def add(staff_no: str, name: str, unit: str, password: str) -> None:
    """Add a person; grant a post next."""
    scope, place = _start(unit)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from counterpoint.foundation import actions, clock
    from counterpoint.foundation.models import User
    from counterpoint.foundation.scope import scoped

    try:
        validate_password(password, User(staff_no=staff_no, name=name))
    except ValidationError as weak:
        raise click.ClickException(" ".join(weak.messages)) from weak
    with scoped(scope):
        actions.person_add(
            scope=scope, now=clock.now(), org_unit=place, staff_no=staff_no, name=name, password=password
        )
    click.echo(f"{name} ({staff_no}) is added. Grant a post: counterpoint users grant --no {staff_no} …")


@users.command()
@click.option("--no", "staff_no", required=True)
@click.option("--role", required=True)
@click.option("--at", "unit", required=True, help="Code of the org unit.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; the unit's today without it.")
def grant(staff_no: str, role: str, unit: str, since: "date | None") -> None:
    """Give a person a role at an org unit."""
    scope, place = _start(unit)
    from counterpoint.foundation import actions, clock
    from counterpoint.foundation.scope import scoped

    now = clock.now()
    first = since.date() if since else place.date_at(now)  # type: ignore[attr-defined]
    with scoped(scope):
        actions.post_grant(scope=scope, now=now, org_unit=place, user=_person(staff_no), role=role, since=first)
    click.echo(f"{staff_no} is {role} at {unit} from {first}.")


@users.command("reset-password")
@click.option("--no", "staff_no", required=True)
@click.password_option()
def reset_password(staff_no: str, password: str) -> None:
    """Set a new password and end all sessions of the person."""
    profiles.start()
    from counterpoint.foundation import account, clock

    account.reset_password(user=_person(staff_no), password=password, now=clock.now())
    click.echo(f"The password of {staff_no} is set; all sessions are ended.")


@users.command()
@click.option("--no", "staff_no", required=True)
def unlock(staff_no: str) -> None:
    """Forget failed sign-ins of a person, so that they need not wait."""
    profiles.start()
    from counterpoint.foundation import account, clock

    account.unlock(user=_person(staff_no), now=clock.now())
    click.echo(f"{staff_no} can try again.")


def _start(unit: str) -> "tuple[Scope, OrgUnit]":
    profiles.start()
    from counterpoint.foundation import access, roles
    from counterpoint.foundation.models import OrgUnit
    from counterpoint.foundation.scope import scoped

    scope = access.system_scope(tuple(roles.table()), label="command line")
    with scoped(scope):
        place = OrgUnit.objects.filter(code=unit).first()
    if place is None:
        raise click.ClickException(f"There is no org unit “{unit}”.")
    return scope, place


def _person(staff_no: str) -> "User":
    from counterpoint.foundation.models import User

    user = User.objects.filter(staff_no=staff_no, puppet=False).first()
    if user is None:
        raise click.ClickException(f"There is no person with staff number “{staff_no}”.")
    return user
