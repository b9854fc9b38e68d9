"""The tables of the pages under /desk: who may enter, what is live, and how a table came to be so. They stand in the same
metadata as those of calls and cases (schema.py), with the same rules."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from ivr.store.database.columns import Instant, Json, one, whole, words
from ivr.store.database.meta import metadata

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    words("name"),  # as it is shown to colleagues
    Column("login", Text, nullable=False, unique=True),  # an e-mail address or a user name, lower case
    words("subject"),  # issuer and subject of OpenID Connect, parted by '|'; '' for a local account
    words("password"),  # argon2id; '' when there is none
    Column("roles", Json, nullable=False),  # a list of desk/roles.ROLES
    words("language"),  # '' follows the browser
    Column("made", Instant, nullable=False),
    Column("disabled", Instant),
    Index(None, "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", Text, primary_key=True),  # sha256 of what stands in the cookie
    Column("person", Text, ForeignKey("people.id"), nullable=False, index=True),
    words("how"),  # password, link, oidc
    Column("made", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("ends", Instant, nullable=False, index=True),
)

tickets = Table(
    "tickets",
    metadata,
    Column("key", Text, primary_key=True),  # sha256 of what stands in a one-time link
    words("purpose"),  # first (the first administrator), invite, reset
    words("person"),  # '' for the first administrator
    Column("made", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("used", Instant),
)

refused_sign_ins = Table(
    "refused_sign_ins",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False),  # a keyed hash of a login or of an address
    Column("at", Instant, nullable=False),
    Index(None, "key", "at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    words("table_id"),
    words("base"),  # the version it was begun from
    words("title"),
    Column("files", Json, nullable=False),  # path → text, all of them
    words("by"),  # who began it
    Column("editors", Json, nullable=False),  # logins of who changed it: none of them approves it
    Column("made", Instant, nullable=False),
    Column("changed", Instant, nullable=False),
    whole("revision"),  # grows with each change: compare-and-set
    words("state"),  # open, proposed, published, dropped
    words("version"),  # named by its content, once proposed
    words("why"),  # what its proposal says
    words("proposed_by"),
    Column("proposed", Instant),
    words("approved_by"),
    Column("approved", Instant),
    Index(None, "table_id", "state"),
)

versions = Table(
    "versions",
    metadata,
    Column("table_id", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("files", Json, nullable=False),  # path → text; never changed
    words("by"),
    Column("made", Instant, nullable=False),
    words("why"),
    words("draft"),  # '' for one that came from a folder
    Column("judged", Json),  # what checks and guarantees said when it was accepted
)

publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    words("table_id"),
    words("version"),
    words("kind"),  # publish, rollback, canary
    whole("share"),  # percent of callers: 100, or less for a canary
    Column("at", Instant, nullable=False),  # when it is to be live
    Column("live", Instant),  # when it became so
    Column("ended", Instant),  # when it was so no longer, or was cancelled
    words("state"),  # scheduled, live, over, cancelled, refused
    words("by"),
    Column("made", Instant, nullable=False),
    words("why"),
    words("ended_by"),  # who cancelled it, stopped it, or made another version live
    words("approved_by"),
    Column("judged", Json),  # what checks and guarantees said; null for what had been live before
    Column("checked", Instant),  # when a scheduled one was judged again for its moment
    words("override"),  # why it was published though a check or a guarantee fails; '' when none does
    words("commit"),  # the commit of git that it became, '' for none
    words("error"),  # why it could not be made live
    Index(None, "table_id", "state", "at"),
    # at most one version is live for all, and one is tried: who comes second at the same moment is refused
    one("ix_publications_live", "table_id", "state = 'live' AND share = 100"),
    one("ix_publications_canary", "table_id", "state = 'live' AND share < 100"),
)

ALONE = text("ended IS NULL AND kind IN ('calamity', 'closed')")

switches = Table(
    "switches",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    words("table_id"),
    words("kind"),  # calamity, notice, closed
    words("team"),  # of a team that is closed
    words("node"),  # the node that speaks a notice
    Column("texts", Json, nullable=False),  # language → what is spoken
    words("route"),  # of a calamity: one that the table declares
    Column("begins", Instant, nullable=False),
    Column("ends", Instant),  # null: until somebody ends it
    words("by"),
    Column("made", Instant, nullable=False),
    words("why"),
    Column("ended", Instant),
    words("ended_by"),
    Index(None, "table_id", "ended", "ends"),
    # of a table one calamity stands, and one closure of each team: who comes second at the same moment is refused
    Index("ix_switches_standing", "table_id", "kind", "team", unique=True, sqlite_where=ALONE, postgresql_where=ALONE),
)

passes = Table(
    "passes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call", Text, nullable=False),  # the caller's leg
    words("table_id"),
    words("team"),  # to whom the caller is passed on
    words("back"),  # whom the caller comes back to when nobody of the team answers: addresses, parted by spaces
    words("language"),
    words("by"),  # who passed the caller on
    words("state"),  # store/passes.STATES
    words("outcome"),  # store/passes.OUTCOMES, '' while it is under way
    words("case_id"),  # the promise that came of it
    words("worker"),
    Column("lease", Instant),  # until when its worker answers for it
    Column("made", Instant, nullable=False),
    Column("sent", Instant),  # when the provider took it on
    Column("ended", Instant),
    Index(None, "state", "lease"),
    one("ix_passes_open", "call", "state IN ('asked', 'sent')"),  # a caller is passed on once at a time
)
"""Callers whom an agent passes on to another team, with a way back."""
