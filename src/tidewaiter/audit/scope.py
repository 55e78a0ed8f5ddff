"""What is audited: the part of the schedule that prints headings, and the lists that its footnotes name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tidewaiter.ledger.located import Fields, read_yaml
from tidewaiter.ledger.snapshot import LAW_DIR

AUDIT_DIR = LAW_DIR / "audit"
SCOPE_FILE = AUDIT_DIR / "footnotes.yaml"


@dataclass(frozen=True, slots=True)
class FootnotedList:
    """A product list whose classes are headings, and which of these the footnotes of the schedule name.

    A heading may be written short (9903.92) where footnotes do so.
    """

    id: str
    headings: tuple[str, ...]

    def holds(self, heading: str) -> bool:
        """Whether footnotes name that heading, or what it is short for.

        >>> FootnotedList("cranes", ("9903.92.10", "9903.92")).holds("9903.92.80")
        False
        """
        return heading in self.headings


@dataclass(frozen=True, slots=True)
class Scope:
    """``into``: the importing country; ``prefix``: the digits with which headings begin; ``lists``: those footnoted."""

    into: str
    prefix: str
    lists: tuple[FootnotedList, ...]

    @property
    def named(self) -> re.Pattern[str]:
        """Finds the headings of the lists in the text of a footnote."""
        written = sorted({code for one in self.lists for code in one.headings}, key=len, reverse=True)
        return re.compile(rf"(?:{'|'.join(map(re.escape, written))})(?!\d|\.\d)")


def read_scope(path: Path = SCOPE_FILE) -> Scope:
    """The scope of the audit. Raises ``LawError``."""
    fields = Fields(read_yaml(path, f"audit/{path.name}"))
    into, prefix, lists = fields.need("into").text(), fields.need("prefix").text(), fields.need("lists").items()
    fields.done()
    return Scope(into, prefix, tuple(_footnoted(Fields(one)) for one in lists))


def _footnoted(fields: Fields) -> FootnotedList:
    name = fields.need("list").text()
    headings = tuple(item.text() for item in fields.need("headings").items())
    fields.done()
    return FootnotedList(name, headings)
