"""A drawn answer as one page of HTML."""

from __future__ import annotations

from mali_cli.answers import Answer
from mali_cli.errors import MaliError


def html_page(answer: Answer) -> str:
    raise MaliError("pages are not written yet.")
