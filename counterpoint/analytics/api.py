"""The door of `analytics`."""
