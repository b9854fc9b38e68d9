"""When a team is there: hours, holidays, exceptions, phases of a number, and working time."""
