"""MEET: the resident, on a phone or on paper."""
