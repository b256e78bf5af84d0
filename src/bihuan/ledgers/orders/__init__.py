"""KEEP, orders 管控. What binds a person or a place, with ground, issuer, end, notice and appeal; duties and stays."""
