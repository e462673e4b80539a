"""A drawn answer as an image file: PNG, SVG or PDF, made by vl-convert without a browser and without the network."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from mali_cli.model import extras
from mali_cli.output.vega.spec import specification
from mali_cli.results import QueryResult

PPI = 200  # of a PNG: some 2,000 pixels across, sharp on a printed page


def check_installed(format: str) -> None:
    """MaliError where what draws is not there, before any work is done."""
    extras.require_extra("pictures", f".{format} is drawn by vl-convert", "vl_convert")


def image(answer: QueryResult, format: str) -> bytes:
    """The picture of an answer that has a drawing; `format` is png, svg or pdf. MaliError where nothing is drawn."""
    chart = specification(answer)
    check_installed(format)
    import vl_convert

    if format == "png":
        return vl_convert.vegalite_to_png(chart, ppi=PPI, allowed_base_urls=[])
    if format == "pdf":
        return vl_convert.vegalite_to_pdf(chart, allowed_base_urls=[])
    svg = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    name = quoteattr(chart["description"])
    return svg.replace("<svg ", f'<svg role="graphics-document" aria-label={name} ', 1).encode() + b"\n"
