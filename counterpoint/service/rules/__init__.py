"""Pure decisions of the service chapter: values in, frozen dataclasses out; no database, no clock."""
