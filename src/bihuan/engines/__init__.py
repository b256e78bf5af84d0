"""THINK: pure engines. No database, no clock, no chance of their own; each can be used alone from a notebook."""
