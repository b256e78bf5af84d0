"""Pages of codes and passes 码."""
