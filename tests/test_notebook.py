"""The notebook in docs/ is executed, and its outputs are compared with those that it was committed with.

MALI_DOCS=1 pytest tests/test_notebook.py writes its outputs anew; read the diff before you commit it.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import pytest

from tests.conftest import ROOT

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
WRITE = bool(os.environ.get("MALI_DOCS"))


def texts(cell: Any) -> list[Any]:
    """Return the outputs of a cell that are text; of a picture only that there is one."""
    outputs = []
    for output in cell.get("outputs", ()):
        data = {kind: "" if kind.startswith("image/") else text for kind, text in output.get("data", {}).items()}
        outputs.append((output["output_type"], output.get("text"), data))
    return outputs


def executed() -> Any:
    """Run every cell in the folder of the notebook, as Jupyter does."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    return nbclient.NotebookClient(notebook, timeout=120, resources=resources, record_timing=False).execute()


@pytest.mark.filterwarnings("default")  # of the Jupyter client; those of the cells would be in their outputs
def test_the_outputs_of_the_notebook_are_those_of_its_cells() -> None:
    committed = nbformat.read(NOTEBOOK, as_version=4)
    made = executed()
    if WRITE:
        nbformat.write(made, NOTEBOOK)
        return
    for cell, cell_made in zip(committed.cells, made.cells, strict=True):
        assert texts(cell_made) == texts(cell), cell.source


def test_the_notebook_is_small_and_has_every_output() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert NOTEBOOK.stat().st_size < 200_000
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert {output["output_type"] for output in outputs} <= {"execute_result", "display_data", "stream"}
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) == 2


def test_the_cells_were_run_in_order_and_their_lines_are_short() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert max(len(line) for cell in code for line in cell.source.splitlines()) <= 120


def test_the_page_of_the_documentation_has_every_cell_and_output() -> None:
    spec = importlib.util.spec_from_file_location("notebook_page", ROOT / "docs" / "notebook_page.py")
    assert spec is not None
    assert spec.loader is not None
    notebook_page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook_page)
    page = notebook_page.markdown(NOTEBOOK)
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert all(cell.source in page for cell in cells)
    assert page.count("```python") == sum(cell.cell_type == "code" for cell in cells)
    assert page.count("<svg") == 2
    assert "no group is called 'MUAJO'" in page
    assert "<style" not in page
    for block in page.split("\n\n"):  # no blank line inside a table or a picture
        assert block.count("<div") == block.count("</div>")
        assert block.count("<svg") == block.count("</svg>")
