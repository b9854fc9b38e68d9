"""The endurance run: thousands of calls while processes are killed and the database is stopped, and what is counted then."""
