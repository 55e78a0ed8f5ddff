"""Audit findings: where what was reported and paid differs from the law of that day, in words, with the acts.

A finding never adds to what the desk claims: an overpayment under a voided heading comes back with the whole of that duty
(``refundable``), and every other one is a matter for a correction or a protest of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from tidewaiter.bulk.rates import MILLION
from tidewaiter.refunds.asked import KEY, LINE
from tidewaiter.refunds.available import available
from tidewaiter.refunds.compared import HALF_A_DOLLAR, NOT_EXPLAINED, Compared, tolerance
from tidewaiter.refunds.headings import Headings
from tidewaiter.refunds.refusals import Refusals
from tidewaiter.schedule.numbers import dotted

OVERPAID, UNDERPAID = "overpaid", "underpaid"
WRONG, MISSING = "wrong heading", "missing heading"
RATE, VALUE = "rate differs", "value differs"
WRONG_ROW = "duty on another row"
PLAINTIFFS_ONLY = "void for plaintiffs only"
NOT_COMPUTED = "not computed"
UNKNOWN_HEADING = "unknown_heading"
_NO_HOUR = " The law changed on that day, and the report tells no hour: the law at the end of the day is taken."
KINDS = (
    OVERPAID, UNDERPAID, WRONG, MISSING, RATE, VALUE, WRONG_ROW, "exclusion available", "exemption available",
    PLAINTIFFS_ONLY, NOT_COMPUTED,
)  # fmt: skip
"""Every kind of finding."""
_COLUMNS = (LINE, "kind", "heading", "expected", "paid", "due", "refundable", "reason", "acts")


def findings(compared: Compared, headings: Headings, refusals: Refusals) -> pl.DataFrame:
    """The findings of some lines (FINDINGS), in the order of the lines."""
    say = _Words(headings)
    parts = [
        _not_computed(compared, refusals),
        *_differences(compared, say),
        _base(compared),
        _on_another_row(compared),
        _on_content(compared, say),
        _for_plaintiffs(compared, say),
        available(compared, headings, refusals.engine),
    ]
    found = pl.concat([_cut(one) for one in parts if len(one)] or [_cut(parts[0])])
    found = found.with_columns(amount=pl.col("paid") - pl.col("due")).sort(LINE, maintain_order=True)
    found = found.join(compared.lines.select(LINE, *KEY, "interval"), on=LINE, how="left", maintain_order="left")
    return found.with_columns(reason=pl.col("reason") + _reconstructed(headings))


def _reconstructed(headings: Headings) -> pl.Expr:
    """A remark on days for which the law is only reconstructed."""
    remark = pl.lit("")
    starts = headings.kernel.laws.starts
    for row in headings.regime.ledger.coverage:
        if row.into == headings.kernel.into:
            last = sum(start < row.reconstructed_before for start in starts)
            early = (pl.col("interval") < last) & (pl.col("kind") != NOT_COMPUTED)
            remark = pl.when(early).then(pl.lit(f" Reconstructed, so check it: {row.reconstructed}.")).otherwise(remark)
    return remark


def _cut(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        pl.col(LINE).cast(pl.UInt32),
        *(pl.col(name).cast(pl.String) for name in ("kind", "heading", "expected")),
        *(pl.col(name).cast(pl.Int64) for name in ("paid", "due")),
        pl.col("refundable").cast(pl.Boolean),
        *(pl.col(name).cast(pl.String) for name in ("reason", "acts")),
    )


def dollars(cents: pl.Expr) -> pl.Expr:
    """Cents as dollars in words: $1,234.50."""
    size = cents.abs()
    whole, rest = size // 100, _digits(size % 100, 2)
    thousands = pl.format("{},{}", whole // 1000, _digits(whole % 1000, 3))
    millions = pl.format("{},{},{}", whole // 10**6, _digits(whole // 1000 % 1000, 3), _digits(whole % 1000, 3))
    grouped = (
        pl.when(whole >= 10**6).then(millions).when(whole >= 1000).then(thousands).otherwise(whole.cast(pl.String))
    )
    return pl.format("{}${}.{}", pl.when(cents < 0).then(pl.lit("-")).otherwise(pl.lit("")), grouped, rest)


def _digits(number: pl.Expr, count: int) -> pl.Expr:
    return number.cast(pl.String).str.zfill(count)


# What cannot be computed


def _not_computed(compared: Compared, refusals: Refusals) -> pl.DataFrame:
    """Lines that the engine refuses, and totals that no answer explains."""
    refused = compared.lines.filter(pl.col("error").is_not_null())
    why = refusals.told(refused)
    refused = refused.join(why, on=["error", "hts", "origin"], how="left", nulls_equal=True, maintain_order="left")
    unexplained = compared.lines.filter("unexplained").with_columns(
        error=pl.lit(NOT_EXPLAINED),
        told=pl.format(
            "The report does not tell the duty by heading, and the law of that day comes to {} in all where {} was paid: what"
            " of it was paid under which heading is not known, and none is counted as refundable. Take the amounts by heading"
            " from the entry summary (CBP Form 7501, box 38).",
            dollars(pl.col("assessed")),
            dollars(pl.col("paid")),
        ),
    )
    both = pl.concat([refused.select(unexplained.columns), unexplained])
    return both.select(
        LINE,
        kind=pl.lit(NOT_COMPUTED),
        heading=_number(),
        expected=pl.lit(None),
        paid="paid",
        due=pl.lit(None),
        refundable=pl.lit(False),
        reason=pl.format("{}: {}", "error", "told"),
        acts=pl.lit(""),
    )


def _number() -> pl.Expr:
    return pl.col("hts").map_batches(_dotted, return_dtype=pl.String)


def _dotted(numbers: pl.Series) -> pl.Series:
    each = numbers.unique().drop_nulls()
    if not len(each):
        return numbers
    return numbers.replace_strict(each, pl.Series([dotted(one) for one in each.to_list()]), return_dtype=pl.String)


# Headings and rates


def _differences(compared: Compared, say: _Words) -> list[pl.DataFrame]:
    """Headings that differ, and amounts under the same heading that do."""
    open_lines = pl.col("error").is_null() & ~pl.col("from_engine") & ~pl.col("unexplained")
    duties = compared.duties.filter(open_lines)
    due = pl.col("kind").is_not_null()
    both = duties.filter(pl.col("reported") & due)
    stray, lacking = duties.filter(pl.col("reported") & ~due), duties.filter(~pl.col("reported") & due)
    pairs = _pairs(stray, lacking)
    stray = stray.join(pairs, on=[LINE, "heading"], how="anti").filter(pl.col("paid") != 0)
    lacking = lacking.join(pairs, left_on=[LINE, "heading"], right_on=[LINE, "expected"], how="anti")
    lacking = lacking.filter(pl.col("assessed") > pl.col("tolerance"))
    known = pl.col("program").is_not_null()
    return [
        _amounts(both, say),
        _wrong(pairs, say),
        _not_due(stray.filter(known), say),
        _unknown(stray.filter(~known)),
        _missing(lacking, say),
    ]


def _pairs(stray: pl.DataFrame, lacking: pl.DataFrame) -> pl.DataFrame:
    """Each reported heading that is not due beside the one of the same program that is due and not reported."""
    one = stray.filter(pl.col("program").is_not_null()).sort(
        LINE, "paid", descending=[False, True], maintain_order=True
    )
    other = lacking.sort(LINE, "assessed", descending=[False, True], maintain_order=True)
    key = [LINE, "program"]
    return one.unique(key, keep="first", maintain_order=True).join(
        other.unique(key, keep="first", maintain_order=True).select(
            *key, expected="heading", due="assessed", its_rate="rate", its_tolerance="tolerance"
        ),
        on=key,
    )


def _wrong(pairs: pl.DataFrame, say: _Words) -> pl.DataFrame:
    """Wrong headings where money is at stake, with the right amount too: a claim under a heading out of force is rejected."""
    pairs = pairs.filter((pl.col("paid") != 0) | (pl.col("due") != 0))
    same = (pl.col("paid") - pl.col("due")).abs() <= pl.max_horizontal("tolerance", "its_tolerance")
    reason = pl.format(
        "{} was reported; on that day the law has {}{}. {}",
        say.heading("heading"),
        say.heading("expected"),
        say.at_rate("its_rate"),
        pl.when(same)
        .then(pl.lit("The amount is right; correct the heading before a claim."))
        .otherwise(_relation(pl.col("paid") - pl.col("due"))),
    ) + say.hour(pairs, "heading", "expected")
    return _told(pairs, WRONG, pl.col("expected"), pl.col("due"), reason, say.acts(pairs, "expected"))


def _not_due(stray: pl.DataFrame, say: _Words) -> pl.DataFrame:
    reason = pl.format(
        "{} was paid under {}, which is not due on this article, origin and day. {}",
        dollars(pl.col("paid")),
        say.heading("heading"),
        _relation(pl.col("paid")),
    ) + say.hour(stray, "heading")
    return _told(stray, OVERPAID, pl.lit(None), pl.lit(0), reason, say.acts(stray, "heading"))


def _unknown(stray: pl.DataFrame) -> pl.DataFrame:
    """Headings that the law at hand does not have: quotas, suspensions, duties of other kinds."""
    reason = pl.format(
        "{}: {} was paid under {}, which the law at hand does not have; nothing is said of it, and none of it is counted as"
        " refundable.",
        pl.lit(UNKNOWN_HEADING),
        dollars(pl.col("paid")),
        pl.col("heading"),
    )
    acts = pl.Series([""] * len(stray), dtype=pl.String)
    return _told(stray, NOT_COMPUTED, pl.lit(None), pl.lit(None, pl.Int64), reason, acts).with_columns(refundable=False)


def _missing(lacking: pl.DataFrame, say: _Words) -> pl.DataFrame:
    reason = pl.format(
        "{}{} is due on this article, origin and day, and was not reported: {}. {}",
        say.heading("heading"),
        say.at_rate("rate"),
        dollars(pl.col("assessed")),
        _relation(-pl.col("assessed")),
    ) + say.hour(lacking, "heading")
    return _told(lacking, MISSING, pl.col("heading"), pl.col("assessed"), reason, say.acts(lacking, "heading"))


def _amounts(both: pl.DataFrame, say: _Words) -> pl.DataFrame:
    """The same heading with another amount: at a rate that it had on another day, or for a reason not known."""
    differing = both.filter((pl.col("paid") - pl.col("assessed")).abs() > pl.col("tolerance"))
    differing = differing.with_columns(say.other_rate(differing))
    diff = pl.col("paid") - pl.col("assessed")
    known = pl.col("other").is_not_null()
    kind = pl.when(known).then(pl.lit(RATE)).when(diff > 0).then(pl.lit(OVERPAID)).otherwise(pl.lit(UNDERPAID))
    reason = pl.format(
        "{} was paid under {}{}; the law of that day has {}{}. {}",
        dollars(pl.col("paid")),
        say.heading("heading"),
        pl.when(known).then(pl.format(" at {}, its rate of another day", say.percent("other"))).otherwise(pl.lit("")),
        dollars(pl.col("assessed")),
        say.at_rate("rate"),
        _relation(diff),
    ) + say.hour(differing, "heading")
    expected = pl.coalesce(say.percent_of("rate"), pl.col("heading"))
    return _told(differing, kind, expected, pl.col("assessed"), reason, say.acts(differing, "heading"))


def _relation(amount: pl.Expr) -> pl.Expr:
    """How a difference stands to the refund of a voided duty: what is void comes back whole, and is never billed."""
    void = (pl.col("voided") > 0) | (pl.col("for_all"))
    return (
        pl.when(~pl.col("charges") & (pl.col("paid") > 0))
        .then(
            pl.lit(
                "The heading reports a relief and carries no duty: find out what the amount was paid for. It is not counted as"
                " refundable."
            )
        )
        .when(void & (amount > 0))
        .then(pl.lit("The duty is void: this is part of the refund of all that was paid under it, not more."))
        .when(void)
        .then(pl.lit("The duty is void: nothing more is owed under it."))
        .when(amount > 0)
        .then(pl.lit("No court has voided this duty: only a correction or a protest brings it back."))
        .otherwise(pl.lit("Duty may be owed: correct it before it is billed."))
    )


def _told(
    frame: pl.DataFrame, kind: str | pl.Expr, expected: pl.Expr, due: pl.Expr, reason: pl.Expr, acts: pl.Series
) -> pl.DataFrame:
    return frame.select(
        LINE,
        kind=pl.lit(kind) if isinstance(kind, str) else kind,
        heading="heading",
        expected=expected,
        paid="paid",
        due=due,
        refundable=(pl.col("voided") > 0) & (pl.col("paid") > due),
        reason=reason,
        acts=acts,
    )


# The base duty, and where duty stands


def _base(compared: Compared) -> pl.DataFrame:
    """Base duty that differs."""
    lines = compared.lines.filter(
        pl.col("error").is_null() & ~pl.col("from_engine") & ~pl.col("unexplained") & pl.col("paid").is_not_null()
    )
    diff = pl.col("paid_base") - pl.col("base")
    lines = lines.filter(diff.abs() > tolerance(pl.col("base"), pl.col("value")))
    rate = pl.col("base_rate").map_batches(_percent_text, return_dtype=pl.String)
    reason = pl.format(
        "{} of base duty was paid; the tariff of that day has {}{}. No court has voided base duty.",
        dollars(pl.col("paid_base")),
        dollars(pl.col("base")),
        pl.when(rate.is_not_null()).then(pl.format(" ({})", rate)).otherwise(pl.lit("")),
    )
    return lines.select(
        LINE,
        kind=pl.when(diff > 0).then(pl.lit(OVERPAID)).otherwise(pl.lit(UNDERPAID)),
        heading=_number(),
        expected=rate,
        paid="paid_base",
        due="base",
        refundable=pl.lit(False),
        reason=reason,
        acts=pl.lit(""),
    )


def _on_another_row(compared: Compared) -> pl.DataFrame:
    """Duty on the row of the goods where the headings show none, and values on rows of additional duties."""
    lines = compared.lines
    duty = lines.filter(pl.col("from_engine") & pl.col("reported"))
    value = lines.filter("misplaced")
    reason_duty = (
        "Headings are shown as free and their duty stands on another row of the line; the total is that of the law, so its"
        " amounts by heading are taken. Correct the rows before a claim: a heading without duty is rejected."
    )
    reason_value = (
        "The value stands on the row of an additional duty; it belongs on the row of the goods (chapters 1 to 97). Correct it"
        " before a claim."
    )
    return pl.concat(
        found.select(
            LINE,
            kind=pl.lit(WRONG_ROW),
            heading=_number(),
            expected=pl.lit(None, pl.String),
            paid="paid",
            due="paid",
            refundable=pl.lit(False),
            reason=pl.lit(reason),
            acts=pl.lit(""),
        )
        for found, reason in ((duty, reason_duty), (value, reason_value))
    )


def _on_content(compared: Compared, say: _Words) -> pl.DataFrame:
    """Duty on a content that only the duty itself tells: right if the content was so."""
    told = compared.contents.filter(~pl.col("sister")).join(
        compared.lines.filter(pl.col("error").is_null()).select(LINE, "value", "hts"), on=LINE
    )
    duties = compared.duties.filter(pl.col("reported") & (pl.col("paid") > 0) & (pl.col("basis") > 0))
    told = told.join(duties, on=LINE).filter((pl.col("cents") - pl.col("basis")).abs() <= 1)
    reason = pl.format(
        "The duty under {} was paid on {} of the value of {}, as is right where that is the content that the heading asks for"
        " ({}). The report does not tell the content: keep what proves it, for without it the duty falls on the full value.",
        say.heading("heading"),
        dollars(pl.col("cents")),
        dollars(pl.col("value")),
        pl.col("fact").str.replace_all("_", " "),
    )
    return _told(told, VALUE, pl.lit(None), pl.col("paid"), reason, say.acts(told, "heading"))


def _for_plaintiffs(compared: Compared, say: _Words) -> pl.DataFrame:
    """Duty that a court has voided for those who sued, and for nobody else."""
    its = compared.duties.filter("for_plaintiffs")
    reason = pl.format(
        "A court has voided {} for the plaintiffs of the case only: what was paid under it is not refundable to others, and is"
        " not counted. Preserve the claim (protest, or an action of one's own).",
        say.heading("heading"),
    )
    return _told(its, PLAINTIFFS_ONLY, pl.lit(None), pl.col("paid"), reason, say.acts(its, "heading", court=True))


class _Words:
    """Headings, rates and acts in words, each found once for what is different among the rows."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings

    def heading(self, name: str) -> pl.Expr:
        """A heading with what it is about."""
        return _each(pl.col(name), self._heading)

    def _heading(self, code: str) -> str:
        text = self._headings.text(code)
        return f"{code} ({text})" if text else code

    def percent(self, name: str) -> pl.Expr:
        """A rate in parts per million as a percentage."""
        return _each(pl.col(name).cast(pl.String), lambda rate: say_percent(int(rate)))

    def percent_of(self, name: str) -> pl.Expr:
        """A rate as a share of the basis as a percentage; null where it is none."""
        return pl.col(name).map_batches(_percent_text, return_dtype=pl.String)

    def at_rate(self, name: str) -> pl.Expr:
        """ " at 10%", or nothing where the rate is no share."""
        text = self.percent_of(name)
        return pl.when(text.is_not_null() & (text != "0%")).then(pl.format(" at {}", text)).otherwise(pl.lit(""))

    def other_rate(self, frame: pl.DataFrame) -> pl.Series:
        """A rate that the heading had on another day and that explains what was paid (parts per million); else null."""
        own = (pl.col("rate") * MILLION).cast(pl.Int64)
        tries = [
            pl.when(
                (pl.col("heading") == code)
                & (own != rate)
                & ((pl.col("basis") * rate // MILLION - pl.col("paid")).abs() <= 1 + rate * HALF_A_DOLLAR // MILLION)
            ).then(rate)
            for code in frame["heading"].unique().to_list()
            for rate in self._headings.rates(code)
        ]
        return frame.with_columns(other=pl.coalesce(*tries, pl.lit(None, pl.Int64)).cast(pl.Int64))["other"]

    def hour(self, frame: pl.DataFrame, *names: str) -> pl.Series:
        """A remark where one of the headings changed on the day of entry: the report tells no hour."""
        keys = frame.select(*names, "opening", "interval")
        different = keys.unique(maintain_order=True)
        changed = [any(self._changed(code, *row[-2:]) for code in row[:-2]) for row in different.rows()]
        told = different.with_columns(hour=pl.Series([_NO_HOUR if one else "" for one in changed], dtype=pl.String))
        return keys.join(told, on=keys.columns, how="left", maintain_order="left")["hour"]

    def _changed(self, code: str, opening: int, interval: int) -> bool:
        """Whether a heading stands otherwise at the beginning of a day than at its end."""
        starts, key = self._headings.kernel.laws.starts, self._headings.key(code)
        before, after = (self._headings.regime.state(key, starts[each]) for each in (opening, interval))
        return (before.live, before.rate) != (after.live, after.rate)

    def acts(self, frame: pl.DataFrame, name: str, *, court: bool = False) -> pl.Series:
        """The acts behind a heading on the day of each row, and the ruling that voids it, if one does."""
        keys = frame.select(code=name, interval="interval", void=pl.col("void") > 0)
        different = keys.unique(maintain_order=True)
        told = [self._acts(*row, court=court) for row in different.rows()]
        return keys.join(
            different.with_columns(acts=pl.Series(told, dtype=pl.String)),
            on=keys.columns, how="left", nulls_equal=True, maintain_order="left",
        )["acts"]  # fmt: skip

    def _acts(self, code: str, interval: int, void: bool, *, court: bool) -> str:
        own = () if court or interval < 0 else self._headings.acts(code, interval)
        by = self._headings.voided_by(code, interval) if void else None
        return ",".join([*own, *([by] if by else [])])


def _each(column: pl.Expr, say: Callable[[str], str]) -> pl.Expr:
    def told(words: pl.Series) -> pl.Series:
        each = words.unique().drop_nulls()
        if not len(each):
            return words.cast(pl.String)
        return words.replace_strict(each, pl.Series([say(one) for one in each.to_list()]), default=None)

    return column.map_batches(told, return_dtype=pl.String)


def say_percent(rate: int) -> str:
    """Parts per million as a percentage.

    >>> say_percent(125_000), say_percent(200_000)
    ('12.5%', '20%')
    """
    whole, rest = divmod(rate, MILLION // 100)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".") + "%"


def _percent_text(rates: pl.Series) -> pl.Series:
    whole = (rates * MILLION).cast(pl.Int64)
    each = whole.unique().drop_nulls()
    if not len(each):
        return pl.Series([None] * len(rates), dtype=pl.String)
    return whole.replace_strict(
        each, pl.Series([say_percent(one) for one in each.to_list()]), default=None, return_dtype=pl.String
    )
