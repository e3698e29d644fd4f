"""A picture is drawn anew from its pixels: what was written beside them (place, device, time, comments) does not come along."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, Final

from PIL import Image, ImageOps, ImageSequence

from app.core.file_types import GIF, JPG, PNG, WEBP, FileType
from app.errors import Refused

PIXEL_LIMIT: Final = 64_000_000  # of all frames together; one pixel takes up to four bytes while it is drawn
FRAME_LIMIT: Final = 500
_FORMATS: Final = {JPG: ("JPEG", "MPO"), PNG: ("PNG",), GIF: ("GIF",), WEBP: ("WEBP",)}
# Of what stood beside the pixels only this changes how they look.
_KEPT: Final = ("transparency", "background", "icc_profile")
_OPTIONS: Final[dict[FileType, dict[str, Any]]] = {
    JPG: {"quality": 92},
    PNG: {},
    GIF: {"optimize": False},
    WEBP: {"quality": 92, "method": 2},
}
_DAMAGED: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


def stripped(data: bytes, file_type: FileType) -> bytes:
    """The same picture in the same format, upright, without metadata. Raises Refused for a bomb and for a damaged file."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS[file_type]) as picture:
            _refuse_bomb(picture)
            return _drawn(picture, file_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _bomb() from error
    except _DAMAGED as error:
        raise Refused("图片已损坏，无法打开。", "The picture is damaged and cannot be opened.") from error


def _refuse_bomb(picture: Image.Image) -> None:
    frames = getattr(picture, "n_frames", 1) if picture.format != "MPO" else 1
    if frames > FRAME_LIMIT or picture.width * picture.height * frames > PIXEL_LIMIT:
        raise _bomb()


def _bomb() -> Refused:
    return Refused(
        f"图片超过 {PIXEL_LIMIT // 10_000} 万像素或 {FRAME_LIMIT} 帧，请缩小后再上传。",
        f"The picture has more than {PIXEL_LIMIT // 1_000_000} million pixels or {FRAME_LIMIT} frames: make it smaller first.",
    )


def _drawn(picture: Image.Image, file_type: FileType) -> bytes:
    out = io.BytesIO()
    if file_type in (GIF, WEBP) and getattr(picture, "n_frames", 1) > 1:
        frames = [(_bare(frame.copy()), int(frame.info.get("duration", 100))) for frame in ImageSequence.Iterator(picture)]
        first, *rest = (frame for frame, _ in frames)
        moving = {"save_all": True, "append_images": rest, "duration": [duration for _, duration in frames]}
        first.save(out, file_type.extension, loop=int(picture.info.get("loop", 0)), **moving, **_OPTIONS[file_type])
    else:
        picture.load()
        upright = _bare(_screen_colours(ImageOps.exif_transpose(picture)))
        upright.save(out, _FORMATS[file_type][0], **_OPTIONS[file_type])
    return out.getvalue()


def _screen_colours(picture: Image.Image) -> Image.Image:
    """Printing colours become screen colours, and their profile goes with them."""
    if picture.mode not in ("CMYK", "YCCK"):
        return picture
    picture.info.pop("icc_profile", None)
    return picture.convert("RGB")


def _bare(picture: Image.Image) -> Image.Image:
    """Some writers take comments, EXIF and XMP from here without being asked, so here they end."""
    picture.info = {name: picture.info[name] for name in _KEPT if name in picture.info}
    return picture
