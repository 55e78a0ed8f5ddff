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
from collections.abc import Iterable
from functools import lru_cache

from tidewaiter import __version__
from tidewaiter.bulk.kernel import Kernel
from tidewaiter.bulk.several import AnyPricer, together
from tidewaiter.ledger.regime import Regime
from tidewaiter.schedule.encoding import SCHEDULE_FILE
from tidewaiter.schedule.own import OwnSchedule
from tidewaiter.schedule.store import Schedule

_SENDER = f"tidewaiter {__version__}\n".encode()
_MOST_KEPT = 2
_kernels: dict[str, AnyPricer] = {}


class OtherVersionError(RuntimeError):
    """The worker runs another version of the program than the sender."""


def pack(regime: Regime, tariffs: Iterable[Schedule] = ()) -> bytes:
    """The regime (a scenario's own acts included) and tariffs, of several importing countries in their order.

    A user's own rates go with the shipped tariff that they are put over. Default: the shipped tariff of the first country.
    """
    return _pack(regime, tuple(tariffs) or (Schedule.load(),))


@lru_cache(maxsize=4)
def _pack(regime: Regime, tariffs: tuple[Schedule, ...]) -> bytes:
    files = [regime.ledger.jurisdictions[one.into].schedule for one in tariffs]
    told = [_tariff(file, one) for file, one in zip(files, tariffs, strict=True)]
    said = (regime.ledger, regime.list_names, regime.known_on, regime.scenario, told)
    return _SENDER + zlib.compress(pickle.dumps(said, protocol=pickle.HIGHEST_PROTOCOL), 3)


def _tariff(file: str, schedule: Schedule) -> tuple[bytes, dict[str, str] | None, str]:
    """The bytes of the shipped tariff; a user's own rates and their name."""
    shipped = SCHEDULE_FILE.with_name(file).read_bytes()
    return (shipped, schedule.rates, schedule.name) if isinstance(schedule, OwnSchedule) else (shipped, None, "")


def key_of(packed: bytes) -> str:
    """A short name for packed bytes: equal regimes packed by one process share it."""
    return hashlib.blake2b(packed, digest_size=12).hexdigest()


def unpack(packed: bytes) -> AnyPricer:
    """The kernel for what was packed, or those of several importing countries. Raises ``OtherVersionError``."""
    if not packed.startswith(_SENDER):
        sender = packed.partition(b"\n")[0].decode(errors="replace")
        raise OtherVersionError(
            f"{sender} sent this regime, and here runs tidewaiter {__version__}: install one version"
        )
    ledger, lists, known_on, scenario, tariffs = pickle.loads(zlib.decompress(packed[len(_SENDER) :]))
    regime = Regime(ledger, lists, known_on, scenario)
    opened = [_opened(*tariff) for tariff in tariffs]
    return together([Kernel(regime, schedule, schedule.into) for schedule in opened])


def _opened(tariff: bytes, own: dict[str, str] | None, name: str) -> Schedule:
    archive = zipfile.ZipFile(io.BytesIO(tariff))
    return Schedule(archive) if own is None else OwnSchedule(archive, own, name)


def kept_kernel(key: str, packed: bytes) -> AnyPricer:
    """The kernel for packed bytes named ``key``: made when first asked for, kept as long as the process lives."""
    found = _kernels.get(key)
    if found is None:
        while len(_kernels) >= _MOST_KEPT:
            del _kernels[next(iter(_kernels))]
        found = _kernels[key] = unpack(packed)
    return found
