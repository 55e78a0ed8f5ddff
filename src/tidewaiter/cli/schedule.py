"""``tidewaiter schedule``: build, add to, show and search the base schedule."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="The base schedule: tariff numbers, texts, rates and units by edition.")
