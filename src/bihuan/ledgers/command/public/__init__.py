"""公开: what the county tells everybody over a signature, and what anybody asks or reports, with its answer."""
