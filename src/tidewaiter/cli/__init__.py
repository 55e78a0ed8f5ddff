"""The command line: thin. Parse, call, print."""

from __future__ import annotations

from tidewaiter.cli.app import main

__all__ = ["main"]
