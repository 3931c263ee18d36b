"""Pages of the hall; each view reads the clock once and makes one domain call."""
