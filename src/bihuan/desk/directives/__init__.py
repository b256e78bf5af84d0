"""Pages of texts that order things: what they say, what they order, who has read them, what came of it."""
