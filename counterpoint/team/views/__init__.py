"""Pages of the team: planning, forecast, need, roster editor, my shifts, approvals, people."""
