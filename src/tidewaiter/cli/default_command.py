"""A group of commands of which one may be called without its name: ``refunds report.csv`` beside ``refunds sample``."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

_HELP = ("-h", "--help")


class DefaultGroup(TyperGroup):
    """What is no command's name belongs to the command ``run``. A file that bears the name of a command is ``./sample``."""

    default = "run"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, the name of the default command put before them where none is there."""
        if args and args[0] not in self.commands and args[0] not in _HELP:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Both ways to call it."""
        own = " ".join(self.commands[self.default].collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, f"{own}\n| {self.subcommand_metavar}")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments and options of the default command, then the other commands."""
        self.commands[self.default].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
