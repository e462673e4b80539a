"""The library: load a dataset, and query it by the methods of Dataset."""

from __future__ import annotations

from mali_cli.dataset.entity_queries import EntityQueries
from mali_cli.dataset.event_queries import EventQueries
from mali_cli.engine.backends import Data, open_backend
from mali_cli.engine.executors import open_executor

__all__ = ["Dataset", "load"]


class Dataset(EventQueries, EntityQueries):
    """The tables of one dataset, and one method for each query.

    Every query takes the options of the command of that name as keywords. Some are spelled differently: `since`,
    `until`, `where` and `condition` are --from, --to, --in and --where, and `-` in a name is `_`. Several values of
    an option are a list.

    Each query returns a DataFrame with the rows and columns of the command. Dates that are known to the day are
    datetime64, other dates text as precise as they are known ("2012-06"); whole numbers are Int64, coordinates
    float64, and everything else is text. A list is text joined by ";". A missing value is None in text, NaT in
    dates, <NA> in whole numbers and NaN in coordinates; it never means 0.

    MaliError says what is wrong with a query, its subclass DataError what is wrong with the data.

    Examples
    --------
    >>> import mali_cli as mali
    >>> war = mali.load()
    >>> war
    <mali Dataset: 10 tables, 672 events, version 0.2.0, licence CC-BY-SA-4.0>
    """


def load(data: Data = None, format_in: str | None = None, engine: str | None = None) -> Dataset:
    """Load a dataset; its tables are read when they are first used.

    Parameters
    ----------
    data : path or list of paths, optional
        A folder of tables (CSV, or Parquet made by `mali convert`), a SQLite file made by `mali convert`, or a file
        of ACLED, UCDP, the UN, GTD or GDELT (CSV, TSV, JSON, XLSX, Parquet or compressed). Several files of one
        format, a folder of them or a pattern such as "ged/*.csv" are one dataset; an event that several have is taken
        from the last. Default: the environment variable MALI_DATA, and without it the tables of the package.
    format_in : {"acled", "gdelt", "gtd", "ucdp", "un"}, optional
        Format of a file. Default: recognised by its columns.
    engine : str, optional
        Where queries of a folder of parts run: "local", "local:4" for that many processes, or the address of a Dask
        scheduler such as "tcp://host:8786". Default: the environment variable MALI_ENGINE, and without it "local".

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If there is no such path, or it holds no tables.

    Examples
    --------
    >>> load("docs/compare/invented.csv").events(actor="MUJAO", on="2012-06", columns="event_id,date_start,killed_best")
      event_id date_start  killed_best
    0  MLI9001 2012-06-26           20
    """
    return Dataset(open_backend(data, format_in), open_executor(engine))
