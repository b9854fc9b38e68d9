"""What one call does next. Pure: no clock, network, chance or log; time and chance are questions put to a Moment.

`step(graph, state, event, moment) -> (state, actions)` serves the webhook, the simulator and the proofs alike.
"""

from ivr.engine.step import Outcome, begin, move, step

__all__ = ["Outcome", "begin", "move", "step"]
