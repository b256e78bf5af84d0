"""检测: rounds, tables, pools, results, key posts."""
