"""Many visitors at once: their turns, their seats, and what the operator sees of it."""
