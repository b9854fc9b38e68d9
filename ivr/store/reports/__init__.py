"""What the reports ask of the database: one file a report, counted where the rows are."""
