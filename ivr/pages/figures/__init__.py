"""The page of the figures: what became of promises, marks, waits, calls and old numbers, as tables with their charts."""
