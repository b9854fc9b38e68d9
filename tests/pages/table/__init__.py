"""The page of the table."""
