"""Pages of supervision: the problem ledger, the watch board, rounds, checklists, registers, times of the loop."""
