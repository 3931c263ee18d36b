"""Did training move a figure (outline 7.7): trained branches against alike ones, before and after."""
