"""Commands that read one file: a second one is most often the one to be written, its ``-o`` forgotten."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from tidewaiter.cli.common import fail


class OneFile(TyperCommand):
    """A command whose only argument is the file that it reads."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments. More than one file ends the command with exit code 2."""
        said, more, _ = self.make_parser(ctx).parse_args(list(args))
        if more and not said.get("help"):
            hint = "one file is read at a time; the one to be written is named with -o"
            fail("unexpected_argument", f"{more[0]!r}: more than one file is given", hint, status=2)
        return super().parse_args(ctx, args)
