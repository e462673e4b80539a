"""The names of the filters of each query: the keywords that it takes, and a suggestion for any other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from mali_cli.errors import MaliError
from mali_cli.model.filter_option import Option, declared_options
from mali_cli.model.filters import FILTERS_BY_QUERY
from mali_cli.model.names import NameIndex


def filter_options(query: str) -> Mapping[str, Option]:
    """Return the filters of a query by name; none if the query takes a name instead (show, lineage)."""
    return declared_options(FILTERS_BY_QUERY[query]) if query in FILTERS_BY_QUERY else {}


def check_filter_names(query: str, names: Iterable[str], other_keywords: Collection[str] = ()) -> None:
    """Raise MaliError for a keyword that is no filter of the query and none of `other_keywords` (by, sort ...)."""
    options = filter_options(query)
    for name in names:
        if name not in options and name not in other_keywords:
            flags = {name: (option.flag.removeprefix("--"),) for name, option in options.items()}
            others = {name: () for name in other_keywords if name not in flags}
            index = NameIndex("filter", "", {**flags, **others})
            close = index.suggestions(name, 1)
            hint = f"Did you mean {close[0]!r}?" if close else f"It takes {', '.join(index.keys) or 'none'}."
            raise MaliError(f"{query}() has no filter {name!r}. {hint}")
