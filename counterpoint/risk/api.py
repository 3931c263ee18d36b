"""The door of `risk`."""
