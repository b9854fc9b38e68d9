"""Who may enter the desk, as the databases keep it."""
