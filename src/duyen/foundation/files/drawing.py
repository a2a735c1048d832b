"""Draw a picture of a file in a process of its own, with a limit on its memory and time.

It imports nothing of the product: `previews` starts it by its path. Whoever made a picture or a PDF to break
its reader breaks this process only. Arguments: `picture` or `pdf`, the file, the small and the large picture
to write, the memory in MB. It ends with 0 when both are written.
"""

from __future__ import annotations

import resource
import sys
import warnings
from typing import Any

SMALL, LARGE = 96, 1400
#: More points than this are not unpacked: 50 million take 200 MB.
MOST_POINTS = 50_000_000
_SECONDS = 30
_FILE_BYTES = 64 * 1024 * 1024


def main(kind: str, source: str, small: str, large: str, megabytes: int) -> None:
    """Write both pictures as JPEG, upright, without the camera's notes on where it was."""
    _limit(resource.RLIMIT_AS, megabytes * 1024 * 1024)
    _limit(resource.RLIMIT_CPU, _SECONDS)
    _limit(resource.RLIMIT_FSIZE, _FILE_BYTES)
    drawn = _page(source) if kind == "pdf" else _picture(source)
    _write(drawn, large, LARGE)
    _write(drawn, small, SMALL)


def _limit(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _picture(source: str) -> Any:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    found = Image.open(source, formats=("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"))
    found.draft("RGB", (LARGE, LARGE))
    return _on_white(ImageOps.exif_transpose(found))


def _on_white(found: Any) -> Any:
    """Put what is transparent on white, as a page shows it."""
    from PIL import Image

    if found.mode in ("RGB", "L"):
        return found.convert("RGB")
    layered = found.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _page(source: str) -> Any:
    import pypdfium2

    page = pypdfium2.PdfDocument(source)[0]
    scale = min(LARGE / max(page.get_size()), 4)
    return page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")


def _write(drawn: Any, place: str, most: int) -> None:
    made = drawn.copy()
    made.thumbnail((most, most))
    made.save(place, "JPEG", quality=82, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
