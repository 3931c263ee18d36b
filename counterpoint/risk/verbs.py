"""Who may do what in `risk`."""
