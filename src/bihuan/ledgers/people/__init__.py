"""人员: whom we know: persons, identities, households, merges."""
