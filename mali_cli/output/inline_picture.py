"""Pictures in a notebook: those that the commands write to files, shown below a cell of Jupyter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mali_cli.errors import MaliError
from mali_cli.model import names
from mali_cli.output import image_export
from mali_cli.output.options import PICTURE_FILES, PICTURE_SIZES
from mali_cli.output.vega import spec
from mali_cli.results import QueryResult, drawn_result

if TYPE_CHECKING:
    from mali_cli.dataset import Dataset


class InlinePicture:
    """A picture of a result; Jupyter shows it, and `save` writes it to a file."""

    def __init__(self, result: QueryResult) -> None:
        self._result = result

    def save(self, path: str | Path) -> None:
        """Write the picture to a file that ends in .png, .svg or .pdf; an existing file is replaced."""
        format = names.match_choice(Path(path).suffix.removeprefix("."), PICTURE_FILES, "suffix of a picture")
        Path(path).write_bytes(image_export.render(self._result, format))

    def _repr_svg_(self) -> str:
        return image_export.render(self._result, "svg").decode()

    def __repr__(self) -> str:
        assert self._result.chart is not None
        return f"<mali picture: {spec.title(self._result.chart)}>"


def picture(
    dataset: Dataset,
    query: str,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    size: str = "page",
    **filters: Any,
) -> InlinePicture:
    """Return the picture of a query, which Jupyter shows below the cell; its `save` writes a .png, .svg or .pdf file.

    Parameters
    ----------
    dataset : Dataset
        What `load` returns.
    query : {"timeline", "map", "casualties", "control", "lineage", "relations"}
        What to draw; casualties are drawn by one key, such as by="country".
    title, subtitle, size : str, optional
        Texts in place of the default ones, and page (default), slide or square.
    **filters
        Options of the query, as its method takes them; `name` is the group of a lineage.

    Raises
    ------
    MaliError
        If the query has no picture or nothing can be drawn, or a name or filter is unknown.

    Examples
    --------
    >>> picture(load(), "timeline", actor="France", since="2013")
    <mali picture: Mali War: events with France taking part, and people killed in them (all sides)>
    """
    size = names.match_choice(size, PICTURE_SIZES, "size of pictures")
    result = drawn_result(dataset.answer(query, **filters))
    message = (
        (result.empty_message or f"No {result.row_noun} match") if result.frame.empty else spec.empty_message(result)
    )
    if result.chart is None or message:
        raise MaliError(f"{message.rstrip('.')}.")
    return InlinePicture(result._replace(chart=result.chart._replace(title=title, subtitle=subtitle, size=size)))
