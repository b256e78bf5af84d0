"""Pages of the room people 人员."""
