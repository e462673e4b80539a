"""The registry of output formats."""

from __future__ import annotations

import inspect

import pytest

from mali_cli.output.registry import CHART_SUFFIXES, FORMATS, ROW_SUFFIXES, is_chart

PARAMETERS = {"text": ["result", "out"], "binary": ["result", "path", "progress"], "chart": ["result", "format"]}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_a_function_of_its_kind(name: str) -> None:
    format = FORMATS[name]
    assert list(inspect.signature(format.load()).parameters) == PARAMETERS[format.kind]
    assert is_chart(name) == (format.kind == "chart")


def test_suffixes_are_unique() -> None:
    assert len(ROW_SUFFIXES | CHART_SUFFIXES) == len({format.suffix for format in FORMATS.values()}) == len(FORMATS)
