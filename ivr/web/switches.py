"""What is switched live, as a version that is served knows it: worked out once for each change, asked every turn."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from ivr.desk.switches import Holding, resolved
from ivr.model.moment import NOTHING, Switched
from ivr.store.live.follower import Follower
from ivr.web.served import Served


class Switches:
    """Answers from memory; None follows nothing."""

    def __init__(self, follower: Follower | None) -> None:
        self._follower = follower
        self._known: WeakKeyDictionary[Served, tuple[Holding, Switched]] = WeakKeyDictionary()

    def of(self, served: Served) -> Switched:
        """What is switched now."""
        if self._follower is None:
            return NOTHING
        now = self._follower.now(served.graph.id, int(time.time()))
        known = self._known.get(served)
        if known is None or known[0] is not now:
            known = self._known[served] = (now, resolved(served.graph, now.switches))
        return known[1]
