"""The first page, and what belongs to no page."""
