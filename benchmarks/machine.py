"""What a measurement was taken on, as text for the docs: ``python -m benchmarks.machine``."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("polars", "pyarrow", "numpy", "duckdb")
_GIB = 2**30


def machine(packages: tuple[str, ...] = PACKAGES) -> str:
    """Two lines: the machine and how busy it is, and the versions of what was measured.

    Where the machine has no count of its memory or load (Windows), that part is left out.
    """
    return f"{_hardware()}\n{_software(packages)}"


def _hardware() -> str:
    parts = [f"{cores()} cores"]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
        parts.append(f"{memory:.1f} GiB")
    parts.append(f"{platform.system()} {platform.machine()}")
    if hasattr(os, "getloadavg"):
        parts.append("load " + " ".join(f"{load:.1f}" for load in os.getloadavg()) + " (1, 5, 15 minutes)")
    return ", ".join(parts)


def cores() -> int:
    """The cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _software(packages: tuple[str, ...]) -> str:
    parts = [f"{platform.python_implementation()} {sys.version.split()[0]}"]
    return ", ".join([*parts, *(f"{name} {_version(name)}" for name in packages)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    print(machine())
