"""What holds for all callers at all times: the engine itself explored, guarantees proved over it, two tables compared."""
