"""The `counterpoint` command. Each sub-command is imported only when it is called, so that `plan` needs no Django."""

import importlib
import importlib.util
import os
import sys
from typing import Any

import click

# name: (module, attribute, help). Modules that are not there (yet) are not offered.
COMMANDS = {
    "demo": ("counterpoint.config.demo_command", "command", "Run a simulated bank on this machine."),
    "plan": ("counterpoint.config.plan_command", "command", "Plan counters from a ticket file; no database needed."),
    "roster": ("counterpoint.config.roster_command", "command", "Solve or judge a roster problem in a file."),
    "up": ("counterpoint.config.up_command", "up", "Run web, workers and tick; after migrating."),
    "web": ("counterpoint.config.up_command", "web", "Run only the web server."),
    "jobs": ("counterpoint.config.up_command", "jobs", "Run only the job workers."),
    "tick": ("counterpoint.config.up_command", "tick", "Run only the tick."),
    "migrate": ("counterpoint.config.up_command", "migrate", "Bring the database up to date."),
    "assets": ("counterpoint.config.assets_command", "assets", "Build front end, translations and static files."),
    "warm": ("counterpoint.config.warm_command", "warm", "Compile the branch-day engine once."),
    "translations": ("counterpoint.config.assets_command", "translations", "Check or update translations."),
    "keys": ("counterpoint.config.keys_command", "keys", "Create or rotate keys."),
    "users": ("counterpoint.config.users_command", "users", "Add people, grant posts, reset passwords."),
    "doctor": ("counterpoint.config.care_command", "doctor", "Check this installation and say what to do."),
    "backup": ("counterpoint.config.care_command", "backup", "Make a verified backup."),
    "restore": ("counterpoint.config.care_command", "restore", "Restore a backup into an empty home."),
    "drill": ("counterpoint.config.care_command", "drill", "Restore the newest backup elsewhere and check it."),
    "messages": ("counterpoint.config.care_command", "messages", "Release messages that a restore held."),
    "content": ("counterpoint.config.content_command", "content", "Check, list, export and import definitions."),
    "numbers": ("counterpoint.config.numbers_command", "numbers", "KPI reference; rows to Parquet and KPIs from it."),
    "journal": ("counterpoint.config.journal_command", "journal", "Verify or export the journal."),
}  # fmt: skip


class LazyGroup(click.Group):
    """Lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (module, _, _) in COMMANDS.items() if _there(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _there(COMMANDS[cmd_name][0]):
            return None
        module, attribute, _help = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in self.list_commands(ctx)])


def _there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Counterpoint: run the bank-branch day. The profile is COUNTERPOINT_PROFILE (demo or production)."""


def main(args: list[str] | None = None) -> Any:
    """Entry point. An anticipated error is one line on stderr and exit code 1, never a stack trace."""
    # Matrices here are small: threads inside one multiplication only fight the other processes of the tree.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        return cli.main(args=args, prog_name="counterpoint")
    except Exception as failure:
        message = getattr(failure, "message", None)
        anticipated = message or (str(failure) if _anticipated(failure) else None)
        if anticipated is None:
            raise
        click.echo(f"counterpoint: {anticipated}", err=True)
        sys.exit(1)


def _anticipated(failure: Exception) -> bool:
    """Errors whose text is written for the operator; by name, so that nothing is imported for the check."""
    known = {"ImproperlyConfigured", "KeyMissing", "UnknownProfile", "UpFailed", "AssetsFailed", "BackupRefused"}
    known |= {"ContentError", "ExchangeFault"}
    return type(failure).__name__ in known


if __name__ == "__main__":
    main()
