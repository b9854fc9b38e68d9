"""The map: the whole table as a graph, and as an outline that says the same in words."""
