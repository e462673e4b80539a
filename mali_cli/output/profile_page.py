"""A profile as a page for a terminal: a panel with the facts, and a table for each section."""

from __future__ import annotations

from rich.console import Console, Group
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mali_cli.model.profile import Profile, ProfileLine
from mali_cli.output.streams import escape_control

FEW_LINES = 10  # of a long section
TITLE_MARGIN, HEADING_MARGIN = 6, 4  # for the lines beside a title on a border and a heading in a rule
MAX_DATE_WIDTH = 16  # a longer date is broken between its two days
MIN_DATES_WIDTH = 72  # narrower terminals have dates before the texts, not beside them
DATE, DOUBT, MINOR = "dim cyan", "italic yellow", "dim"


def page_text(profile: Profile, console: Console, all_lines: bool) -> str:
    """Return the profile as a page of the console's width."""
    with console.capture() as capture:
        print_profile(profile, console, all_lines)
    return capture.get()


def print_profile(profile: Profile, console: Console, all_lines: bool) -> None:
    """Print the profile; without `all_lines`, only the last or first lines of its long sections."""
    if profile.facts and any(section.name == profile.kind for section in profile.sections):
        console.print(_panel(profile, console.width))
    else:
        console.print(_title(profile))
    for section in profile.sections:
        if not section.lines:
            continue
        shown = section.lines
        extent = f"{len(shown):,}"
        if len(shown) > FEW_LINES and not (all_lines or section.is_short):
            extent += f"; the {'newest' if section.newest_last else 'first'} ten; --all"
            shown = shown[-FEW_LINES:] if section.newest_last else shown[:FEW_LINES]
        console.print()
        heading = Text(f"{section.title} ({extent})", "bold")
        # A rule cuts a heading that is too long.
        fits = heading.cell_len <= console.width - HEADING_MARGIN
        console.print(Rule(heading, style=MINOR, align="left") if fits else heading)
        console.print(_lines_table(shown, console.width))


def _panel(profile: Profile, width: int) -> Panel:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style=MINOR, no_wrap=True)
    facts.add_column(ratio=1, overflow="fold")
    for label, text in profile.facts:
        facts.add_row(
            label, Text(escape_control(text), DATE if label == "when" else DOUBT if _is_doubt(label, text) else "")
        )
    if profile.sources:
        facts.add_row("sources", Text(short_sources(profile.sources), MINOR))
    summary = [Text(escape_control(profile.summary)), Text()] if profile.summary else []
    title = _title(profile)
    if title.cell_len > width - TITLE_MARGIN:  # a title on the border would be cut
        return Panel(Group(title, Text(), *summary, facts))
    return Panel(Group(*summary, facts), title=title, title_align="left")


def _title(profile: Profile) -> Text:
    return Text.assemble((escape_control(profile.name), "bold"), (f" ({profile.kind})", MINOR))


def _is_doubt(label: str, text: str) -> bool:
    return label == "basis" and text != "reported"


def _lines_table(lines: tuple[ProfileLine, ...], width: int) -> Table:
    """Return a table of dates and texts; without a column for dates if there are none or the terminal is narrow."""
    table = Table.grid(padding=(0, 2), expand=True)
    has_dates = width >= MIN_DATES_WIDTH and any(line.date for line in lines)
    if has_dates:
        table.add_column(style=DATE, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for line in lines:
        text = _line_text(line)
        if has_dates:
            table.add_row(_date_text(line.date or ""), text)
        else:
            table.add_row(Text.assemble((line.date, DATE), "  ", text) if line.date else text)
    return table


def _date_text(date: str) -> Text:
    """Return a date, that of a long span in several lines."""
    if len(date) > MAX_DATE_WIDTH:
        date = date.replace("..", "..\n").replace(" to ", " to\n").replace(", ", ",\n")
    return Text(date)


def _line_text(line: ProfileLine) -> Text:
    """Return what a line says, then who says so, the event and the sources."""
    text = Text()
    if line.heading:
        text.append(escape_control(line.heading), "bold").append(": ")
    text.append(escape_control(line.text))
    if line.doubt:
        text.append(f" ({line.doubt})", DOUBT)
    if line.note:
        text.append(f". {escape_control(line.note)}")
    if line.according_to:
        claimant = escape_control(line.according_to.replace(";", ", "))
        text.append(f" According to {claimant}." if text.plain.endswith(".") else f", according to {claimant}")
    if line.key:
        text.append(f" {escape_control(line.key)}", MINOR)
    if line.sources:
        text.append(f" [{short_sources(line.sources)}]", MINOR)
    return text


def short_sources(sources: str) -> str:
    """Return the sources with each document named once: "wikipedia#3, #209; almanac"."""
    references: dict[tuple[str, str], list[str]] = {}
    for name in sources.split(";"):
        document, hash_sign, number = name.partition("#")
        references.setdefault((document, hash_sign), []).append(hash_sign + number)
    return escape_control("; ".join(f"{document}{', '.join(numbers)}" for (document, _), numbers in references.items()))
