"""What callers of two tables experience differently: both are walked at once, and each difference is led back to its edit."""
