"""A table made ready: loaded, checked, and given a name by its content."""
