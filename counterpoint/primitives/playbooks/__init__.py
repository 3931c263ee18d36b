"""The primitive `playbooks`: contract in the room's README; built with the first chapters that live on it."""
