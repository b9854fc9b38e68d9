"""What changes reaches the pages by itself."""
