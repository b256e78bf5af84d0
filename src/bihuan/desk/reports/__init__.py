"""Pages of the reports 报表."""
