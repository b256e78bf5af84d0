"""KEEP, lab 检测. The testing chain: rounds, stations, swabs, tubes, boxes, runs, results."""
