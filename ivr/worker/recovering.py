"""The task that finds out what came of attempts whose worker is gone, or of which nothing was heard for too long.

What happened is learned from what our webhooks noted, and from the provider's list of calls. Before a key was pressed the
citizen was surely not rung, so such an attempt may always end as `no_agent`. After it, only the provider's books tell
whether the agent's leg has a child; where they do not, a person decides.
"""

from __future__ import annotations

import logging
import time

from ivr.desk.attempt import ACCEPTED, BEGUN, NO_AGENT, UNKNOWN, UNSURE
from ivr.desk.case import CALLING, Case
from ivr.desk.legs import NONE, Heard, is_over, who_answered
from ivr.desk.schedule import may_ring
from ivr.dialects.agent import RING_SECONDS, TALK_SECONDS
from ivr.store import attempts, waits
from ivr.store.attempts import Held
from ivr.store.database.connect import writing
from ivr.worker.attempting import Begun, Clock, note_rung, ring_team
from ivr.worker.context import Context
from ivr.worker.provider import Leg, Provider, Refused, Unreachable
from ivr.worker.ringing import WHISPER_SECONDS, Ringer, Rung, rung_by

log = logging.getLogger(__name__)

BATCH = 20
SETTLED = 30
"""Seconds after which the provider's list surely holds a call that was made."""
SKEW = 5
"""Seconds by which the provider's clock and ours may differ."""
LOOK = 30
"""Seconds until an attempt that goes on is looked at again."""
MARGIN = 60
PATIENCE = 900
"""Seconds beyond its longest that an accepted attempt may stay without an answer before a person must decide."""
LONG_LOOK = 600
GIVE_UP = 86_400
"""An attempt that nobody could tell of is looked up every 10 minutes for a day, in case the provider comes to know."""


class Recovering:
    """The task."""

    name = "recovering"
    every = 1.0

    def __init__(self, context: Context, provider: Provider, public_url: str) -> None:
        self._context = context
        self._provider = provider
        self._ringer = Ringer(provider, public_url)

    def run(self, now: int) -> int:
        """Look after attempts whose lease ran out; answers how many."""
        began = time.monotonic()
        with writing(self._context.engine) as connection:
            left = attempts.ran_out(connection, self._context.worker, now, BATCH)
        for case, held in left:
            at = now + int(time.monotonic() - began)
            if held.state in (ACCEPTED, UNKNOWN):
                self._accepted(case, held, at)
            else:
                self._open(case, held, at)
        return len(left)

    # --- before the key

    def _open(self, case: Case, held: Held, now: int) -> None:
        """An attempt that nobody has accepted."""
        rung = rung_by(self._context.tables.live(case.table), case.team)
        ring = rung.team.ring if rung is not None else RING_SECONDS
        late = now >= held.began + ring + WHISPER_SECONDS + MARGIN
        if late or case.state != CALLING:
            self._end_open(held, now)
        elif held.state == BEGUN:
            self._find_legs(case, held, rung, now)
        elif not self._look_at_legs(held, now):
            self._postpone(held, now + LOOK)

    def _find_legs(self, case: Case, held: Held, rung: Rung | None, now: int) -> None:
        """The worker died, or was not told, while the team was being rung: was it?"""
        candidates: list[Leg] = []
        for target in held.targets:
            legs = self._provider.calls_to(target, held.began - SKEW)
            if isinstance(legs, Refused | Unreachable):
                self._postpone(held, now + LOOK)
                return
            candidates += [leg for leg in legs if leg.direction == "outbound-api"]
        with writing(self._context.engine) as connection:
            known = attempts.claimed(connection, [leg.sid for leg in candidates])
            free = [leg for leg in candidates if leg.sid not in known]
            if len(free) == len(held.targets) and not waits.unplaced(connection, held.targets):
                heard = Heard(
                    agents={leg.sid: leg.status for leg in free}, to={leg.sid: leg.to for leg in free}, asked=True
                )
                attempts.hear(connection, held.id, heard, now)
                attempts.postpone(connection, held.id, now + LOOK)
        if free:
            self._postpone(held, now + LOOK)  # some, or more than one: a leg that answers tells which attempt it is of
        elif now < held.began + SETTLED or rung is None or not rung.caller_id:
            self._postpone(held, now + SKEW)
        elif rung.calendar is None or not may_ring(rung.calendar, rung.policy, now):
            self._end_open(held, now)  # nobody was rung, and now it is too late to
        else:
            clock = Clock(now)
            rang = ring_team(self._context, self._ringer, Begun(held.id, case, held.targets, rung), now, clock)
            with writing(self._context.engine) as connection:
                note_rung(connection, self._context, rang, clock.now())

    def _look_at_legs(self, held: Held, now: int) -> bool:
        """Ask how the team's legs stand; whether that ended the attempt. Who was to ring the rest of them is gone."""
        found: dict[str, str] = {}
        for sid in held.heard.live():
            leg = self._provider.call(sid)
            if isinstance(leg, Leg):
                found[sid] = leg.status
        with writing(self._context.engine) as connection:
            return bool(attempts.hear(connection, held.id, Heard(agents=found, asked=True), now))

    def _end_open(self, held: Held, now: int) -> None:
        """End it first, so that no leg can be accepted any more; then stop what may still ring."""
        with writing(self._context.engine) as connection:
            ended = attempts.over(connection, held.id, NO_AGENT, now)
        if ended:
            for sid in held.heard.live():
                self._provider.hang_up(sid)

    # --- after the key

    def _accepted(self, case: Case, held: Held, now: int) -> None:
        """An attempt whose right to dial was won: was the citizen rung, and what came of it?"""
        for sid in held.heard.live():
            if sid != held.agent_call:
                self._provider.hang_up(sid, answered=False)
        heard = self._learned(held, now)
        with writing(self._context.engine) as connection:
            if heard is not None and attempts.hear(connection, held.id, heard, now) not in ("", UNSURE):
                return
            talk_ends = held.accepted + RING_SECONDS + TALK_SECONDS + WHISPER_SECONDS
            agent_over = is_over(held.heard.agents.get(held.agent_call, ""))
            if held.state == UNKNOWN:
                again = now + LONG_LOOK if now < held.accepted + GIVE_UP else 0
                attempts.postpone(connection, held.id, again)
            elif now >= (held.accepted if agent_over else talk_ends) + PATIENCE:
                if attempts.over(connection, held.id, UNSURE, now):
                    log.error("case %s: nobody knows whether the citizen was rung; a person must decide", case.number)
            else:
                attempts.postpone(connection, held.id, now + LOOK)

    def _learned(self, held: Held, now: int) -> Heard | None:
        """What the provider's books say of both legs; None when they say nothing."""
        agent = self._provider.call(held.agent_call)
        children = self._provider.children(held.agent_call)
        if isinstance(children, Refused | Unreachable):
            return None
        heard = Heard()
        if isinstance(agent, Leg):
            heard = heard.merge(Heard(agents={agent.sid: agent.status}))
        for child in children:
            talked = child.seconds if child.over else 0
            heard = heard.merge(
                Heard(
                    citizen=child.status, sid=child.sid, seconds=talked, bridged=talked > 0,
                    machine=who_answered(child.answered_by),
                )
            )  # fmt: skip
        over = isinstance(agent, Leg) and agent.over and now >= max(agent.ended, held.accepted) + SETTLED
        if over and not children and not held.heard.rang:
            heard = heard.merge(Heard(citizen=NONE))
        return heard

    def _postpone(self, held: Held, until: int) -> None:
        with writing(self._context.engine) as connection:
            attempts.postpone(connection, held.id, until)
