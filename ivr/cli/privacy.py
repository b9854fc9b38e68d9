"""`ivr privacy` and `ivr retain`: what is kept of whom, how long, and taking away what is kept no longer."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from ivr.cli.common import open_database, settings_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from ivr.store.retention_rules import Cut
    from ivr.worker.settings import WorkerSettings

PATIENCE = 300.0
WORDS = {
    "nl": {
        "title": "Wat wij bewaren, van wie, en hoe lang",
        "of": "van", "where": "waar", "how_long": "hoe lang",
        "elsewhere": "Ook dit hoort erbij",
        "consent": "Cijfers per medewerker: de ondernemingsraad stemde in op {date}.",
        "no_consent": "Cijfers per medewerker: niet, want instemming van de ondernemingsraad is niet vastgelegd.",
        "no_key": "Er is geen sleutel ingesteld: van een nummer dat verdwijnt, blijft geen code achter.",
    },
    "en": {
        "title": "What we keep, of whom, and how long",
        "of": "of", "where": "where", "how_long": "how long",
        "elsewhere": "This belongs to it too",
        "consent": "Figures by employee: the works council agreed on {date}.",
        "no_consent": "Figures by employee: none, since no consent of the works council is recorded.",
        "no_key": "No key is set: of a number that goes no code stays behind.",
    },
}  # fmt: skip


@click.command(
    epilog="""\b
Examples:
  ivr privacy                         in Dutch, for the register of the privacy officer
  ivr privacy --language en --format json
"""
)
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def privacy(language: str, form: str) -> None:
    """Say what is kept of whom and how long, as the settings are now."""
    import msgspec

    from ivr.desk.retention import ELSEWHERE
    from ivr.store.settings import CommonSettings
    from ivr.store.statement import statement

    settings = settings_of(CommonSettings)
    words = WORDS[language]
    lines = statement(settings.periods, language)
    notes = [note[language] for note in ELSEWHERE]
    consent = settings.works_council_consent
    notes.append(words["consent"].format(date=consent) if consent else words["no_consent"])
    if not settings.hash_key:
        notes.append(words["no_key"])
    if form == "json":
        held = {"kept": lines, "notes": notes, "works_council_consent": consent or None}
        click.echo(msgspec.json.format(msgspec.json.encode(held), indent=2).decode())
        return
    click.echo(words["title"] + "\n")
    for line in lines:
        click.echo(click.wrap_text(line.what[0].upper() + line.what[1:], 100))
        for name, text in (("of", line.of), ("how_long", line.how_long), ("where", ", ".join(line.where))):
            click.echo(click.wrap_text(text, 100, f"  {words[name] + ':':<10}", " " * 12))
        click.echo()
    click.echo(words["elsewhere"])
    for note in notes:
        click.echo(click.wrap_text(note, 100, "  - ", "    "))


@click.command(
    epilog="""\b
Examples:
  ivr retain --dry-run                what would go now, and how old it is
  ivr retain                          what 'ivr worker' does each hour, at once
"""
)
@click.option("--dry-run", is_flag=True, help="Only say what would go; nothing is changed.")
def retain(dry_run: bool) -> None:
    """Take away what is kept no longer: numbers, codes, recordings, words, names of employees.

    Times and outcomes stay, so reports of old periods do not change. Audio is deleted at the provider.
    """
    from ivr.store.retention import old_cases
    from ivr.store.retention_rules import Cut
    from ivr.worker.settings import WorkerSettings

    settings = settings_of(WorkerSettings)
    engine = open_database(settings, wait=PATIENCE)
    now = int(time.time())
    cut = Cut(settings.periods, now)
    if dry_run:
        _tell(engine, cut)
        click.echo(_audio_left(engine, "asked of the provider") or "nothing to be asked of the provider")
    else:
        _take_away(engine, cut, settings)
    left = old_cases(engine, now)
    if left:
        click.echo(
            f"{left:,} cases have been open for more than a year: what they hold goes only after somebody closes them "
            "(ivr desk list)"
        )


def _tell(engine: Engine, cut: Cut) -> None:
    from ivr.desk.retention import TERMS
    from ivr.store.retention import due

    found = [row for row in due(engine, cut) if row.rows]
    for row in found:
        term = TERMS[row.term]
        why = f"more than {term.days(cut.periods)} days after {term.since['en']}"
        click.echo(f"{row.rows:>9,}  {row.name:<36} {_day(row.oldest)} to {_day(row.newest)}  {why}")
    click.echo(f"{sum(row.rows for row in found):>9,}  would go; nothing was changed" if found else "nothing would go")


def _day(at: int) -> str:
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d}"


def _take_away(engine: Engine, cut: Cut, settings: WorkerSettings) -> None:
    from ivr.store.retention import retain as take
    from ivr.worker.context import Context, Tables
    from ivr.worker.retaining import delete_audio
    from ivr.worker.twilio_rest import provider_of

    gone: Counter[str] = Counter()
    try:
        for name, rows in take(engine, cut, settings.hash_key):
            gone[name] += rows
    finally:
        for name, rows in gone.items():
            click.echo(f"{rows:>9,}  {name}")
        click.echo(f"{sum(gone.values()):>9,}  gone" if gone else "nothing was due")
    context = Context("ivr retain", engine, Tables(settings.var), settings.hash_key)
    provider = provider_of(settings)
    audio = 0
    while done := delete_audio(context, provider, cut.now):
        audio += done
    if audio:
        click.echo(f"{audio:>9,}  recordings deleted by the provider")
    left = _audio_left(engine, "not confirmed by the provider yet; 'ivr worker' goes on asking")
    if left:
        click.echo(left)


def _audio_left(engine: Engine, why: str) -> str:
    from ivr.store.database.connect import reading
    from ivr.store.recordings import unconfirmed

    with reading(engine) as connection:
        left = unconfirmed(connection)
    return f"{left:>9,}  recordings {why}" if left else ""
