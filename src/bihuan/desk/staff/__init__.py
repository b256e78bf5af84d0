"""Pages of the room staff 队伍."""
