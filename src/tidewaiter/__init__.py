"""Tidewaiter: the open engine for tariffs that keep changing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidewaiter.api import Assessment, Line, LineError, Regime

__version__ = "0.1.0"
__all__ = ["Assessment", "Line", "LineError", "Regime", "__version__"]


def __getattr__(name: str) -> Any:
    """The public names, imported when first asked for: ``import tidewaiter`` itself costs nothing."""
    if name in __all__:
        from tidewaiter import api

        return getattr(api, name)
    raise AttributeError(f"module 'tidewaiter' has no attribute {name!r}")
