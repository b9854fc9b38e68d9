"""The views of the database: what is worked out from the tables whenever it is asked, and stored nowhere."""

from __future__ import annotations

from sqlalchemy import Integer, Subquery, Text, bindparam, column, text

from ivr.store.database.columns import Instant

PROMISES = """\
SELECT case_id, kind, table_id, zone, team, language, opened, first_due, state, reached_at, tries,
       CASE
         WHEN reached_at <= first_due THEN 'reached_in_time'
         WHEN state = 'cancelled' AND closed_by = 'caller' AND closed_at <= first_due THEN 'cancelled'
         WHEN CURRENT_TIMESTAMP <= first_due THEN 'waiting'
         WHEN half_days > 1 THEN 'tried'
         WHEN tries > 0 OR reached_at IS NOT NULL THEN 'late'
         ELSE 'never_tried'
       END AS kept
FROM (
  SELECT c.id AS case_id, c.kind, c.table_id, c.zone, c.team, c.language, c.opened, c.first_due, c.state, c.closed_at,
         c.closed_by,
         (SELECT MIN(r.at) FROM (
            SELECT c.reached_at AS at
            UNION ALL
            SELECT a.ended FROM attempts AS a WHERE a.case_id = c.id AND a.outcome = 'reached'
          ) AS r) AS reached_at,
         (SELECT COUNT(*) FROM attempts AS a
          WHERE a.case_id = c.id AND a.outcome IN ('reached', 'voicemail', 'no_answer', 'busy', 'failed')) AS tries,
         (SELECT COUNT(DISTINCT a.half_day) FROM attempts AS a
          WHERE a.case_id = c.id AND a.outcome IN ('voicemail', 'no_answer', 'busy', 'failed') AND a.half_day <> ''
            AND COALESCE(a.dialled, a.ended) <= c.first_due) AS half_days
  FROM cases AS c
  WHERE c.first_due IS NOT NULL
) AS p"""
"""Each promise and whether it was kept: `desk.kept.kept` as one query, on both databases. A test holds them equal."""


def promises(now: int) -> Subquery:
    """The view `promises` as things stand at an instant (epoch seconds), in place of now."""
    columns = [
        column(name, type_)
        for type_, names in (
            (Text(), ("case_id", "kind", "table_id", "zone", "team", "language", "state", "kept")),
            (Instant(), ("opened", "first_due", "reached_at")),
            (Integer(), ("tries",)),
        )
        for name in names
    ]
    at = text(PROMISES.replace("CURRENT_TIMESTAMP", ":now")).bindparams(bindparam("now", now, type_=Instant()))
    return at.columns(*columns).subquery("promises")
