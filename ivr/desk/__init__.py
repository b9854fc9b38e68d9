"""What the contact centre owes, as pure rules."""
