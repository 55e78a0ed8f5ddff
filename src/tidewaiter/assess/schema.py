"""The contract as JSON Schema (2020-12): a line, its assessment, its error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = ("line", "assessment", "error")
_FOLDER = Path(__file__).parent / "schema"


def schema(name: str) -> dict[str, Any]:
    """The schema of ``line``, ``assessment`` or ``error``, as it ships with the package. Raises ``ValueError``.

    >>> schema("error")["title"]
    'Error'
    """
    if name not in NAMES:
        raise ValueError(f"no schema {name!r}: one of {', '.join(NAMES)}")
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found
