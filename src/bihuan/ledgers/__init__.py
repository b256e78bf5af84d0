"""KEEP: the rooms. Each remembers one ledger; none decides."""
