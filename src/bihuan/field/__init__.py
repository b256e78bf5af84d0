"""MEET: the phone."""
