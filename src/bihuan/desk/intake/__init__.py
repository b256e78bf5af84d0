"""Pages of the room intake 名单."""
