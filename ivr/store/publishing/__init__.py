"""How a table comes to be live: drafts, versions named by their content, and publications."""
