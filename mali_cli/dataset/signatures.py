"""Show every declared filter in the signature and docstring of a query method."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

from mali_cli.model.filter_names import filter_options
from mali_cli.model.filter_option import Flag, Option, WholeNumber
from mali_cli.model.filters import FILTERS_BY_QUERY

MethodT = TypeVar("MethodT", bound=Callable[..., Any])

OUTPUT_PARAMETERS = """\
        sort : str or list of str, optional
            Columns to sort by; - before a name for descending order.
        limit : int, optional
            Maximum number of rows.
        columns : str or list of str, optional
            Columns to return, in this order. Default: all.
        condition : str or list of str, optional
            Conditions on columns of the result, all of which must hold: "killed_best > 4" (--where)."""


def query_method(method: MethodT) -> MethodT:
    """Replace "sort, limit, columns, **filters" by every filter of the query in what help() and completion show.

    Type checkers read them from the annotation Unpack[...], but inspect.signature, on which help(), IPython and
    Jupyter rely, does not expand it.
    """
    query = method.__name__
    options = filter_options(query)
    signature = inspect.signature(method, eval_str=True)
    explicit = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    filters = [_parameter(query, name, option) for name, option in options.items() if name not in signature.parameters]
    method.__signature__ = signature.replace(parameters=[*explicit, *filters])  # type: ignore[attr-defined]
    if method.__doc__:  # none with python -OO
        listed = [OUTPUT_PARAMETERS, *(_described(name, option) for name, option in options.items())]
        method.__doc__ = re.sub(r"^ *sort, limit, columns.*$", lambda _: "\n".join(listed), method.__doc__, flags=re.M)
    return method


def _parameter(query: str, name: str, option: Option) -> inspect.Parameter:
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if isinstance(option.value, Flag) else None,
        annotation=FILTERS_BY_QUERY[query].__annotations__[name].__origin__,
    )


def _described(name: str, option: Option) -> str:
    text = "str or list of str" if option.repeatable else "str"
    kind = {Flag: "bool", WholeNumber: "int"}.get(type(option.value), text)
    return f"        {name} : {kind}, optional\n            {option.help}"
