"""What the engine is measured against: each rival's code stands in `rivals/`, both sides are timed in one run."""
