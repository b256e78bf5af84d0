"""卡口: who was stopped and what was decided; of people who pass clear a count and nothing else."""
