"""Send the content of a file so that no browser ever runs what stands in it."""

from __future__ import annotations

import re
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from duyen.entities.attachments.opening import Opened

#: Nothing in it runs, loads or talks to anybody, should a browser show it all the same.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
#: Kinds that a browser could take for a page of ours are sent as bytes.
_NEVER_SAID = frozenset({"text/html", "image/svg+xml", "application/xml"})
_BYTES = "application/octet-stream"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def send_content(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """Send a content as a download, whole or the range that is asked for."""
    tag = f'"{opened.sha256}"'
    found = _range(request, opened.size, tag)
    if found is None:
        response: HttpResponseBase = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response.headers["Content-Range"] = f"bytes */{opened.size}"
        return _guarded(response)
    start, length = found
    is_part = length < opened.size
    response = StreamingHttpResponse(
        opened.read(start=start, length=length) if request.method == "GET" else (),
        status=HTTPStatus.PARTIAL_CONTENT if is_part else HTTPStatus.OK,
        content_type=_mime(opened),
    )
    if is_part:
        response.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{opened.size}"
    response.headers["Content-Length"] = str(length)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = tag
    response.headers["Content-Disposition"] = content_disposition_header(True, opened.name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return _guarded(response)


def send_picture(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """Show a picture that we drew ourselves; a browser that has it already is told so."""
    tag = f'"{opened.sha256}-{opened.key.rpartition(".")[2]}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponseBase = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        given = opened.read() if request.method == "GET" else ()
        response = StreamingHttpResponse(given, content_type="image/jpeg")
        response.headers["Content-Disposition"] = "inline"
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return _guarded(response)


def _guarded(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _mime(opened: Opened) -> str:
    mime = opened.kind.mime if opened.kind else _BYTES
    return _BYTES if mime in _NEVER_SAID else mime


def _range(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """Give start and length of what is asked for; nothing where the content does not reach so far.

    Several ranges at once, and a range of another content, are answered by the whole.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", tag) != tag:
        return 0, size
    first, last = asked[1][:18], asked[2][:18]
    if not first:
        return (max(size - int(last), 0), min(int(last), size)) if last and int(last) else None
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    return (start, end - start + 1) if start <= end else None
