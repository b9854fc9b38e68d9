"""The language of the table as data: what may stand where, read into declarations, and given to editors."""
