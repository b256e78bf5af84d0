"""闭环 Bihuan: the command post of an outbreak. think · keep · act · tell · meet · wire (see docs/map.md)."""
