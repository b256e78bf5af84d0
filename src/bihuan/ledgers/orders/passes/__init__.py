"""凭证: the colour orders give, the passes that state it, the keys that sign them, what is revoked."""
