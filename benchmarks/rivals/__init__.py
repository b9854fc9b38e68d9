"""How others would do the same: the least that could work, the usual way by hand, and a state machine library."""
