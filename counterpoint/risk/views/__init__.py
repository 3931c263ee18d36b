"""Pages of `risk`."""
