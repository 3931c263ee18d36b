"""The door of `service`."""
