"""Pages that MkDocs makes while it builds: the command reference, and files of the project outside docs/."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from notebook_page import markdown
from typer import Context
from typer.main import get_command

from mali_cli.cli.app import ABOUT, app, command_with_options
from mali_cli.cli.help_text import EXAMPLES_MARK, paragraphs

ROOT = Path(__file__).resolve().parent.parent
PAGE_BY_FILE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "data/README.md": "tables.md",
}
LINK = re.compile(r"\[([^\]]*)\]\(([^)#:\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    files.append(File.generated(config, "commands.md", content=command_reference()))
    files.append(File.generated(config, "notebook.md", content=markdown(ROOT / "docs" / "notebook.ipynb")))
    for source, page in PAGE_BY_FILE.items():
        if page != "index.md":
            text = (ROOT / source).read_text(encoding="utf-8")
            files.append(File.generated(config, page, content=with_site_links(text, source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links that leave docs/ to the pages of the site."""
    is_generated = page.file.generated_by is not None
    return markdown if is_generated else with_site_links(markdown, f"docs/{page.file.src_uri}")


def with_site_links(text: str, source: str) -> str:
    """Return the text of a file with its links as the site needs them.

    A link to a file that exists in the project but has no page (LICENSE, say) becomes plain text. A link to
    nothing stays as it is, so that a strict build reports it.
    """

    def site_link(link: re.Match[str]) -> str:
        label, target, anchor = link[1], link[2], link[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path in PAGE_BY_FILE:
            return f"[{label}]({PAGE_BY_FILE[path]}{anchor})"
        if path.startswith("docs/"):
            return f"[{label}]({path.removeprefix('docs/')}{anchor})"
        return label if os.path.exists(ROOT / path) else link[0]

    return LINK.sub(site_link, text)


def command_reference() -> str:
    """Return one page with every command and option, read from the program itself."""
    root = get_command(app)
    context = Context(root, info_name="mali", **root.context_settings)
    parts = [
        "# Commands\n\nThis page is made from the program when the site is built; "
        "`mali COMMAND --help` prints the same text.\n",
        *_help_text(ABOUT),
        *_parameters(root, context),
    ]
    for name in root.list_commands(context):
        command = command_with_options(name)
        inner = Context(command, info_name=name, parent=context)
        parts += [f"## mali {name}\n", *_help_text(command.callback.__doc__ or ""), *_parameters(command, inner)]
    return "\n".join(parts)


def _help_text(docstring: str) -> list[str]:
    """Return the paragraphs of a command's help, examples as code."""
    return [
        f"```sh\n{text.removeprefix(EXAMPLES_MARK).strip()}\n```\n" if text.startswith(EXAMPLES_MARK) else f"{text}\n"
        for text in paragraphs(docstring)
    ]


def _parameters(command: Any, context: Context) -> list[str]:
    """Return a table of the arguments and one of the options, as --help prints them."""
    parts = [f"`{' '.join([context.command_path, *command.collect_usage_pieces(context)])}`\n"]
    for kind in ("argument", "option"):
        parameters = [p for p in command.get_params(context) if p.param_type_name == kind]
        records = [record for p in parameters if (record := p.get_help_record(context))]
        if records:
            rows = [f"| `{_cell(names)}` | {_cell(text)} |" for names, text in records]
            parts += ["\n".join([f"| {kind} | |", "|---|---|", *rows]) + "\n"]
    return parts


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
