"""The query methods about events and figures."""

from __future__ import annotations

import os
from typing import Any, Unpack

import pandas as pd

from mali_cli.dataset.base import BaseDataset
from mali_cli.dataset.signatures import query_method
from mali_cli.model.filters import CasualtyFilters, CompareFilters, EventCountFilters, MapFilters, TimelineFilters
from mali_cli.model.shared_filters import Number, Text, Texts


class EventQueries(BaseDataset):
    """Queries of which every row is an event, a figure, or a number of them."""

    @query_method
    def events(
        self,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[EventCountFilters],
    ) -> pd.DataFrame:
        """Return events, or with `by` the number of events, from the tables events, casualties and places.

        Parameters
        ----------
        by : str or list of str, optional
            Count by these keys: year, quarter, month, event_type, sub_event_type, civilian_kind, actor, place,
            region, admin2, in, basis, disorder_type, interaction.
        sort, limit, columns, **filters : options of `mali events`

        Returns
        -------
        pandas.DataFrame
            One row per event, by date: the columns of the table events; region and country (lists), latitude and
            longitude (degrees); killed_low, killed_best, killed_high (people, Int64); admin2 (list). With `by` one row
            per value of the keys: events (Int64), first, last (datetime64).

        Raises
        ------
        MaliError
            For an unknown filter, name, key or column.

        Examples
        --------
        >>> war.events(actor="MNLA", place="Gao", on="2012", columns="date_start,sub_event_type,killed_best", limit=1)
          date_start                       sub_event_type  killed_best
        0 2012-03-31  Non-state actor overtakes territory         <NA>
        """
        return self.answer(
            "events", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def casualties(
        self,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[CasualtyFilters],
    ) -> pd.DataFrame:
        """Return figures with who gave them, or with `by` their sums, from the table casualties.

        Parameters
        ----------
        by : str or list of str, optional
            Sum by these keys: country, in, group, actor, camp, year, quarter, month, place, region, admin2, event,
            event_type, civilian_kind, harm, victims, inflicted_by, according_to, document, disorder_type, interaction.
        sort, limit, columns, **filters : options of `mali casualties`

        Returns
        -------
        pandas.DataFrame
            One row per figure: the columns of the table casualties, with low, best, high (people, Int64). With `by` one
            row per value of the keys, each tally counted once: killed_* and further sums (Int64, <NA> if not given).

        Raises
        ------
        MaliError
            For an unknown filter, name, key or column.

        Examples
        --------
        >>> war.casualties(by="country", columns="country,killed_low,killed_best,killed_high", limit=2)
          country  killed_low  killed_best  killed_high
        0    Mali         489          513          600
        1    Chad          70           70           70
        """
        return self.answer(
            "casualties", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def timeline(
        self,
        *,
        by: Text = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[TimelineFilters],
    ) -> pd.DataFrame:
        """Return events and people killed by period, empty ones included; no record does not mean no violence.

        Parameters
        ----------
        by : {"year", "quarter", "month"}, optional
            Length of a period. Default: year.
        sort, limit, columns, **filters : options of `mali timeline`

        Returns
        -------
        pandas.DataFrame
            One row per period ("2012", "2012-Q1", "2012-03"; None for events in no single one): events,
            killed_low, killed_best, killed_high (people, Int64), open, unknown, not_stated. With `split` a row per
            period and value, which is in the last column: event_type, camp or region.

        Raises
        ------
        MaliError
            For an unknown filter, name, period or column.

        Examples
        --------
        >>> war.timeline(since="2012", until="2013", columns="period,events,killed_best", limit=2)
          period  events  killed_best
        0   2012     166          335
        1   2013     213          516
        """
        return self.answer(
            "timeline", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def map(
        self,
        *,
        by: Text = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[MapFilters],
    ) -> pd.DataFrame:
        """Return events and people killed by place; with `on` also who held it at the end of that period.

        From the tables events, casualties, places and control, summed as by `casualties`.

        Parameters
        ----------
        by : {"events", "dead"}, optional
            Order and size of the places. Default: events.
        sort, limit, columns, **filters : options of `mali map`

        Returns
        -------
        pandas.DataFrame
            One row per place: region and country (lists), latitude and longitude (degrees, float64), events,
            killed_low, killed_best, killed_high (people, Int64), open, unknown, not_stated, contested, holder_status,
            holder_note, holder_as_of and holder_since (days), holder and holder_basis, _sources and _rivals (lists).

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.map(region="Kidal", since="2012", until="2013", columns="place,events,killed_best", limit=2)
              place  events  killed_best
        0     Kidal      15           40
        1  Tessalit       9            3
        """
        return self.answer("map", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters).frame

    @query_method
    def compare(
        self,
        other: str | os.PathLike[str] | BaseDataset,
        *,
        window: Number = "3d",
        within: float | Number = "25km",
        format_in: Text = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[CompareFilters],
    ) -> pd.DataFrame:
        """Match the events of this dataset with those of another one, by the rules of docs/compare.md.

        Parameters
        ----------
        other, format_in : what `load` takes, or a loaded dataset
        window, within : maximum distance of two matching events in days and in kilometres
        sort, limit, columns, **filters : options of `mali compare`

        Returns
        -------
        pandas.DataFrame
            Matched pairs of what `events` returns for both, with further records of theirs (`more`), then the events
            of one side only: match, ours, theirs, dates, places, figures, differs (list), rule, score (0 to 1).

        Raises
        ------
        MaliError
            For an unknown filter, name or column, or if the other dataset cannot be loaded.

        Examples
        --------
        >>> war.compare("docs/compare/invented.csv", on="2012-06-26", columns="match,theirs,score", limit=1)
          match   theirs  score
        0  both  MLI9001    0.9
        """
        own: dict[str, Any] = {"window": window, "within": within, "format_in": format_in, "condition": condition}
        return self.answer("compare", name=other, sort=sort, limit=limit, columns=columns, **own, **filters).frame
