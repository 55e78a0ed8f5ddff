"""YAML read as strings, with the line of every value, so that an error can name file and line.

YAML's own typing is never used: ``NO`` is Norway, ``9903.88`` is no float, ``12:01`` is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml

from tidewaiter.ledger.errors import LawError, Problem

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML value (``str``, ``list`` or ``dict`` of further ``Located``) with the place where it stands."""

    value: str | list[Located] | dict[str, Located]
    file: str
    line: int

    def fail(self, message: str, hint: str = "") -> LawError:
        """An error about this value, to be raised by the caller."""
        return LawError([Problem(self.file, self.line, message, hint)])

    def text(self) -> str:
        """The scalar as written, stripped. Raises ``LawError`` if it is a list or a map."""
        if not isinstance(self.value, str):
            raise self.fail("a single value is expected here")
        return self.value.strip()

    def items(self) -> list[Located]:
        """The values of a list; a single value counts as a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def entries(self) -> dict[str, Located]:
        """The entries of a map. Raises ``LawError`` if it is none."""
        if not isinstance(self.value, dict):
            raise self.fail("a map (key: value) is expected here")
        return self.value

    def read(self, parse: Callable[[str], T]) -> T:
        """``parse`` applied to the text; its ``ValueError`` becomes an error that names the line."""
        try:
            return parse(self.text())
        except ValueError as error:
            raise self.fail(str(error)) from error


class Fields:
    """A map whose keys are taken one by one; ``done`` refuses the keys nobody asked for."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self._left = dict(located.entries())

    def take(self, key: str) -> Located | None:
        """The value of ``key`` or ``None``."""
        return self._left.pop(key, None)

    def need(self, key: str) -> Located:
        """The value of ``key``. Raises ``LawError`` where it is missing."""
        found = self.take(key)
        if found is None:
            raise self.located.fail(f"{key!r} is missing")
        return found

    def text(self, key: str, default: str = "") -> str:
        """The text of an optional scalar."""
        found = self.take(key)
        return default if found is None else found.text()

    def word(self, key: str, words: Iterable[str], default: str) -> str:
        """One of a closed list of words. Raises ``LawError`` for any other."""
        found = self.take(key)
        if found is None:
            return default
        if found.text() not in words:
            raise found.fail(f"{key} is one of {', '.join(sorted(words))}, not {found.text()!r}")
        return found.text()

    def flag(self, key: str, default: bool = False) -> bool:
        """``true`` or ``false``. Raises ``LawError`` for any other word."""
        return self.word(key, ("true", "false"), str(default).lower()) == "true"

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number. Raises ``LawError`` for what is none, and where it is missing without a default."""
        if default is not None and key not in self._left:
            return default
        return self.need(key).read(_integer)

    def done(self) -> None:
        """Raises ``LawError`` if a key is left: the vocabulary is closed."""
        for key, value in self._left.items():
            raise value.fail(f"unknown word {key!r}", "the vocabulary is in docs/law-as-data.md")


def _integer(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text, re.ASCII):
        raise ValueError(f"not a whole number: {text!r}")
    return int(text)


def read_text(path: Path, shown_as: str) -> str:
    """The text of a file. Raises ``LawError`` where it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise LawError([Problem(shown_as, 1, "not UTF-8")]) from error


def read_yaml(path: Path, shown_as: str) -> Located:
    """The file as located values. Raises ``LawError`` on syntax errors and doubled keys."""
    text = read_text(path, shown_as)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise LawError([Problem(shown_as, mark.line + 1 if mark else 1, error.problem or "bad YAML")]) from error
    except yaml.YAMLError as error:
        raise LawError([Problem(shown_as, 1, f"bad YAML: {error}")]) from error
    if node is None:
        raise LawError([Problem(shown_as, 1, "the file is empty")])
    return _locate(node, shown_as)


def _locate(node: yaml.Node, file: str) -> Located:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Located(node.value, file, line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_locate(item, file) for item in node.value], file, line)
    entries: dict[str, Located] = {}
    for key, value in _pairs(node):
        if not isinstance(key, yaml.ScalarNode):
            raise LawError([Problem(file, key.start_mark.line + 1, "a key is a single word")])
        if key.value in entries:
            raise LawError([Problem(file, key.start_mark.line + 1, f"{key.value!r} stands twice")])
        entries[key.value] = _locate(value, file)
    return Located(entries, file, line)


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    assert isinstance(node, yaml.MappingNode)
    yield from node.value
