"""The ledger: dated acts, read from data, validated, folded over both time axes into a regime."""
