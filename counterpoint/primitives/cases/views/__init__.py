"""Pages of the cases: the list and the board, one case as a conversation, and the form of a new one."""
