"""The desk by command line: `legalmap --help`. Help is in English, problems are in ky, ru or en."""

from __future__ import annotations

from importlib import import_module

import click

from legalmap.config import SettingsError, read_settings

MODULES = {
    "import": "importing",
    "history": "looking_back", "rollback": "looking_back", "undo": "looking_back",
    "init": "keeping", "publish": "keeping", "editions": "keeping", "doctor": "keeping",
    "export": "tables", "template": "tables",
    "needs": "needs",
    "nearest": "asking",
    "purge": "purge",
    "copy": "copying",
    "backup": "backing_up", "restore": "backing_up",
    "pack": "packing",
    "places": "gazetteer",
    "sheets": "sheets",
    "texts": "texts",
    "user": "people", "audit": "people",
    "job": "jobs",
    "node": "node",
    "committees": "committees",
}  # fmt: skip
"""Command -> its module here, read when the command is asked for: every act on the web starts a job's process, which
must not wait for what other commands need."""


class Commands(click.Group):
    """The commands of `MODULES`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        commands = import_module(f"{__name__}.{MODULES[cmd_name]}").COMMANDS
        return next((command for command in commands if command.name == cmd_name), None)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Keep and ask the directory of free legal aid. The instance is LEGALMAP_INSTANCE (default instance/)."""
    try:
        context.obj = read_settings()
    except SettingsError as fault:
        raise click.UsageError(str(fault)) from fault
