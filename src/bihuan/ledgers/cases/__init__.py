"""KEEP, cases 流调. Who is ill, whom they met, and how it spread: cases, exposures, contacts, clusters."""
