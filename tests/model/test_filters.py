"""The declarations of the filters agree with Filters, the tables and the resolver."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from mali_cli.errors import MaliError
from mali_cli.model import schema
from mali_cli.model.filter_names import check_filter_names, filter_options
from mali_cli.model.filter_option import EnumOf, Flag, Names, Option
from mali_cli.model.filters import FILTERS_BY_QUERY, Filters
from mali_cli.model.periods import Period
from mali_cli.model.shared_filters import Texts
from mali_cli.resolver import NameResolver

DECLARED = [(query, name, option) for query in FILTERS_BY_QUERY for name, option in filter_options(query).items()]
# Fields that the resolver sets from several filters together
COMBINED_FIELDS = {"period", "memberships", "related", "related_as_stated"}


@pytest.mark.parametrize(("query", "name", "option"), DECLARED, ids=lambda value: str(value)[:20])
def test_a_declaration_names_what_exists(query: str, name: str, option: Option) -> None:
    annotation = FILTERS_BY_QUERY[query].__annotations__[name]
    if isinstance(option.value, Flag):
        assert annotation.__origin__ is bool
    else:
        assert (annotation.__origin__ == Texts) == option.repeatable
    assert option.flag.startswith("--")
    assert option.help.endswith((".", "..."))
    assert not option.field or option.field in Filters.__dataclass_fields__
    if isinstance(option.value, Names):
        assert hasattr(NameResolver, option.value.kind)
    if isinstance(option.value, EnumOf):
        assert all(schema.table(table).column(column).enum for table, column in option.value.columns)


def test_every_field_of_filters_is_declared() -> None:
    declared = {option.field for _, _, option in DECLARED} - {""}
    assert declared | COMBINED_FIELDS == {field.name for field in fields(Filters)}


@pytest.mark.parametrize("query", FILTERS_BY_QUERY)
def test_no_two_filters_of_a_query_share_a_flag(query: str) -> None:
    options = filter_options(query).values()
    flags = [flag for option in options for flag in (option.flag, option.alias, option.short_flag) if flag]
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize(
    ("keyword", "message"),
    [
        ("actr", "events() has no filter 'actr'. Did you mean 'actor'?"),
        ("from", "events() has no filter 'from'. Did you mean 'since'?"),
        ("to", "events() has no filter 'to'. Did you mean 'until'?"),
        ("in", "events() has no filter 'in'. Did you mean 'where'?"),
        ("sotr", "events() has no filter 'sotr'. Did you mean 'sort'?"),
    ],
)
def test_an_unknown_filter_is_refused_with_a_suggestion(keyword: str, message: str) -> None:
    with pytest.raises(MaliError) as error:
        check_filter_names("events", ["since", keyword], other_keywords=("by", "sort"))
    assert str(error.value) == message


def test_an_unknown_filter_that_resembles_none_is_refused_with_a_list() -> None:
    with pytest.raises(
        MaliError, match=r"^sources\(\) has no filter 'xyz'\. It takes source, documents, text, limit\.$"
    ):
        check_filter_names("sources", ["xyz"], other_keywords=("limit",))
    with pytest.raises(MaliError, match=r"^lineage\(\) has no filter 'since'\. It takes none\.$"):
        check_filter_names("lineage", ["since"])


def test_declared_filters_and_other_keywords_are_accepted() -> None:
    check_filter_names("events", [*filter_options("events"), "by"], other_keywords=("by",))


SOME = frozenset({"some"})


@pytest.mark.parametrize(
    ("field", "value", "about_events", "about_figures"),
    [
        *[(name, SOME, True, False) for name in ("actors", "against", "claimed_by", "types", "bases")],
        *[(name, SOME, True, False) for name in ("places", "regions", "event_countries", "nearby_places")],
        ("nearby_places", frozenset(), True, False),
        *[(name, SOME, True, False) for name in ("disorder_types", "interactions")],
        ("civilian_targeting", True, True, False),
        ("search_terms", ("some",), True, False),
        ("min_killed", 0, True, False),
        ("max_killed", 5, True, False),
        *[(name, SOME, False, True) for name in ("groups", "countries", "inflicted_by", "victims", "harms")],
        *[(name, SOME, False, True) for name in ("scopes", "claimants")],
        ("independent", True, False, True),
        ("disputed", True, False, True),
        ("period", Period(None, None), False, False),
        ("dates", "all", False, False),
        ("documents", SOME, False, False),
    ],
)
def test_filters_are_about_events_or_about_figures(
    field: str, value: Any, about_events: bool, about_figures: bool
) -> None:
    filters = replace(Filters(), **{field: value})
    assert filters.has_event_filters == about_events
    assert filters.has_casualty_filters == about_figures
    assert filters.excludes_stated_totals == (about_events or field == "period")


def test_without_the_country_of_the_victims() -> None:
    filters = Filters(countries=SOME, groups=SOME)
    assert filters.without_victim_country == Filters(groups=SOME)
