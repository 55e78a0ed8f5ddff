"""The ledger held against the official editions of the schedule: every disagreement, and why it stands."""

from tidewaiter.audit.difference import Difference, say
from tidewaiter.audit.run import audit_named

__all__ = ["Difference", "audit_named", "say"]
