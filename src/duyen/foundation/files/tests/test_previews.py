"""Pictures of pictures and of PDF: small and large, upright, within limits of memory and time."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from duyen.foundation.files import previews
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import new_key
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.files.tests.test_store import folder, keep, row_for
from duyen.foundation.files.words import Place, Preview

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


def picture(width: int = 2000, height: int = 1000, kind: str = "JPEG", **more: object) -> bytes:
    place = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(place, kind, **more)
    return place.getvalue()


def lying_down() -> bytes:
    """A picture that a phone took upright: the camera's note says that it is to be turned."""
    notes = Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "Máy ảnh của ai"
    return picture(exif=notes)


def pdf() -> bytes:
    place = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 400)
    document.save(place)
    return place.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that would be 4 gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 65_000, 65_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"0"))
        + chunk(b"IEND", b"")
    )


def drawn(content: bytes, ending: str, tmp_path: Path) -> tuple[str, str]:
    """Draw a content; gives the state of its version, and its key."""
    key = new_key(Place.DISK)
    keep(key, content, tmp_path)
    row_for(key, ending=ending)
    previews.draw(FileVersion.objects.get().pk)
    return FileVersion.objects.get().preview, key


def made(key: str, size: str) -> Image.Image:
    return Image.open(io.BytesIO(b"".join(DiskStore().read(f"{key}.{size}"))))


@pytest.mark.parametrize(
    ("content", "ending", "large", "small"),
    [
        (picture(), "jpg", (1400, 700), (96, 48)),
        (picture(300, 200, "PNG"), "png", (300, 200), (96, 64)),
        (lying_down(), "jpg", (700, 1400), (48, 96)),
        (pdf(), "pdf", (1050, 1400), (72, 96)),
    ],
)
def test_draws_a_small_and_a_large_picture(
    content: bytes,
    ending: str,
    large: tuple[int, int],
    small: tuple[int, int],
    tmp_path: Path,
    folder: object,
) -> None:
    state, key = drawn(content, ending, tmp_path)

    assert state == Preview.MADE
    assert (made(key, "large").size, made(key, "small").size) == (large, small)
    assert not made(key, "large").getexif()


@pytest.mark.parametrize(
    ("content", "ending"),
    [(bomb(), "png"), (b"%PDF-1.7 broken", "pdf"), (b"\xff\xd8\xffbroken", "jpg")],
)
def test_gives_up_on_what_would_break_it(content: bytes, ending: str, tmp_path: Path, folder: object) -> None:
    state, key = drawn(content, ending, tmp_path)

    assert state == Preview.FAILED
    assert [each.key for each in DiskStore().held()] == [key]
