"""Who may do what in `service`."""
