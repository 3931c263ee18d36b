"""What if: a day to come, changed by hand, played by the twin beside the day as planned. All simulated."""
