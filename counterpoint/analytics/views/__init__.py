"""Pages of the numbers."""
