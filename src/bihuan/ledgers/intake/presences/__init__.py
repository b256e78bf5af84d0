"""Who was where from when until when, by scans, tickets and registers: what contacts are found from."""
