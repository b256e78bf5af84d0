"""指挥: responses, tasks, visits, clocks, notices, letters."""
