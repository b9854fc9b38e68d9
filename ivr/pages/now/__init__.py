"""What goes on now, and what a lead can switch."""
