"""Pages of the careers room, for guests too."""
