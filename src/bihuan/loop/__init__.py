"""ACT: the one machinery through which anything happens."""
