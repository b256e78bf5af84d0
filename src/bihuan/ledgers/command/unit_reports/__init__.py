"""日报告、零报告: what a unit says of its day over somebody's signature, and every later word beside the first."""
