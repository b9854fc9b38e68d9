"""Durable work: what is done when it is due, by whichever worker is there."""
