"""The database: its tables, how it is reached, and how it is brought from one version to the next."""
