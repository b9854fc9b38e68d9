"""Heavy work in a child process, never in the one that answers calls."""
