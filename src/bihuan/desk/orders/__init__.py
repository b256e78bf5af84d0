"""Pages of orders 管控: what waits for a signature, what binds whom, objections, closures, second looks."""
