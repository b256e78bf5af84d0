"""The phone at an inspection or a self-check: my stops, a checklist with photos, problems mended on the spot."""
