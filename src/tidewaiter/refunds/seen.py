"""The folded law behind a regime, whichever of the two is at hand."""

from __future__ import annotations

from tidewaiter.api import Regime
from tidewaiter.ledger.regime import Regime as FoldedLaw

Known = Regime | FoldedLaw


def law_of(regime: Known) -> FoldedLaw:
    """The folded law of a regime of the public interface; one that is folded already, itself."""
    return regime.engine.regime if isinstance(regime, Regime) else regime
