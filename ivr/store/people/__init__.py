"""Who may enter the desk."""
