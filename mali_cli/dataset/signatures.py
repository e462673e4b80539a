"""Show every declared filter in the signature and docstring of a query method, and its keywords in error messages."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from mali_cli.errors import MaliError
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
    Jupyter rely, does not expand it. Errors name the keywords instead of the options of the command.
    """
    query = method.__name__
    options = filter_options(query)
    signature = inspect.signature(method, eval_str=True)
    explicit = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    filters = [_parameter(query, name, option) for name, option in options.items() if name not in signature.parameters]

    @functools.wraps(method)
    def query_with_keywords(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except MaliError as error:
            error.args = (_with_keywords(str(error), options),)
            raise

    query_with_keywords.__signature__ = signature.replace(parameters=[*explicit, *filters])  # type: ignore[attr-defined]
    if method.__doc__:  # none with python -OO
        listed = [OUTPUT_PARAMETERS, *(_described(name, option) for name, option in options.items())]
        text = re.sub(r"^ *sort, limit, columns.*$", lambda _: "\n".join(listed), method.__doc__, flags=re.M)
        query_with_keywords.__doc__ = text
    return cast(MethodT, query_with_keywords)


def _with_keywords(message: str, options: Mapping[str, Option]) -> str:
    """Replace the options of a command in a message by the keywords; command lines in backticks stay as they are."""
    keywords = {option.flag: name for name, option in options.items()}
    keywords |= {f"--{name}": name for name in ("by", "sort", "limit", "columns")}
    return re.sub(
        r"`[^`]*`|--[a-z][a-z-]*",
        lambda found: f"`{keywords[found[0]]}`" if found[0] in keywords else found[0],
        message,
    )


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
