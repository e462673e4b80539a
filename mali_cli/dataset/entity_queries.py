"""The query methods about groups, places, people and sources, and about one of them by name."""

from __future__ import annotations

from typing import Unpack

import pandas as pd

from mali_cli.dataset.base import BaseDataset
from mali_cli.dataset.signatures import query_method
from mali_cli.model.filters import (
    ControlFilters,
    GroupFilters,
    PeopleFilters,
    PlaceFilters,
    RelationFilters,
    ShowFilters,
    SourceFilters,
    StrengthFilters,
)
from mali_cli.model.shared_filters import Number, Texts, as_list


class EntityQueries(BaseDataset):
    """Queries of the tables that describe the parties, places and sources of the war."""

    @query_method
    def groups(
        self,
        *,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[GroupFilters],
    ) -> pd.DataFrame:
        """Return groups: armed groups, armies, states, missions and organisations.

        From the table groups.

        Parameters
        ----------
        sort, limit, columns, **filters : options of `mali groups`

        Returns
        -------
        pandas.DataFrame
            One row per group: the columns of the table groups. founded and dissolved are text, as precise as they are
            known.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.groups(camp="separatist", columns="group,kind", limit=2)
                                     group     kind
        0  Ag Meinly faction of Ansar Dine  faction
        1                           Azawad    state
        """
        return self.answer("groups", sort=sort, limit=limit, columns=columns, condition=condition, **filters).frame

    @query_method
    def places(
        self,
        *,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[PlaceFilters],
    ) -> pd.DataFrame:
        """Return towns, bases, regions and countries, and where they are.

        From the table places.

        Parameters
        ----------
        sort, limit, columns, **filters : options of `mali places`

        Returns
        -------
        pandas.DataFrame
            One row per place: the columns of the table places, with latitude and longitude (degrees, float64).

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.places(kind="airport", columns="place,region,latitude,longitude", limit=2)
                   place region  latitude  longitude
        0    Gao Airport    Gao    16.248     -0.005
        1  Kidal Airport  Kidal    18.430      1.420
        """
        return self.answer("places", sort=sort, limit=limit, columns=columns, condition=condition, **filters).frame

    @query_method
    def sources(
        self,
        *,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[SourceFilters],
    ) -> pd.DataFrame:
        """Return the documents that the data rest on, and the references that these cite.

        From the tables documents and references.

        Parameters
        ----------
        sort, limit, columns, **filters : options of `mali sources`

        Returns
        -------
        pandas.DataFrame
            One row per document or reference: source (its key), title, publisher, date, language, licence.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.sources(source="almanac#52", columns="source,publisher")
               source publisher
        0  almanac#52      None
        """
        return self.answer("sources", sort=sort, limit=limit, columns=columns, condition=condition, **filters).frame

    @query_method
    def people(
        self,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[PeopleFilters],
    ) -> pd.DataFrame:
        """Return leaders and other people, their posts, and their fates.

        From the table people.

        Parameters
        ----------
        by : str or list of str, optional
            Count posts by these keys: fate, fate_basis, group, year (of the fate).
        sort, limit, columns, **filters : options of `mali people`

        Returns
        -------
        pandas.DataFrame
            One row per post: the columns of the table people. Dates are text, as precise as they are known.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.people(fate="killed", columns="person,group,fate_date", limit=2)
                         person       group   fate_date
        0            Abdel Krim  Ansar Dine  2013-01-13
        1  Abdelhamid Abou Zeid        AQIM  2013-02-28
        """
        return self.answer(
            "people", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def relations(
        self,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[RelationFilters],
    ) -> pd.DataFrame:
        """Return relations between groups: alliances, fights, splits, mergers, memberships, support.

        Parameters
        ----------
        by : str or list of str, optional
            Count relations by these keys: relation, group, other, year (of the begin), basis.
        sort, limit, columns, **filters : options of `mali relations`

        Returns
        -------
        pandas.DataFrame
            One row per relation: the columns of the table relations, and ending, "end not stated" where no end is
            given. Dates are text, as precise as they are known.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.relations(actor="MNLA", relation="ally-of", columns="group,other,date_start", limit=2)
           group other date_start
        0  Arabs  MNLA       None
        1   MNLA  AQIM    2012-01
        """
        return self.answer(
            "relations", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def strengths(
        self,
        *,
        by: Texts = None,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[StrengthFilters],
    ) -> pd.DataFrame:
        """Return numbers of troops, fighters, vehicles and aircraft as they were stated, with who gave them.

        Parameters
        ----------
        by : str or list of str, optional
            Count strengths by these keys: group, country, unit, status, year, according_to.
        sort, limit, columns, **filters : options of `mali strengths`

        Returns
        -------
        pandas.DataFrame
            One row per statement: the columns of the table strengths; low and high (Int64) count what unit says, and
            are <NA> if no number is given.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.strengths(actor="France", columns="group,unit,low,high,as_of", limit=2)
                      group      unit   low  high       as_of
        0            France    people  3000  3000  2013-11-03
        1  French Air Force  aircraft     4     4  2013-01-11
        """
        return self.answer(
            "strengths", by=by, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def control(
        self,
        place_name: Texts = None,
        /,
        *,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[ControlFilters],
    ) -> pd.DataFrame:
        """Return intervals of control: who held a place, from when to when, from the statements in the table control.

        Parameters
        ----------
        place_name : str or list of str, optional
            A place and all places within it; the same as the filter `place`, to which it is added.
        sort, limit, columns, **filters : options of `mali control`

        Returns
        -------
        pandas.DataFrame
            One row per interval: place, holder (list), since and since_by (first and last day on which it may have
            begun), until, basis, where the place is, as_of (day of the statement) and ending (what the end rests on).
            If `on` is a single day, one row per place and holder on that day, with status (recent, may have changed,
            last known or unknown) and age_years (float64) of the statement.

        Raises
        ------
        MaliError
            For an unknown filter, name or column.

        Examples
        --------
        >>> war.control("Gao", on="2012-07-01", columns="place,holder,since", limit=1)
          place      holder      since
        0   Gao  Ansar Dine 2012-06-01
        """
        filters["place"] = [*as_list(place_name), *as_list(filters.get("place"))] or None
        return self.answer("control", sort=sort, limit=limit, columns=columns, condition=condition, **filters).frame

    @query_method
    def show(
        self,
        name: str,
        *,
        sort: Texts = None,
        limit: Number = None,
        columns: Texts = None,
        condition: Texts = None,
        **filters: Unpack[ShowFilters],
    ) -> pd.DataFrame:
        """Return all about one event, group, place, person or source, line by line.

        From every table that names it.

        Parameters
        ----------
        name : str
            Its key or another of its names; "group:Mali" where a name has several meanings.
        sort, limit, columns, **filters : options of `mali show`

        Returns
        -------
        pandas.DataFrame
            One row per line: section, date, item, text, according_to, sources (all text).

        Raises
        ------
        MaliError
            If nothing has that name, or several things have.

        Examples
        --------
        >>> war.show("Konna", columns="section,item,text", limit=2)
          section     item              text
        0   place    place             Konna
        1   place  aliases  Kona; Konna town
        """
        return self.answer(
            "show", name=name, sort=sort, limit=limit, columns=columns, condition=condition, **filters
        ).frame

    @query_method
    def lineage(
        self, name: str, *, sort: Texts = None, limit: Number = None, columns: Texts = None, condition: Texts = None
    ) -> pd.DataFrame:
        """Return what a group came from and what came from it: predecessors, splits and mergers.

        From the table relations, in the order of time.

        Parameters
        ----------
        name : str
            A group, by any of its names.
        sort, limit, columns : options of the command

        Returns
        -------
        pandas.DataFrame
            One row per step: level (Int64; negative for predecessors, positive for successors), group, relation,
            other, date (text, as precise as it is known), basis, summary, sources.

        Raises
        ------
        MaliError
            If no group has that name.

        Examples
        --------
        >>> war.lineage("MUJAO", columns="level,group,relation,other", limit=2)
           level  group      relation other
        0     -1  MUJAO    split-from  AQIM
        1     -2   AQIM  successor-of  GSPC
        """
        return self.answer("lineage", name=name, sort=sort, limit=limit, columns=columns, condition=condition).frame
