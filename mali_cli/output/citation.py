"""A citation of this very answer: dataset, version, question and date, as text or BibTeX."""

from __future__ import annotations

import datetime
import os
import shlex

from mali_cli.model.schema import datapackage
from mali_cli.results import QueryResult, pluralize

STYLES = ("text", "bibtex")


def citation(answer: QueryResult, query: list[str], style: str) -> str:
    """What to write under a table: the dataset and its version, the question as typed, what it gave, and when.

    The date is today's, or that of SOURCE_DATE_EPOCH where builds are to be repeatable.
    """
    dataset = datapackage()
    asked = shlex.join(["mali", *query])
    rows = pluralize(len(answer.frame), answer.row_noun)
    day = _today().isoformat()
    version = dataset["version"]
    if answer.origin:  # rows of somebody else: neither our title nor our licence is theirs
        title, licence, terms = answer.origin, "", "Cite the source of the file as its terms ask. "
        made = f"Read by mali {version}. "
    else:
        title, licence = f"mali: {dataset['title']}", dataset["licenses"][0]["name"]
        terms, made = "", f"Version {version}, {licence}. "
    if style == "text":
        return f"{title}. {made}Answer to `{asked}`: {rows}, asked on {day}.{f' {terms}'.rstrip()}\n"
    fields = {
        "title": f"{{{_tex(title)}}}",
        **({} if answer.origin else {"version": version}),
        "year": day[:4],
        "urldate": day,
        "note": _tex(
            f"{made if answer.origin else ''}Answer to \\texttt{{{asked}}}: {rows}. {terms or licence}".strip()
        ),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@dataset{{mali-{version}-{day},\n{lines}}}\n"


def _today() -> datetime.date:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.date.today()


def _tex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_" else c for c in text)
