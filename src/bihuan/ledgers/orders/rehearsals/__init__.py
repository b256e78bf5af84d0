"""Rehearsals 推演: what a protocol with other numbers would have done here, computed before anybody signs it."""
