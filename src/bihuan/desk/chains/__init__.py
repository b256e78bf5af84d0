"""Pages of the chains of transmission."""
