"""WIRE: settings, addresses, the database server."""
