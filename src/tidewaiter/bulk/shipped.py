"""A regime to go: all that a kernel needs in another process or on another machine, as bytes.

The bytes are a pickle made by this program for its own workers. They carry the law and the tariff numbers, so that every
worker answers by the law of whoever sent them, whatever files lie beside its own copy of the program.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
import zlib
from functools import lru_cache

from tidewaiter import __version__
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.store import Schedule

_SENDER = f"tidewaiter {__version__}\n".encode()
_MOST_KEPT = 2
_kernels: dict[str, Kernel] = {}


class OtherVersionError(RuntimeError):
    """The worker runs another version of the program than the sender."""


@lru_cache(maxsize=4)
def pack(regime: Regime, into: str = "US") -> bytes:
    """The regime (a scenario's own acts included) and the shipped schedule."""
    said = (regime.ledger, regime.list_names, regime.known_on, regime.scenario, into, SCHEDULE_FILE.read_bytes())
    return _SENDER + zlib.compress(pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL), 3)


def key_of(packed: bytes) -> str:
    """A short name for packed bytes: equal regimes packed by one process share it."""
    return hashlib.blake2b(packed, digest_size=12).hexdigest()


def unpack(packed: bytes) -> Kernel:
    """A kernel for what was packed. Raises ``OtherVersionError``."""
    if not packed.startswith(_SENDER):
        sender = packed.partition(b"\n")[0].decode(errors="replace")
        raise OtherVersionError(
            f"{sender} sent this regime, and here runs tidewaiter {__version__}: install one version"
        )
    ledger, lists, known_on, scenario, into, schedule = pickle.loads(zlib.decompress(packed[len(_SENDER) :]))
    archive = zipfile.ZipFile(io.BytesIO(schedule))
    return Kernel(Regime(ledger, lists, known_on, scenario), Schedule(archive), into)


def kept_kernel(key: str, packed: bytes) -> Kernel:
    """The kernel for packed bytes named ``key``: made when first asked for, kept as long as the process lives."""
    found = _kernels.get(key)
    if found is None:
        while len(_kernels) >= _MOST_KEPT:
            del _kernels[next(iter(_kernels))]
        found = _kernels[key] = unpack(packed)
    return found
