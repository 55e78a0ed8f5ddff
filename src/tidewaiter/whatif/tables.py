"""The sums of a study as frames: by month, by program, by product. Money is dollars with cents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tidewaiter.bulk.arrays import Ints
from tidewaiter.whatif.study import Study

MONEY = pl.Decimal(18, 2)
REFUSED = {
    "row": pl.Int64,
    "sku": pl.String,
    "hts": pl.String,
    "origin": pl.String,
    "error": pl.String,
    "months": pl.String,
    "scenarios": pl.String,
}


def by_month(study: Study) -> pl.DataFrame:
    """One row for each scenario and month: lines, value, duty assessed, its change, what is owed and refundable."""
    rows = []
    for name in study.kernels:
        for month in study.months:
            cell, law = study.cells[name, month.month], study.cells[study.against, month.month]
            duty, base = sum(cell.programs.values()), sum(law.programs.values())
            refundable = int(cell.refundable.of(len(study.products)).sum())
            count, value = (
                int(sums[month.month].of(len(study.products)).sum()) for sums in (study.counts, study.values)
            )
            rows.append((name, month.month, month.day, count, value, duty, duty - base, duty - refundable, refundable))
    columns = ("scenario", "month", "entered_at", "lines", "value", "duty", "change", "owed", "refundable")
    return _money(pl.DataFrame(rows, schema=columns, orient="row"), columns[4:])


def by_program(study: Study) -> pl.DataFrame:
    """One row for each scenario, month and program that charges anything anywhere; ``base duty`` is one of them."""
    programs = _charging(study)
    rows = []
    for name in study.kernels:
        for month in study.months:
            cell, law = (study.cells[one, month.month].programs for one in (name, study.against))
            for program in programs:
                cents = cell.get(program, 0)
                rows.append((name, month.month, program, cents, cents - law.get(program, 0)))
    columns = ("scenario", "month", "program", "duty", "change")
    return _money(pl.DataFrame(rows, schema=columns, orient="row"), columns[3:])


def _charging(study: Study) -> list[str]:
    """The programs that charge anything anywhere, in the order in which they are reported, base duty first."""
    charging = {program for cell in study.cells.values() for program, cents in cell.programs.items() if cents}
    kernels = next(iter(study.kernels.values())).kernels
    order = [program for kernel in kernels for program in kernel.programs]
    return sorted(charging, key=lambda one: order.index(one) if one in order else -1)


def by_sku(study: Study, *, monthly: bool) -> pl.DataFrame:
    """One row for each scenario and product (in each month, where asked): lines, value, duty, its change, refundable."""
    periods: Sequence[Sequence[str]] = (
        [[one.month] for one in study.months] if monthly else [[one.month for one in study.months]]
    )
    parts = [_skus(study, name, months, monthly) for name in study.kernels for months in periods]
    return pl.concat(parts)


def _skus(study: Study, name: str, months: Sequence[str], monthly: bool) -> pl.DataFrame:
    count = len(study.products)

    def total(scenario: str, part: str) -> Ints:
        found = (getattr(study.cells[scenario, month], part).of(count) for month in months)
        summed: Ints = np.sum(list(found), axis=0, dtype=np.int64)
        return summed

    duty, refundable = total(name, "duty"), total(name, "refundable")
    data = {
        "sku": [one.sku for one in study.products],
        "hts": [one.hts for one in study.products],
        "origin": [one.origin for one in study.products],
        "lines": np.sum([study.counts[month].of(count) for month in months], axis=0),
        "value": np.sum([study.values[month].of(count) for month in months], axis=0),
        "duty": duty,
        "change": duty - total(study.against, "duty"),
        "owed": duty - refundable,
        "refundable": refundable,
    }
    frame = _money(pl.DataFrame(data), ("value", "duty", "change", "owed", "refundable"))
    named = [pl.lit(name).alias("scenario"), *([pl.lit(months[0]).alias("month")] if monthly else [])]
    return frame.select(*named, *frame.columns)


def refused(study: Study) -> pl.DataFrame:
    """The lines that were refused, with the months and scenarios in which they were."""
    rows = [
        (
            one.row,
            one.product.sku,
            one.product.hts,
            one.product.origin,
            one.code,
            _some(list(one.months), [month.month for month in study.months]),
            _some(list(one.scenarios), list(study.kernels)),
        )
        for _, one in sorted(study.refused.items())
    ]
    return pl.DataFrame(rows, schema=REFUSED, orient="row")


def _some(these: list[str], everything: list[str]) -> str:
    return "all" if len(these) == len(everything) else ";".join(these)


def _money(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Cents as dollars, exactly."""
    return frame.with_columns(
        (pl.col(name).cast(pl.Decimal(18, 0)) / pl.lit(100, dtype=pl.Decimal(18, 2))).cast(MONEY).alias(name)
        for name in columns
    )
