"""The bytes of a text file as UTF-8, a piece at a time: unzipped, without byte order mark, cut where lines end."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

from tidewaiter.assess.errors import FileError

LONGEST_LINE = 256 * 1024 * 1024
"""A line longer than this belongs to no table; it is refused before it fills the memory."""
_PIECE = 1024 * 1024


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ByteSource:
    """What is left of a file. Use it as a context manager. Raises ``FileError`` where the file cannot be read on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise FileError("cannot_read", f"{path}: {error.strerror}") from error
        self._stream: _Readable = gzip.GzipFile(fileobj=self._file) if path.suffix.lower() == ".gz" else self._file
        self._rest = b""
        self._at = 0
        self._ended = False
        self._told = 0
        self._lines: list[bytes] = []
        self.line = 1
        """The number of the next line, as an editor counts them."""
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> ByteSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def done(self) -> float:
        """The fraction of the file that has been read."""
        return self._told / self._size if self._size else 1.0

    def peek(self, size: int) -> bytes:
        """The next bytes without taking them: ``size`` of them or a few more, or all that are left."""
        if len(self._rest) - self._at < size:
            self._fill(size)
        return self._rest[self._at : self._at + size]

    def all_of_it(self, size: int) -> bool:
        """Whether no more than ``size`` bytes are left."""
        if not self._ended and len(self._rest) - self._at <= size:
            self._fill(size + 1)
        return self._ended and len(self._rest) - self._at <= size

    def take(self, taken: bytes) -> None:
        """Go past bytes that :meth:`peek` has shown."""
        self._lines.clear()
        self._at += len(taken)
        # A line ends with \n, \r, or both together.
        self.line += taken.count(b"\n") + taken.count(b"\r") - taken.count(b"\r\n")

    def readline(self) -> bytes:
        """The next line with its end (``\\n``, ``\\r`` or both); empty at the end of the file."""
        if not self._lines:
            self._lines = self._whole_lines()
        line = self._lines.pop() if self._lines else self._long_line()
        self._at += len(line)
        self.line += 1
        return line

    def _whole_lines(self) -> list[bytes]:
        """The next lines that are at hand as a whole, the last one first."""
        if len(self._rest) - self._at < _PIECE // 2 and not self._ended:
            self._fill(_PIECE)
        lines = self._rest[self._at : self._at + _PIECE].splitlines(keepends=True)
        return lines[-2::-1]  # the last one may go on, or be followed by the \n of \r\n

    def _long_line(self) -> bytes:
        seen = 0
        while True:
            end = self._line_end(seen)
            if end is not None:
                break
            seen = len(self._rest) - self._at
            if seen >= LONGEST_LINE:
                raise FileError(
                    "malformed_file",
                    f"{self._path.name}: line {self.line} does not end within {LONGEST_LINE >> 20} MB",
                    "one line of the shipment a line of text",
                )
            self._fill(max(2 * seen, _PIECE))
        return self._rest[self._at : end]

    def _line_end(self, seen: int) -> int | None:
        """Where the next line ends; ``None`` if more must be read to know. ``seen`` bytes hold no end but a last \\r."""
        start = self._at + max(0, seen - 1)
        feed = self._rest.find(b"\n", start)
        back = self._rest.find(b"\r", start, feed if feed >= 0 else len(self._rest))
        if back < 0:
            return feed + 1 if feed >= 0 else self._last_end()
        if back + 1 < len(self._rest):
            return back + 2 if self._rest[back + 1] == 0x0A else back + 1
        return self._last_end()

    def _last_end(self) -> int | None:
        return len(self._rest) if self._ended else None

    def _fill(self, size: int) -> None:
        """Read until ``size`` bytes are at hand, or the file ends."""
        parts = [self._rest[self._at :]]
        have = len(parts[0])
        while have < size and not self._ended:
            part = self._read(max(_PIECE, size - have))
            self._ended = not part
            parts.append(part)
            have += len(part)
        self._rest, self._at = b"".join(parts), 0

    def _read(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
            self._told = self._file.tell()
            return piece
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FileError("malformed_file", f"{self._path.name} is not a whole gzip file: {error}") from error
        except OSError as error:
            raise FileError("cannot_read", f"{self._path}: {error.strerror}") from error

    def _begin(self) -> None:
        """Past the byte order mark; UTF-16 is turned into UTF-8 from here on."""
        head = self.peek(4)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or b"\x00" in head[:2]:
            raise FileError("bad_encoding", f"{self._path.name} is not UTF-8", "save it as UTF-8")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._stream = _Utf16(self._rest, self._stream)
            self._rest, self._at, self._ended = b"", 0, False
        elif head.startswith(codecs.BOM_UTF8):
            self._at += len(codecs.BOM_UTF8)


class _Utf16:
    """UTF-16 as UTF-8. What is no text (half a surrogate pair) becomes bytes that are no UTF-8 either."""

    def __init__(self, head: bytes, stream: _Readable) -> None:
        self._head, self._stream = head, stream
        self._decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._ended:
            piece = self._head or self._stream.read(size)
            self._head = b""
            self._ended = not piece
            text = self._text(piece)
            if text:
                return text
        return b""

    def _text(self, piece: bytes) -> bytes:
        try:
            return self._decoder.decode(piece, final=self._ended).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:  # an odd byte at the end of the file
            return b"\xff"
