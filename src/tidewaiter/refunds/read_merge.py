"""The rows of all reports put together: zeros restored, lines numbered, doubled rows dropped, lists of entries joined."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from tidewaiter.refunds.entry_numbers import LENGTH, check_digit, checked
from tidewaiter.refunds.frames import FACTS, REPEATED, ROWS
from tidewaiter.refunds.read_headers import known_columns
from tidewaiter.refunds.read_problems import problems
from tidewaiter.schedule.store import Schedule

_PAID = "paid."
_LINE = ("entry_number", "line_number")
_KEY = (*_LINE, "ordinal", "hts")
_PLACE = ("file", "row")
_SAID = ("entry_number", "hts", "value", "duty")
"""What tells a row from others where a report has no numbers of lines."""
Told = list[pl.DataFrame]


def merged(frames: Iterable[pl.DataFrame], lists: Iterable[pl.DataFrame], told: Told) -> pl.DataFrame:
    """The rows of reports (``frames``) and of lists of entries, in the order of the files; problems go to ``told``."""
    known = list(frames)
    rows = pl.concat(known) if known else pl.DataFrame(schema=ROWS)
    known.clear()
    listed = list(lists)
    rows = _with_zeros(rows, told)
    facts = _with_zeros(pl.concat(listed), told) if listed else None
    rows = _without_doubled(_numbered(rows, told), told)
    rows = _with_filer(rows, told)
    if facts is not None:
        rows = _with_facts(rows, facts, told)
    _check_digits(rows, told)
    return rows


def _tell(rows: pl.DataFrame, code: str, told: Told, field: str = "", given: pl.Series | None = None) -> None:
    """A problem on each of some rows, file by file."""
    if given is not None:
        rows = rows.with_columns(given.cast(pl.String).alias("__given"))
    for (file,), part in rows.group_by("file", maintain_order=True):
        assert isinstance(file, int)
        cells = part["__given"] if given is not None else None
        told.append(problems(file, part["row"], code, field=field, entries=part["entry_number"], given=cells))


# Zeros that a spreadsheet has stripped


def _with_zeros(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    entries = rows["entry_number"]
    short = entries.str.len_bytes() < LENGTH
    if short.any():
        filers = set(entries.filter(~short).str.slice(0, 3).unique().to_list())
        filers |= set(rows.filter(short)["filer"].cast(pl.String).drop_nulls().unique().to_list())
        mended = {one: _restored_entry(one, filers) for one in entries.filter(short).unique().to_list()}
        rows = _mended(rows, short, "entry_number", mended, told)
    if rows["hts"].null_count() == rows.height:
        return rows
    short = rows["hts"].str.len_bytes().is_in([7, 9]).fill_null(False)
    if short.any():
        mended = {one: _restored_hts(one) for one in rows["hts"].filter(short).unique().to_list()}
        rows = _mended(rows, short, "hts", mended, told)
    return rows


def _restored_entry(digits: str, filers: set[str]) -> str | None:
    """The number with its zeros: certain where its check digit is right and its filer is one of the reports."""
    whole = digits.zfill(LENGTH)
    return whole if str(check_digit(whole[:-1])) == whole[-1] and whole[:3] in filers else None


def _restored_hts(digits: str) -> str | None:
    """The number with its zero: certain where the tariff has such a number."""
    return f"0{digits}" if f"0{digits}" in _tariff_numbers(len(digits) + 1) else None


@cache
def _tariff_numbers(length: int) -> frozenset[str]:
    return frozenset(number[:length] for number in Schedule.load().numbers() if len(number) >= length)


def _mended(
    rows: pl.DataFrame, short: pl.Series, field: str, mended: dict[str, str | None], told: Told
) -> pl.DataFrame:
    cells = rows[field].filter(short)
    whole = cells.replace_strict(mended, return_dtype=pl.String)
    few = rows.filter(short).with_columns(whole.alias(field))
    for code, sure in (("zeros_restored", True), ("stripped_zeros", False)):
        here = few[field].is_not_null() if sure else few[field].is_null()
        _tell(few.filter(here), code, told, field, cells.filter(here))
    places = short.arg_true()
    column = rows[field].to_frame().with_row_index("at").join(
        pl.DataFrame({"at": places, "whole": few[field]}), on="at", how="left", maintain_order="left"
    )  # fmt: skip
    after = pl.select(pl.when(short).then(column["whole"]).otherwise(column[field]).alias(field))[field]
    return rows.with_columns(after).filter(after.is_not_null())


# Numbers of lines and of numbers on a line


def by_heading(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of lines with columns ``paid.HEADING`` as one row for each number: the line's own, then each duty paid."""
    paid = [name for name in rows.columns if name.startswith(_PAID)]
    own = rows.drop(paid)
    parts = [own.with_columns(pl.lit(0).alias("__part"))]
    for place, name in enumerate(paid, start=1):
        here = rows.filter(pl.col(name).is_not_null() & (pl.col(name) != 0))
        part = here.drop(paid).with_columns(
            pl.lit(name.removeprefix(_PAID)).alias("hts"), here[name].alias("duty"),
            pl.lit(0, pl.Int64).alias("value"), pl.lit(None, ROWS["quantity"]).alias("quantity"),
            pl.lit(place).alias("__part"),
        )  # fmt: skip
        parts.append(part)
    return pl.concat(parts).sort("row", "__part", maintain_order=True).drop("__part")


def numbered_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of lines in Tidewaiter's own format, each line numbered within its entry where no column does so."""
    if rows["line_number"].null_count() < rows.height:
        return rows
    return rows.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("entry_number").alias("line_number"))


def _numbered(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """The rows, with lines and ordinals numbered where the report does not; ``__keyed`` where it does."""
    keyed = rows["line_number"].is_not_null() & rows["ordinal"].is_not_null()
    rows = rows.with_columns(keyed.alias("__keyed"))
    if keyed.all():
        return rows
    missing = rows["line_number"].is_null()
    if missing.any():
        _tell(rows.filter(missing).unique("file", keep="first", maintain_order=True), "lines_numbered", told)
        rows = rows.with_columns(pl.when(missing).then(_line_numbers()).otherwise("line_number").alias("line_number"))
    ordinal = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("file", *_LINE)
    return rows.with_columns(pl.coalesce("ordinal", ordinal).alias("ordinal"))


def _line_numbers() -> pl.Expr:
    """Each line has one number of chapters 1 to 97. Where an entry begins with another, that number ends its line."""
    beside = pl.any_horizontal(pl.col("hts").str.starts_with(chapter) for chapter in known_columns().beside)
    own = (~beside).cast(pl.Int32)
    entry = ("file", "entry_number")
    begun, ended = own.cum_sum().over(entry), own.cum_sum().over(entry) - own + 1
    ends = beside.first().over(entry)
    return pl.when(ends).then(ended).otherwise(pl.max_horizontal(begun, pl.lit(1, pl.Int32))).cast(pl.Int32)


# Doubled rows


def _without_doubled(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """The rows, each tariff number of each line once.

    Two rows of one file without line and ordinal numbers that say the same may be two lines; so as many count as the file with
    the most of them has.
    """
    if rows["__keyed"].all():
        if rows["file"].n_unique() > 1:
            rows = _without_replaced(rows, told)
        return _folded(rows, list(_KEY), told).drop("__keyed")
    keyed = _without_replaced(rows.filter("__keyed"), told)
    listed = rows.filter(~pl.col("__keyed"))
    whole = keyed.filter(~pl.col("file").is_in(listed["file"].unique().implode()))["entry_number"].unique()
    other = listed["entry_number"].is_in(whole.implode())
    _tell(listed.filter(other), "in_other_report", told)
    nth = pl.int_range(pl.len(), dtype=pl.UInt32).over("file", *_SAID).alias("__nth")
    listed = _folded(listed.filter(~other).with_columns(nth), [*_SAID, "__nth"], told).drop("__nth")
    return pl.concat([_folded(keyed, list(_KEY), told), listed]).sort(_PLACE, maintain_order=True).drop("__keyed")


def _without_replaced(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Where a later report has another tariff number at the same place of a line, the entry was corrected: that report counts.

    Within one file such ordinals mean nothing, and all its rows count.
    """
    again = rows.filter(_perhaps_doubled(rows, [*_LINE, "ordinal"]))
    places = again.group_by(*_LINE, "ordinal").agg(pl.col("hts").n_unique(), pl.col("file").n_unique())
    changed = places.filter((pl.col("hts") > 1) & (pl.col("file") > 1))["entry_number"].unique()
    if not len(changed):
        return rows
    here = pl.col("entry_number").is_in(changed.implode())
    entries = rows.filter(here).group_by("entry_number").agg(pl.col("file").max().alias("__last"))
    last = rows.select("entry_number").join(entries, on="entry_number", how="left", maintain_order="left")["__last"]
    replaced = (rows["file"] < last).fill_null(False)
    _tell(rows.filter(replaced), "superseded_row", told)
    return rows.filter(~replaced)


def _folded(rows: pl.DataFrame, key: list[str], told: Told) -> pl.DataFrame:
    """The rows with those of one key made into one: what a later row says counts, what it does not tell an earlier one may."""
    twice = _perhaps_doubled(rows, key)
    if not twice.any():
        return rows
    said = [name for name in ROWS if name not in (*_PLACE, *_KEY, *key)]
    # Most are the same in every word: they go first, by their hashes, so that little is left to be held side by side.
    same = twice & _later_alike(_hashes(rows, key), _hashes(rows, [*key, *said]))
    _tell(rows.filter(same).select(*_PLACE, "entry_number"), "duplicate_row", told)
    rows = rows.filter(~same)
    twice = _perhaps_doubled(rows, key)
    if not twice.any():
        return rows
    rows = rows.with_row_index("__at")
    again = rows.filter(twice)
    last = again.group_by(key, maintain_order=True).agg(pl.col(said).drop_nulls().last().name.suffix(":"))
    again = again.join(last, on=key, how="left", nulls_equal=True, maintain_order="left")
    agrees = pl.all_horizontal((pl.col(name) == pl.col(f"{name}:")).fill_null(True) for name in said)
    again = again.with_columns(agrees.alias("__agrees"))
    _tell(again.filter(~pl.col("__agrees")), "superseded_row", told)
    again = again.filter("__agrees")
    first = again.select(pl.struct(key).is_first_distinct()).to_series()
    _tell(again.filter(~first), "duplicate_row", told)
    one = again.filter(first).with_columns(pl.col(f"{name}:").alias(name) for name in said).select(rows.columns)
    return pl.concat([rows.filter(~twice), one]).sort("__at").drop("__at")


def _hashes(rows: pl.DataFrame, columns: list[str]) -> npt.NDArray[np.uint64]:
    return rows.select(columns).hash_rows().to_numpy() if rows.height else np.zeros(0, dtype=np.uint64)


def _perhaps_doubled(rows: pl.DataFrame, key: list[str]) -> pl.Series:
    """The rows whose key has the same hash as another's: all doubled ones, and in a great while another."""
    hashes = _hashes(rows, key)
    ordered = np.sort(hashes)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return pl.Series(np.isin(hashes, again) if again.size else np.zeros(len(hashes), dtype=np.bool_))


def _later_alike(keys: npt.NDArray[np.uint64], contents: npt.NDArray[np.uint64]) -> pl.Series:
    """The rows after the first of their key, where all rows of that key say the same."""
    pairs = pl.DataFrame({"key": keys, "content": contents})
    alike = (pl.col("content") == pl.col("content").first()).all().over("key")
    return pairs.select(alike & ~pl.col("key").is_first_distinct()).to_series()


# Filers, lists of entries, check digits


def _with_filer(rows: pl.DataFrame, told: Told) -> pl.DataFrame:
    """The filer is the first three characters of the entry number, whatever a column says."""
    own = rows["entry_number"].str.slice(0, 3).cast(REPEATED)
    said = rows["filer"]
    differs = (said != own).fill_null(False)
    if differs.any():
        odd = rows.filter(differs).unique("entry_number", keep="first", maintain_order=True)
        _tell(odd, "filer_differs", told, "filer", odd["filer"])
    return rows.with_columns(own.alias("filer"))


def _with_facts(rows: pl.DataFrame, lists: pl.DataFrame, told: Told) -> pl.DataFrame:
    """The rows with what lists of entries say of their entries; the list counts where a row says otherwise."""
    said = [name for name in FACTS if name != "filer" and lists[name].null_count() < lists.height]
    facts = lists.group_by("entry_number", maintain_order=True).agg(
        *(pl.col(name).first() for name in _PLACE), *(pl.col(name).drop_nulls().last() for name in said)
    )
    unknown = facts.join(rows.select("entry_number").unique(), on="entry_number", how="anti", maintain_order="left")
    _tell(unknown, "entry_not_in_reports", told)
    beside = rows.select("entry_number").join(facts, on="entry_number", how="left", maintain_order="left")
    for name in said:
        differs = (rows[name] != beside[name]).fill_null(False)
        if differs.any():
            odd = rows.filter(differs).unique("entry_number", keep="first", maintain_order=True)
            _tell(odd, "fact_differs", told, name, odd[name])
    return rows.with_columns(beside[name].zip_with(beside[name].is_not_null(), rows[name]) for name in said)


def _check_digits(rows: pl.DataFrame, told: Told) -> None:
    entries = rows.select("entry_number", *_PLACE).unique("entry_number", keep="first", maintain_order=True)
    wrong = entries.filter(~checked(entries["entry_number"]))
    if wrong.height:
        _tell(wrong, "check_digit", told, "entry_number", wrong["entry_number"])
