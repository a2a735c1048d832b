"""Stop what is too large while it still comes in, so that nobody fills the disk by sending it."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from duyen.foundation.files.limits import limits
from duyen.foundation.files.names import plain_name

#: Files that hang on records, by page and by call; what is imported has a limit of its own.
_FILES = re.compile(r"/\d+/(files(/|$)|mail$)")
#: A request that holds so many times what one file may is not even read to its end.
_MOST_TIMES = 8
_MORE = 1024 * 1024


class StopAtTheLimit(FileUploadHandler):
    """Leaves out each file that grows past the company's limit; the request then names it in `too_large`.

    The rest of the file is read and dropped, because a browser shows an answer only when it has sent all. Of
    a request that is far too large, or of somebody who is not signed in, nothing is read.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        request: Any = self.request
        self.most: int | None = None
        self.is_refused = False
        if request is None or not _FILES.search(request.path):
            return
        self.most = limits().most
        is_stranger = not request.path.startswith("/api/") and not request.user.is_authenticated
        self.is_refused = is_stranger or content_length > self.most * _MOST_TIMES + _MORE
        request.too_large = []

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        if self.is_refused:
            self._name_it()
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if self.most is not None and start + len(raw_data) > self.most:
            self._name_it()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _name_it(self) -> None:
        request: Any = self.request
        request.too_large.append(plain_name(self.file_name or "") or "?")


def left_out(request: Any) -> list[str]:
    """Give the names of the files that were left out because they are too large."""
    return list(getattr(request, "too_large", ()))
