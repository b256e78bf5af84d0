"""MEET: the HTTP interface for programs."""
