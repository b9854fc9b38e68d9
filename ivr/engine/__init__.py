"""What one call does next. Pure: no clock, network, chance or log; time and chance are questions put to a Moment.

`step(graph, state, event, moment) -> (state, actions)` serves the webhook, the simulator and the proofs alike.
"""

from ivr.engine.step import begin, move, step
from ivr.engine.way import Outcome

__all__ = ["Outcome", "begin", "move", "step"]
