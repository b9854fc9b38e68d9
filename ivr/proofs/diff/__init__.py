"""What callers of two tables experience differently: both are walked at once, each difference led back to its edit."""
