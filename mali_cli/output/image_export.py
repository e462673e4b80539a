"""Charts as PNG, SVG or PDF files, drawn by vl-convert without a browser and without the network."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from mali_cli.model import extras
from mali_cli.output.vega.spec import specification
from mali_cli.results import QueryResult

PNG_PPI = 200  # some 2,000 pixels wide, sharp on a printed page


def check_installed(format: str) -> None:
    """Raise MaliError if vl-convert is not installed, before any work is done."""
    extras.require_extra("pictures", f".{format} is drawn by vl-convert", "vl_convert")


def render(result: QueryResult, format: str) -> bytes:
    """Return the chart of a result as a png, svg or pdf file; raise MaliError if there is nothing to draw."""
    chart = specification(result)
    check_installed(format)
    import vl_convert

    if format == "png":
        return vl_convert.vegalite_to_png(chart, ppi=PNG_PPI, allowed_base_urls=[])
    if format == "pdf":
        return vl_convert.vegalite_to_pdf(chart, allowed_base_urls=[])
    svg = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    label = quoteattr(chart["description"])
    return svg.replace("<svg ", f'<svg role="graphics-document" aria-label={label} ', 1).encode() + b"\n"
