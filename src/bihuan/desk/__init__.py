"""MEET: the desk, server-rendered pages for headquarters."""
