"""公开: bulletins to be signed, and what the public asks."""
