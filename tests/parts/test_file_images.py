"""A stripped picture looks the same, stands upright, and has lost everything that was written beside its pixels."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from app.core.file_images import stripped
from app.core.file_types import GIF, JPG, PNG, WEBP, FileType
from app.errors import Refused

SECRET = b"GEHEIM-113.26N"
TYPES = {"JPEG": JPG, "PNG": PNG, "GIF": GIF, "WEBP": WEBP}


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = SECRET.decode()
    data.get_ifd(0x8825)[0x001B] = SECRET
    return data


def drawn(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), (200, 0, 0))
    picture.paste((0, 0, 200), (width // 2, 0, width, height))
    return picture


def saved(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    drawn().save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def reread(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def with_text() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return info


TOLD = [
    ("JPEG", saved("JPEG", exif=exif(), comment=SECRET, xmp=SECRET)),
    ("JPEG", saved("JPEG", exif=exif()) + SECRET),
    ("PNG", saved("PNG", exif=exif(), pnginfo=with_text())),
    ("PNG", saved("PNG") + SECRET),
    ("WEBP", saved("WEBP", exif=exif(), xmp=SECRET, lossless=True)),
    ("GIF", saved("GIF", comment=SECRET)),
    ("GIF", saved("GIF", comment=SECRET, save_all=True, append_images=[drawn().rotate(90)], duration=[50, 70])),
    ("WEBP", saved("WEBP", exif=exif(), xmp=SECRET, save_all=True, append_images=[drawn().rotate(90)], duration=60)),
]


@pytest.mark.parametrize(("kind", "data"), TOLD)
def test_nothing_but_the_pixels_is_kept(kind: str, data: bytes) -> None:
    assert SECRET in data
    clean = stripped(data, TYPES[kind])
    picture = reread(clean)
    assert SECRET not in clean and picture.format == kind and picture.size == (40, 20) and not picture.getexif()
    assert getattr(picture, "n_frames", 1) == getattr(reread(data), "n_frames", 1)
    red, _, blue = picture.convert("RGB").getpixel((5, 10))  # type: ignore[misc]
    assert red > 150 and blue < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_set_upright(kind: str) -> None:
    picture = reread(stripped(saved(kind, exif=exif(orientation=6)), TYPES[kind]))
    assert picture.size == (20, 40)
    top = picture.convert("RGB").getpixel((10, 5))
    assert isinstance(top, tuple) and top[0] > 150 and top[2] < 60


def test_a_moving_picture_keeps_its_times() -> None:
    data = next(data for kind, data in TOLD if kind == "GIF" and getattr(reread(data), "n_frames", 1) == 2)
    picture = Image.open(io.BytesIO(stripped(data, GIF)))
    times = []
    for frame in range(picture.n_frames):
        picture.seek(frame)
        times.append(picture.info["duration"])
    assert times == [50, 70]


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "I;16"])
def test_each_mode_of_a_png_survives(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, "PNG")
    assert reread(stripped(out.getvalue(), PNG)).size == (8, 8)


def test_printing_colours_become_screen_colours() -> None:
    out = io.BytesIO()
    drawn().convert("CMYK").save(out, "JPEG")
    assert reread(stripped(out.getvalue(), JPG)).mode == "RGB"


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8_001, 8_001), (12_000, 12_000), (50_000, 50_000), (2**31 - 1, 1)])
def test_a_picture_of_too_many_pixels_is_refused(width: int, height: int) -> None:
    with pytest.raises(Refused, match="像素"):
        stripped(png_claiming(width, height), PNG)


@pytest.mark.parametrize(("kind", "data"), TOLD)
def test_a_cut_picture_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(Refused, match="损坏"):
        stripped(data[:60], TYPES[kind])


@given(st.sampled_from(TOLD), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
def test_a_scrambled_picture_is_drawn_or_refused(told: tuple[str, bytes], changes: list[tuple[int, int]]) -> None:
    kind, data = told
    scrambled = bytearray(data)
    for place, value in changes:
        scrambled[place % len(scrambled)] = value
    file_type: FileType = TYPES[kind]
    try:
        clean = stripped(bytes(scrambled), file_type)
    except Refused as refusal:
        assert refusal.zh and refusal.en
    else:
        assert reread(clean).width > 0
