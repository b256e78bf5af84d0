"""TELL: reports read everything, as of any hour, and write nothing."""
