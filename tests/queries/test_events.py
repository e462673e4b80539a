"""Every filter of events and of figures has a predicate."""

from __future__ import annotations

from mali_cli.model.filter_option import declared_options
from mali_cli.model.filters import EventConditions, FigureConditions
from mali_cli.queries.casualties import FIGURE_PREDICATES
from mali_cli.queries.events import EVENT_PREDICATES, LOCATION_PREDICATES


def fields_of(conditions: type) -> set[str]:
    return {option.field for option in declared_options(conditions).values() if option.field}


def test_every_filter_of_events_has_a_predicate() -> None:
    # `countries` and `documents` are filters of figures too, and `min_killed` needs the fatalities.
    assert EVENT_PREDICATES.keys() | LOCATION_PREDICATES.keys() == fields_of(EventConditions) | {"period", "bases"}


def test_every_filter_of_figures_has_a_predicate() -> None:
    # Whether a figure is disputed depends on the other figures that match.
    assert FIGURE_PREDICATES.keys() == fields_of(FigureConditions) - {"disputed"} | {"period", "documents"}
