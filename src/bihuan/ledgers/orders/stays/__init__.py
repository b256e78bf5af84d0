"""KEEP, orders 管控: where the ones bound stay: beds, homes, and the journeys between them."""
