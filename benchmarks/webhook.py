"""A signed menu turn over HTTP: our webhook, a bare ASGI app and a hand-written FastAPI app, one uvicorn worker each."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.figures import Effort, Figure, interleaved, ratio
from benchmarks.line import BASE_URL, TOKEN, one_answer, rate, request_of, serving
from benchmarks.menu import MenuTurn, find_menu_turn
from benchmarks.tables import groningen

CALLS = 256
"""Different calls whose turns take turns."""


def measure(effort: Effort) -> list[Figure]:
    """Requests a second of each, in alternating rounds."""
    turn = find_menu_turn(groningen(), TOKEN)
    requests = effort.size(6_000, 800)
    with tempfile.TemporaryDirectory() as place:
        env = {"IVR_TWILIO_TOKEN": TOKEN, "IVR_PUBLIC_URL": BASE_URL, "IVR_VAR": place}
        with serving("benchmarks.ours:app", Path(place), env) as ours:
            mine = [request_of(path, call, turn.key) for path, call in zip(turn.paths(CALLS), _calls(), strict=True)]
            answer = one_answer(ours, mine[0])
            if b"<Gather" not in answer:
                raise SystemExit(f"our webhook does not answer with a menu: {answer[:300]!r}")
            with (
                serving("benchmarks.rivals.bare_asgi:app", Path(place), {"BENCH_LENGTH": str(len(answer))}) as bare,
                serving("benchmarks.rivals.handwritten_fastapi:app", Path(place), _by_hand(turn)) as hand,
            ):
                theirs = [request_of("/menu/main?language=nl", call, turn.key) for call in _calls()]
                if b"<Gather" not in one_answer(hand, theirs[0]):
                    raise SystemExit(
                        f"the hand-written app does not answer with a menu: {one_answer(hand, theirs[0])[:300]!r}"
                    )
                sides = {"ours": (ours, mine), "bare": (bare, mine), "hand": (hand, theirs)}
                for port, held in sides.values():
                    rate(port, held, requests // 4)
                rounds = {name: partial(rate, port, held, requests) for name, (port, held) in sides.items()}
                rates = interleaved(effort.size(9, 3), rounds, effort)
    our_rate, bare_rate, hand_rate = (f"{statistics.median(rates[name]):,.0f}" for name in ("ours", "bare", "hand"))
    return [
        Figure(
            "signed menu turn against bare ASGI", ratio(rates["ours"], rates["bare"]), "of its speed",
            "higher", 0.60, 0.80, f"a bare ASGI app: parse_qsl, constant bytes ({our_rate} turns a second, not {bare_rate})",
        ),
        Figure(
            "signed menu turn against FastAPI by hand", ratio(rates["ours"], rates["hand"]), "× its speed",
            "higher", 4.0, 5.5, f"a hand-written FastAPI + twilio app ({our_rate} turns a second, not {hand_rate})",
        ),
    ]  # fmt: skip


def _calls() -> Iterator[str]:
    return (f"CA{n:032x}" for n in range(CALLS))


def _by_hand(turn: MenuTurn) -> dict[str, str]:
    return {"BENCH_URL": BASE_URL, "BENCH_TOKEN": TOKEN, "BENCH_MENU": json.dumps({turn.key: turn.words()})}
