"""Who may do what in `analytics`."""
