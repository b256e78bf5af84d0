"""MEET: the invented county 青禾县 Qinghe and one day of its life."""
