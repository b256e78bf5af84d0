"""Pages of the room command 指挥."""
