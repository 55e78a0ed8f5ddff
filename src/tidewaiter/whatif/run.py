"""From a portfolio and names of scenarios to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from tidewaiter.assess.countries import origin_code
from tidewaiter.assess.engine import Engine
from tidewaiter.assess.errors import LineError
from tidewaiter.assess.line import read_line
from tidewaiter.bulk.columns import check_columns
from tidewaiter.bulk.frames import midnights
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.lines import MARK
from tidewaiter.bulk.several import AnyPricer, together
from tidewaiter.ledger.model import Scenario
from tidewaiter.ledger.snapshot import find_scenario
from tidewaiter.whatif.answer import WhatIf
from tidewaiter.whatif.arrivals import ENTERED, Arrival
from tidewaiter.whatif.study import Study, Told

FRAME_ROWS = 250_000


def whatif(
    kernel: AnyPricer,
    schema: pl.Schema,
    frames: Iterable[pl.DataFrame],
    scenarios: Sequence[str],
    months: Sequence[Arrival],
    told: Told = lambda done, part: None,
    under: Callable[[str], AnyPricer] | None = None,
) -> WhatIf:
    """Price the frames of a portfolio (columns ``schema``) under the kernel's own scenario and the others named.

    Raises ``FileError`` (``missing_column`` ...) and ``LawError`` for a scenario that cannot be read.
    """
    own = {name: kind for name, kind in schema.items() if name not in (MARK, ENTERED)}
    check_columns({**own, ENTERED: pl.String()})
    make = under or (lambda name: _under(kernel, name))
    law = _scenario(kernel)
    kernels = {law.id: kernel}
    for name in scenarios:
        one = make(name)
        if _scenario(one) != law:
            # Two files may give themselves one id: then the file names the second.
            label = _scenario(one).id
            kernels[name if label in kernels else label] = one
    study = Study(kernels, months)
    study.add(frames, told)
    supposed = {name: _scenario(one) for name, one in kernels.items()}
    said = {name: f"{one.title}. {one.explanation}" for name, one in supposed.items()}
    return WhatIf(study, kernel.kernels[0].regime.known_on, said)


def _scenario(kernel: AnyPricer) -> Scenario:
    return kernel.kernels[0].regime.scenario


def bare_days(lines: pl.DataFrame) -> pl.DataFrame:
    """A frame whose timestamps of midnights are days, as :func:`tidewaiter.bulk.frames.price` reads them."""
    return lines.with_columns(pl.col(name).cast(pl.Date) for name in midnights(lines.lazy()))


def _under(kernel: AnyPricer, name: str) -> AnyPricer:
    regime = kernel.kernels[0].regime
    other = regime.under(find_scenario(regime.ledger, name))
    return together([Kernel(other, one.schedule, one.into, like=one) for one in kernel.kernels])


def reasons(found: WhatIf, engine: Engine) -> Iterator[tuple[str, str]]:
    """Why lines were refused, in the words of the engine of one line: message and hint, one pair for each refusal."""
    for _, one in sorted(found.study.refused.items()):
        kernel = found.study.kernels[next(iter(one.scenarios))]
        try:
            line = read_line(dict(one.given), engine.regime.ledger.zones, origin_code)
            engine.under(kernel.kernels[0].regime).work(line)
        except LineError as error:
            yield error.message, error.hint
        except Exception:  # whatever else the line is, its code has been told
            yield "", ""
        else:
            yield _not_asked(line.into, [one.into for one in kernel.kernels])


def _not_asked(into: str, asked: Sequence[str]) -> tuple[str, str]:
    """Why a line that the engine of one line answers is refused here: it goes into another country."""
    if into in asked:
        return "", ""
    return f"imports into {into} are not asked for, only into {', '.join(asked)}", f"--into {','.join([*asked, into])}"
