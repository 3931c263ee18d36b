"""Pure decisions of the academy: values in, values out; no database, no clock."""
