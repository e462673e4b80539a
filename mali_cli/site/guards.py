"""Refuse requests that a site of this machine does not answer: writing, and pages of other sites that ask for ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def read_only(app: Any) -> Any:
    """Answer every method but GET and HEAD with status 405; Datasette alone would print a traceback."""

    async def refuse_writing(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await app(scope, receive, send)
        else:
            await _refuse(send, 405, "This site is read only.", [(b"allow", b"GET, HEAD")])

    return refuse_writing


def local_names_only(app: Any) -> Any:
    """Answer a request with status 403 unless it was addressed to a name of this machine.

    A page elsewhere can point a name of its own at this machine and then read our answers as its own (DNS rebinding);
    the browser sends that name in the header Host.
    """

    async def refuse_foreign_names(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or _host_name(scope["headers"]) in LOCAL_NAMES:
            await app(scope, receive, send)
        else:
            await _refuse(send, 403, "This site answers only to localhost, 127.0.0.1 and [::1].")

    return refuse_foreign_names


def _host_name(headers: list[tuple[bytes, bytes]]) -> str | None:
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    try:
        return urlsplit(f"//{hosts[0]}").hostname if len(hosts) == 1 else None
    except ValueError:
        return None


async def _refuse(send: Any, status: int, message: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [*(headers or []), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{message}\n".encode()})
