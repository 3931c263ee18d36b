"""Pages of `service`."""
