"""How hard Hypothesis tries: ``ci`` (the default) is modest, ``thorough`` is for a quiet evening, ``nightly`` for a night.

``HYPOTHESIS_PROFILE=thorough pytest tests/assess/test_properties.py``
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SLOW_FIRST = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("ci", max_examples=100, deadline=None, database=None, suppress_health_check=_SLOW_FIRST)
settings.register_profile("thorough", max_examples=600, deadline=None, database=None, suppress_health_check=_SLOW_FIRST)
settings.register_profile("nightly", max_examples=5000, deadline=None, database=None, suppress_health_check=_SLOW_FIRST)


def name() -> str:
    """The profile that the environment names."""
    return os.environ.get("HYPOTHESIS_PROFILE", "ci")


def load() -> None:
    """Take that profile."""
    settings.load_profile(name())
