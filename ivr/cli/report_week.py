"""The page of a week: what callers asked, in Dutch, for people who run the desk. One file, no script, made to be printed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from ivr.cli.report_nl import DAYS, ENDINGS, KEPT_NL, date, decimal, node_name, percent, span, whole
from ivr.cli.report_week_svg import bars, hour_grid
from ivr.desk.figures import LONG_WAIT_SECONDS, NORM_SECONDS, median, share
from ivr.desk.kept import KEPT, NONE
from ivr.desk.marks import summarise
from ivr.desk.period import Period
from ivr.desk.staff import LEAST, hide_small
from ivr.model.graph import Graph
from ivr.store.reports.rows import FIRST_MARK, share_kept
from ivr.store.reports.week import MOST, Week

CSS = Path(__file__).with_name("report_week.css")
OFF = "-"
"""What stands for a figure that cannot be said."""


class Names:
    """What the live tables call things; a name that they do not know stays as it is."""

    def __init__(self, graphs: Mapping[str, Graph]) -> None:
        self.title = " en ".join(graph.title for graph in graphs.values()) or "14 0xx"
        self._teams = {team.name: team.titles[0] for graph in graphs.values() for team in graph.teams}
        self._numbers = {number.name: number.formerly for graph in graphs.values() for number in graph.numbers}
        self._nodes = {
            name: node_name(name, node, graph)
            for graph in graphs.values()
            for name, node in zip(graph.names, graph.nodes, strict=True)
        }

    def team(self, name: str) -> str:
        """`Burgerzaken`."""
        return self._teams.get(name, name) or "geen team"

    def number(self, name: str) -> str:
        """`050 367 7010, Paspoorten en rijbewijzen`."""
        formerly = self._numbers.get(name, "")
        return f"{name}, {formerly}" if formerly else name

    def node(self, name: str) -> str:
        """`keuzemenu documents`; '' for the end of a call, where nobody chooses to be."""
        return self._nodes.get(name, name or "onbekend")


def week_page(week: Week, period: Period, now: int, graphs: Mapping[str, Graph]) -> str:
    """The page. `now` (epoch seconds) is when it was counted."""
    names = Names(graphs)
    number = period.first.isocalendar()
    title = f"Week {number.week} van {number.year}: waarvoor belden mensen?"
    when = f"{names.title}, {date(period.first)} tot en met {date(period.last)}"
    body = [_head(title, when, period, now)]
    body += (
        [
            _figures(week), _when(week, period), _asked(week, names), _teams(week, names), _promised(week, names),
            _endings(week, names), _marks(week, names),
        ]
        if week.total
        else [_figures(week), "<p>Er kwamen deze week geen telefoontjes binnen.</p>", _promised(week, names)]
    )  # fmt: skip
    css = CSS.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _head(title: str, when: str, period: Period, now: int) -> str:
    over = dt.datetime.fromtimestamp(now, dt.UTC).date() >= period.after
    said = "" if over else " De week is nog niet voorbij."
    return f'<header><h1>{escape(title)}</h1>\n<p class="when">{escape(when)}.{said}</p></header>'


def _figures(week: Week) -> str:
    """The six figures that say most."""
    person = dict(week.found.endings).get("person", 0)
    made, overdue = sum(week.made.values()), sum(week.overdue.values())
    kept = share_kept(_together(week))
    marks = summarise(week.marks) if week.marks.total() >= LEAST else None
    took = median(week.found.to_person)
    tiles = [
        ("Telefoontjes", whole(week.total), _against(week.total, week.before), ""),
        ("Spraken een medewerker", percent(share(person, week.found.total)), _half(took), ""),
        ("Beloofd terug te bellen", whole(made), "keer, deze week", ""),
        ("Beloften nagekomen", percent(kept), "van wat deze week moest", ""),
        ("Nu te laat", whole(overdue), "wachten nog op ons", "warn" if overdue else ""),
        ("Rapportcijfer", decimal(marks.mean) if marks else OFF, _given(week.marks.total()), ""),
    ]
    rows = [
        f"<div><dt>{escape(name)}</dt><dd{_class(mark)}>{escape(figure)}<small>{escape(more)}</small></dd></div>"
        for name, figure, more, mark in tiles
    ]
    return "<dl>\n" + "\n".join(rows) + "\n</dl>"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _half(took: float | None) -> str:
    return "" if took is None else f"de helft binnen {span(took)}"


def _given(count: int) -> str:
    return f"van {whole(count)} bellers" if count >= LEAST else "te weinig cijfers"


def _against(now: int, before: int) -> str:
    if not before:
        return "vorige week: geen"
    more = now - before
    if not more:
        return "evenveel als vorige week"
    return f"{whole(abs(more))} {'meer' if more > 0 else 'minder'} dan vorige week"


def _when(week: Week, period: Period) -> str:
    days = [(f"{DAYS[n]} {(period.first + dt.timedelta(days=n)).day}", sum(row)) for n, row in enumerate(week.hours)]
    busiest = sorted(
        ((count, -day, -hour) for day, row in enumerate(week.hours) for hour, count in enumerate(row) if count), reverse=True
    )[:3]  # fmt: skip
    said = ", ".join(
        f"{DAYS[-day]} {-hour} tot {-hour + 1} uur ({whole(count)})" for count, day, hour in busiest
    )  # fmt: skip
    return (
        _section("Telefoontjes per dag", bars(days, "Telefoontjes per dag"))
        + "\n"
        + _section("De drukste uren", f"<p>{said[:1].upper()}{said[1:]}.</p>\n" + hour_grid(week.hours))
    )


def _asked(week: Week, names: Names) -> str:
    """What callers chose, by what a table calls it."""
    out = []
    chosen = [(names.node(node), count) for node, count in week.chosen]
    merged: Counter[str] = Counter()
    for name, count in chosen:
        if name:
            merged[name] += count
    if merged:
        note = _note("Een beller die meer keuzes maakt, telt bij elke keuze mee.")
        out.append(_section("Wat bellers kozen", bars(_most(merged), "Wat bellers kozen") + note))
    for variable, values in week.topics.items():
        out.append(_section(f"Onderwerp: {variable}", bars(_most(values), f"Onderwerp: {variable}")))
    if week.numbers:
        rows = [(names.number(number), count) for number, count in week.numbers]
        note = _note("Alleen de oude nummers. De andere bellers kozen het hoofdnummer.")
        out.append(_section("Welk oud nummer zij belden", bars(rows, "Telefoontjes per oud nummer") + note))
    return "\n".join(out)


def _teams(week: Week, names: Names) -> str:
    rows = []
    for name, one in week.found.teams.items():
        within = sum(wait <= NORM_SECONDS for wait in one.waited)
        rows.append(
            (
                names.team(name), whole(one.put_through), whole(len(one.waited)), percent(share(within, one.put_through)),
                span(median(one.waited)), whole(one.gave_up),
            )
        )  # fmt: skip
    heads = (
        "Team", "Doorverbonden", "Geholpen", f"Binnen {NORM_SECONDS} seconden", "Helft wacht minder dan",
        f"Gaf op na {LONG_WAIT_SECONDS // 60} minuten",
    )  # fmt: skip
    return _section("Naar welke teams", _table(heads, rows)) if rows else ""


def _promised(week: Week, names: Names) -> str:
    due = {one.team: one for one in week.due}
    kinds = [name for name in KEPT if name != NONE]
    rows = []
    for team in sorted({*week.made, *due, *week.overdue}):
        counts = due[team].kept if team in due else {}
        rows.append(
            (
                names.team(team), whole(week.made.get(team, 0)), *(whole(counts.get(kind, 0)) for kind in kinds),
                percent(share_kept(counts)), whole(week.overdue.get(team, 0)),
            )
        )  # fmt: skip
    if not rows:
        return _section("Beloften om terug te bellen", "<p>Er is niets beloofd, en niets te laat.</p>")
    heads = ("Team", "Beloofd", *(KEPT_NL[kind] for kind in kinds), "Nagekomen", "Nu te laat")
    note = _note(
        "De kolommen van ‘op tijd’ tot ‘nagekomen’ gaan over beloften die deze week moesten. Nagekomen is: op tijd "
        "gesproken, of op twee dagdelen geprobeerd. ‘Nu te laat’ telt ook oudere beloften."
    )
    return _section("Beloften om terug te bellen", _table(heads, rows) + note)


def _together(week: Week) -> Counter[str]:
    return sum((Counter(one.kept) for one in week.due), Counter[str]())


def _endings(week: Week, names: Names) -> str:
    endings = [(ENDINGS.get(name, name), count) for name, count in week.found.endings]
    hung: Counter[str] = Counter()
    for node, count in week.found.hung_up:
        hung[names.node(node) or "het einde"] += count
    left = _section("Hoe het gesprek eindigde", bars(endings, "Hoe het gesprek eindigde"))
    right = _section("Waar bellers ophingen", bars(_most(hung), "Waar bellers ophingen")) if hung else ""
    return f"{left}\n{right}"


def _marks(week: Week, names: Names) -> str:
    if not week.marks:
        return ""
    hidden = hide_small({team: counts.total() for team, counts in week.mark_teams.items()})
    rows = [_mark(names.team(team), week.mark_teams[team]) for team in week.mark_teams if team not in hidden]
    few = sum((week.mark_teams[team] for team in hidden), Counter[int]())
    if few:
        rows.append(_mark("te weinig per team", few))
    note = _note(
        f"Het eerste cijfer van de stad was {decimal(FIRST_MARK)}. Een groep van minder dan {LEAST} tonen wij niet apart."
    )
    heads = ("Team", "Cijfers", "Gemiddeld", "Zeker tussen")
    return _section("Rapportcijfers", _table(heads, rows) + note)


def _mark(name: str, counts: Counter[int]) -> tuple[str, ...]:
    told = summarise(counts) if counts.total() >= LEAST else None
    if told is None or told.low is None or told.high is None:
        return (name, f"minder dan {LEAST}", OFF, OFF)
    return (name, whole(told.count), decimal(told.mean), f"{decimal(told.low)} en {decimal(told.high)}")


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most chosen ones, and the others together."""
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rest = sum(count for _, count in ranked[MOST:])
    return ranked[:MOST] + ([("de andere samen", rest)] if rest else [])


def _section(title: str, inner: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{inner}\n</section>"


def _note(text: str) -> str:
    return f'\n<p class="note">{escape(text)}</p>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'
