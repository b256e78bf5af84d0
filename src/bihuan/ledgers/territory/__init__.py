"""辖区: the area tree, places, and what a member may see."""
