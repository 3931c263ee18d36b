"""Pure decisions of the hall: values in, values out; no database, no clock."""
