"""docs/refund-reports.md names every column and every word that the readers know, and no other."""

from __future__ import annotations

from pathlib import Path

import yaml

from tidewaiter.refunds.read_headers import COLUMNS_FILE
from tidewaiter.refunds.words import in_words

PAGE = Path(__file__).parents[2] / "docs" / "refund-reports.md"


def test_the_page_lists_the_columns() -> None:
    fields = yaml.load(COLUMNS_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["fields"]
    wanted = [
        [
            in_words(name),
            ", ".join([*one.get("ace", ()), *one.get("also", ())]),
            f"`{one['own'][0]}`",
            "; ".join(f"`{meaning}`: {', '.join(words)}" for meaning, words in one.get("words", {}).items()),
        ]
        for name, one in fields.items()
    ]
    table = PAGE.read_text(encoding="utf-8").split("## The columns")[1]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    assert rows[2:] == wanted
