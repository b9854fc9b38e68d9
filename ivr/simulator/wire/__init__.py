"""A call played over HTTP as Twilio would play it, against a running server: the same Transcript as in process.

What is sent besides Twilio's own fields is honoured only by a server in simulation (`IVR_SIMULATION=1`):

    IvrAt            when the call arrives, epoch seconds        IvrSeed          which caller it is, for shares
    IvrFacts         what is known of the caller, JSON           IvrDisk          well | full | failed
    IvrCalamity      {"texts": [...], "route": ""} or ''         IvrQueueSeconds  how long a queue takes
    IvrNotices       {"node": [texts]} or ''                     IvrClosed        {"team": until} or ''

A team that closes while it is rung or waited for has no word in Twilio's language: `DialCallStatus` and `QueueResult`
then say `closed`. With `IVR_TRACE=1` the server names the nodes of a turn in `X-IVR-Trace`; without it callers who look
at the table (personas, random ones) do not know where they are, and scripted ones play all the same.
"""

from __future__ import annotations

import os

from ivr.model.state import Arrival
from ivr.simulator.callers import Caller
from ivr.simulator.run import PlayCall
from ivr.simulator.transcript import Transcript
from ivr.simulator.wire.call import WireCall
from ivr.simulator.wire.line import Line, WireFault
from ivr.simulator.world import World
from ivr.tables.ready import Table

__all__ = ["WireFault", "over_http"]


def over_http(url: str, token: str | None = None, twice: bool = False, call: str = "") -> PlayCall:
    """How a call is played against the server at `url`, signed with `token` (left out: the first of IVR_TWILIO_TOKEN).

    `twice` sends each request a second time and holds the two answers to the same bytes. `call` is the CallSid; left out
    it is made from all that decides how the call goes. Raises WireFault for whatever Twilio would not take.
    """
    secret = token if token is not None else os.environ.get("IVR_TWILIO_TOKEN", "").split(",")[0].strip()
    if not secret:
        raise WireFault("there is no token to sign with: set IVR_TWILIO_TOKEN to the server's")
    line = Line(secret, twice)

    def play(table: Table, arrival: Arrival, caller: Caller, world: World) -> Transcript:
        return WireCall(line, url.rstrip("/"), table, arrival, caller, world, call).run()

    return play
