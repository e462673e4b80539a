"""Charts as PNG, SVG or PDF files, drawn by vl-convert without a browser and without the network."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from mali_cli.model import extras
from mali_cli.output.vega.spec import specification
from mali_cli.results import QueryResult

PNG_PPI = 200  # some 2,000 pixels wide, sharp on a printed page
SVG_MARK = re.compile(r'<(path) (aria-label="([^"]*)" role="graphics-symbol"[^>]*)/>')
PDF_END = re.compile(
    rb"\n(?P<number>\d+) 0 obj\s*<<(?P<entries>[^>]*)>>\s*endobj\s*xref.*trailer\s*<<(?P<trailer>.*)>>\s*"
    rb"startxref\s*(?P<xref>\d+)\s*%%EOF\s*$",
    re.DOTALL,
)


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
    title = chart["description"]
    if format == "pdf":
        return with_pdf_title(vl_convert.vegalite_to_pdf(chart, allowed_base_urls=[]), title)
    return _with_svg_titles(vl_convert.vegalite_to_svg(chart, allowed_base_urls=[]), title).encode() + b"\n"


def _with_svg_titles(svg: str, title: str) -> str:
    """Return an SVG file that shows its title, and the labels of its marks, where a pointer rests."""
    start, root, rest = svg.partition(">")
    start = start.replace("<svg ", f'<svg role="graphics-document" aria-label={quoteattr(title)} ', 1)
    return f"{start}{root}<title>{escape(title)}</title>" + SVG_MARK.sub(r"<\1 \2><title>\3</title></\1>", rest)


def with_pdf_title(pdf: bytes, title: str) -> bytes:
    """Return a PDF file with its title, which vl-convert cannot set, as an update at its end (PDF 1.7, 7.5.6)."""
    end = PDF_END.search(pdf)
    if end is None:
        return pdf
    text = title.encode("utf-16-be", "replace").hex().upper()
    info = b"%s 0 obj\n<<%s/Title <FEFF%s>\n>>\nendobj\n" % (end["number"], end["entries"], text.encode())
    update = b"xref\n%s 1\n%010d 00000 n \ntrailer\n<<%s  /Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n"
    start = len(pdf.rstrip()) + 1
    return pdf.rstrip() + b"\n" + info + update % (end["number"], start, end["trailer"], end["xref"], start + len(info))
