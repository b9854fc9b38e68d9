"""The table in the page: edited, judged as it is typed, proposed, approved, published, taken back."""
