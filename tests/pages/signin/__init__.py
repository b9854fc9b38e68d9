"""How people enter and leave."""
