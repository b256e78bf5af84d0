"""MEET: outside systems and papers; each room here can be removed alone."""
