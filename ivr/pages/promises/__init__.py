"""The board of promises: who is owed a call, and what is done about it."""
