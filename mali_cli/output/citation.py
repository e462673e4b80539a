"""Citation of a query result as text or BibTeX: dataset, version, command and date."""

from __future__ import annotations

import datetime
import os
import shlex

from mali_cli.model.schema import datapackage
from mali_cli.results import QueryResult, pluralize


def citation(result: QueryResult, command: list[str], style: str) -> str:
    """Return the citation in a style, `text` or `bibtex`; `command` holds the words typed after `mali`.

    The date is today's, or that of SOURCE_DATE_EPOCH for repeatable builds. The rows of a foreign file are not
    cited with our title and licence.
    """
    dataset = datapackage()
    typed = shlex.join(["mali", *command])
    rows = pluralize(len(result.frame), result.row_noun)
    day = _today().isoformat()
    version = dataset["version"]
    if result.origin:
        title, licence, terms = result.origin, "", "Cite the source of the file as its terms require. "
        made = f"Read with mali {version}. "
    else:
        title, licence = f"mali: {dataset['title']}", dataset["licenses"][0]["name"]
        terms, made = "", f"Version {version}, {licence}. "
    if style == "text":
        return f"{title}. {made}Result of `{typed}`: {rows}, retrieved on {day}.{f' {terms}'.rstrip()}\n"
    note = f"{made if result.origin else ''}Result of \\texttt{{{typed}}}: {rows}. {terms or licence}".strip()
    fields = {
        "title": f"{{{_escape_tex(title)}}}",
        **({} if result.origin else {"version": version}),
        "year": day[:4],
        "urldate": day,
        "note": _escape_tex(note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@dataset{{mali-{version}-{day},\n{lines}}}\n"


def _today() -> datetime.date:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.date.today()


def _escape_tex(text: str) -> str:
    return "".join(f"\\{c}" if c in "&%$#_" else c for c in text)
