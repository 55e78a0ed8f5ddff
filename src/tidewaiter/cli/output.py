"""Where an answer goes: standard output, or a file."""

from __future__ import annotations

import sys
from pathlib import Path


def put_bytes(text: bytes, output: str | None) -> None:
    """Write to a file, or to standard output (``None`` or ``-``)."""
    if output is None or output == "-":
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    else:
        Path(output).write_bytes(text)
