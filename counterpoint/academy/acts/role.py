"""Acts of the first chapter: what one marks of a person."""

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.role import api as role_


@act("role.observe", takes="role nth marks")
def observe(doing: Doing, args: Args) -> None:
    """Mark the `nth` colleague of a role, or oneself (`self`); `marks` is `role.records=2; role.people=4`."""
    who = str(args["role"])
    person = doing.scope.actor if who == "self" else doing.colleague(who, int(args.get("nth", 1)))
    pairs = (one.partition("=") for one in str(args["marks"]).split(";"))
    if person is not None:
        role_.competence_observe(
            scope=doing.scope, unit=doing.branch, user=person, now=doing.now,
            levels={name.strip(): int(level) for name, _sign, level in pairs},
        )  # fmt: skip
