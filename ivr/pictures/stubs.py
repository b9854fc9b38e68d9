"""Which edges are drawn as lines, and which as references: lines to very common places would tangle all others."""

from __future__ import annotations

import msgspec

from ivr.pictures.scene import BYE, ON, Scene

COMMON = 6
"""More sources than this, and the lines to a box become references."""
LONG, LONG_TO_TEAM = 2, 4
"""Lines that would pass more columns than this become references, when their target has a shorter line or is a team."""
WIDE, FOLDED = 14, 8
"""A sheet of more columns than this, the entry aside, is folded into parts of at most so many."""
ENTRY = "entry"
"""The container of the entry chain."""


def home(scene: Scene) -> dict[str, tuple[str, ...]]:
    """The containers that each box stands in, outermost first: the entry chain, or the visits of its name."""
    chain = set(scene.chain)
    out = {}
    for box in scene.boxes:
        parts = box.visit.split("/") if box.visit else []
        frames = tuple("/".join(parts[: i + 1]) for i in range(len(parts)))
        out[box.id] = (ENTRY,) if box.id in chain else frames
    return out


def with_stubs(scene: Scene) -> Scene:
    """The scene with its stubs marked. What is left as lines has no cycle at any level of frames, and enters each
    frame at one box only."""
    homes = home(scene)
    stubs = _common(scene, homes)
    ways = [
        (box.id, row.to)
        for box in scene.boxes
        for row in box.rows
        if not (row.stub or row.to in stubs) and row.to in homes
    ]
    doors = _doors(ways, homes)
    lines = {way for way in ways if _enters_well(way, homes, doors)}
    lines -= _closing(scene, lines, homes)
    lines -= _folds(scene, lines)
    lines -= _long(scene, lines)
    boxes = []
    for box in scene.boxes:
        rows = tuple(
            msgspec.structs.replace(row, stub=bool(row.to)) if (box.id, row.to) not in lines else row
            for row in box.rows
        )
        boxes.append(msgspec.structs.replace(box, rows=rows))
    return msgspec.structs.replace(scene, boxes=tuple(boxes))


def _common(scene: Scene, homes: dict[str, tuple[str, ...]]) -> set[str]:
    """Boxes to which no line is drawn: the operator, ends, and what is reached from many places outside its frame."""
    sources: dict[str, set[str]] = {}
    for box in scene.boxes:
        for row in box.rows:
            if row.to in homes and not row.stub and (not homes[row.to] or homes[row.to] != homes[box.id]):
                sources.setdefault(row.to, set()).add(box.id)
    often = {target for target, held in sources.items() if len(held) > COMMON}
    return often | {box.id for box in scene.boxes if box.kind == "end"} | {scene.operator, ON, BYE, ""}


def levels(source: str, target: str, homes: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str, str]:
    """Of two boxes: the containers they share, and what stands for each in the innermost of them."""
    a, b = (*homes[source], source), (*homes[target], target)
    shared = 0
    while shared < min(len(a), len(b)) - 1 and a[shared] == b[shared]:
        shared += 1
    return a[:shared], a[shared], b[shared]


def _doors(ways: list[tuple[str, str]], homes: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The box by which each frame is entered from outside: the one to which most ways lead."""
    count: dict[str, dict[str, int]] = {}
    for source, target in ways:
        for frame in homes[target]:
            if frame not in homes[source] and frame != ENTRY:
                held = count.setdefault(frame, {})
                held[target] = held.get(target, 0) + 1
    return {frame: max(held, key=lambda at: (held[at], at)) for frame, held in count.items()}


def _enters_well(way: tuple[str, str], homes: dict[str, tuple[str, ...]], doors: dict[str, str]) -> bool:
    source, target = way
    if source == target or homes[source] == homes[target] == (ENTRY,):
        return False
    for frame in homes[target]:
        inside = frame in homes[source]
        if frame != ENTRY and inside == (doors.get(frame) == target):  # a frame's door is at its left, for others only
            return False
    return True


def _closing(scene: Scene, lines: set[tuple[str, str]], homes: dict[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """The lines that close a cycle, found by going through each container from its first box on."""
    graphs: dict[tuple[str, ...], dict[str, dict[str, list[tuple[str, str]]]]] = {}
    for box in scene.boxes:
        for row in box.rows:
            way = (box.id, row.to)
            if way in lines and not row.stub:
                container, a, b = levels(*way, homes)
                held = graphs.setdefault(container, {}).setdefault(a, {}).setdefault(b, [])
                if way not in held:
                    held.append(way)
    out: set[tuple[str, str]] = set()
    entered: set[str] = {b for ways in graphs.values() for held in ways.values() for b in held}
    for ways in graphs.values():
        done: set[str] = set()
        first = [ENTRY] if ENTRY in ways else []
        for root in [*first, *(a for a in ways if a not in entered), *ways]:
            out |= _back(root, ways, done)
    return out


def _back(root: str, ways: dict[str, dict[str, list[tuple[str, str]]]], done: set[str]) -> set[tuple[str, str]]:
    """The lines that lead back to where the walk from a root is. It keeps a stack of its own: tables are deep."""
    out: set[tuple[str, str]] = set()
    if root in done:
        return out
    done.add(root)
    path = {root}
    stack = [(root, iter(ways.get(root, {})))]
    while stack:
        at, rest = stack[-1]
        for target in rest:
            if target in path or target == at:
                out.update(ways[at][target])
            elif target not in done:
                done.add(target)
                path.add(target)
                stack.append((target, iter(ways.get(target, {}))))
                break
        else:
            stack.pop()
            path.discard(at)
    return out


def _folds(scene: Scene, lines: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of a sheet that would be very wide, the lines at which it is folded: what follows begins again at the left, below.
    The parts are about equally wide."""
    column = _columns(scene, lines)
    first = 2 if scene.chain else 0
    wide = max(column.values()) + 1 - first
    if wide <= WIDE:
        return set()
    part = -(-wide // -(-wide // FOLDED))
    ends = {box.id for box in scene.boxes} - {source for source, _ in lines}  # an end may stand beside its source

    def cut(source: str, target: str) -> bool:
        a, b = (max(column[id_] - first, 0) // part for id_ in (source, target))
        return a != b and not (target in ends and column[target] == column[source] + 1)

    return {way for way in lines if cut(*way)}


def _columns(scene: Scene, lines: set[tuple[str, str]]) -> dict[str, int]:
    """The column of each box, reckoned as if there were no frames."""
    after: dict[str, list[str]] = {}
    waits: dict[str, int] = {}
    chain = set(scene.chain)
    for source, target in sorted(lines):
        a = ENTRY if source in chain else source
        after.setdefault(a, []).append(target)
        waits[target] = waits.get(target, 0) + 1
    first = 2 if scene.chain else 0
    column = {ENTRY: 1, **{box.id: 1 if box.id in chain else first for box in scene.boxes}}
    ready = [id_ for id_ in column if not waits.get(id_)]
    for at in ready:
        for target in after.get(at, ()):
            column[target] = max(column[target], column[at] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return column


def _long(scene: Scene, lines: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The lines that would run far beside others."""
    column = _columns(scene, lines)
    last = max(column.values()) + 1
    teams = {box.id for box in scene.boxes if box.kind == "team"}
    out, short = set(), set()
    for source, target in lines:
        far = (last if target in teams else column[target]) - column[source]
        if far > (LONG_TO_TEAM if target in teams else LONG):
            out.add((source, target))
        else:
            short.add(target)
    return {way for way in out if way[1] in short or way[1] in teams}


def stub_sources(scene: Scene) -> dict[str, int]:
    """How many boxes refer to each box by a stub."""
    sources: dict[str, set[str]] = {}
    for box in scene.boxes:
        for row in box.rows:
            if row.stub and row.to != box.id and box.kind != "entry":
                sources.setdefault(row.to, set()).add(box.id)
    return {target: len(held) for target, held in sources.items()}
