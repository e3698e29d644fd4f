"""What a file is, is read from its content; its name and the header it came with are claims that are checked against that."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.errors import Refused, UnsupportedMedia

MIB: Final = 1024 * 1024
UNPACKED_LIMIT: Final = 256 * MIB
UNPACKED_RATIO: Final = 100  # what Office writes packs to a tenth or so; a bomb packs to a thousandth
ENTRY_LIMIT: Final = 5_000
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MP4_BRANDS: Final = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"M4V ", b"3gp4", b"3gp5", b"3gp6")
MARKUP: Final = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body|script|svg|iframe|!--)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileType:
    """`extension` is the one that a wrongly named file gets; `also` are other spellings that are left as they are."""

    extension: str
    media_type: str
    also: frozenset[str] = frozenset()
    image: bool = False


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
JPG: Final = FileType("jpg", "image/jpeg", frozenset({"jpeg", "jpe", "jfif"}), image=True)
PNG: Final = FileType("png", "image/png", image=True)
GIF: Final = FileType("gif", "image/gif", image=True)
WEBP: Final = FileType("webp", "image/webp", image=True)
PDF: Final = FileType("pdf", "application/pdf")
DOCX: Final = FileType("docx", _OFFICE + "wordprocessingml.document")
XLSX: Final = FileType("xlsx", _OFFICE + "spreadsheetml.sheet")
DOC: Final = FileType("doc", "application/msword")
XLS: Final = FileType("xls", "application/vnd.ms-excel", frozenset({"et"}))
MP3: Final = FileType("mp3", "audio/mpeg")
WAV: Final = FileType("wav", "audio/wav", frozenset({"wave"}))
AMR: Final = FileType("amr", "audio/amr")
MP4: Final = FileType("mp4", "video/mp4", frozenset({"m4v", "3gp"}))
M4A: Final = FileType("m4a", "audio/mp4", frozenset({"mp4"}))
TXT: Final = FileType("txt", "text/plain; charset=utf-8", frozenset({"text", "log", "csv"}))
ACCEPTED: Final = "jpg、png、gif、webp、pdf、docx、xlsx、doc、xls、mp3、m4a、wav、amr、mp4、txt"


def sniff(data: bytes, extension: str) -> FileType:
    """The type of the content. `extension`, lower case, only decides whether text that nothing marks may be taken as text.

    Raises UnsupportedMedia or Refused, each with the sentence that says what to do instead.
    """
    for matches, found in _SIGNATURES:
        if matches(data):
            return found(data) if callable(found) else found
    return _text(data, extension)


def _heic(data: bytes) -> FileType:
    raise UnsupportedMedia(
        "不支持 HEIC 照片，请在手机“设置—相机—格式”中选择“兼容性最佳”，或转成 JPG 后上传。",
        "HEIC pictures are not supported: convert the picture to JPG first.",
    )


def _packed(data: bytes) -> FileType:
    """Word and Excel are the only packed files that are taken; anything else that is packed could hide anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = {entry.filename for entry in packed.infolist()}
            _refuse_bomb(packed, len(data))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise Refused("文件已损坏或被加密，无法打开。", "The file is damaged or encrypted and cannot be opened.") from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _macros()
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return DOCX
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return XLSX
    raise _unknown()


def _refuse_bomb(packed: zipfile.ZipFile, size: int) -> None:
    """Unpacks with a limit instead of believing the sizes that the file states about itself."""
    entries = packed.infolist()
    left = min(UNPACKED_LIMIT, max(size * UNPACKED_RATIO, 8 * MIB))
    for entry in entries if len(entries) <= ENTRY_LIMIT else []:
        with packed.open(entry) as stream:
            while left >= 0 and (chunk := stream.read(MIB)):
                left -= len(chunk)
    if left < 0 or len(entries) > ENTRY_LIMIT:
        raise Refused("文件解压后过大，疑似压缩炸弹，已拒绝。", "The file unpacks to far too much and was refused as a decompression bomb.")


def _old_office(data: bytes) -> FileType:
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _macros()
    if "WordDocument".encode("utf-16-le") in data:
        return DOC
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return XLS
    raise _unknown()


def _text(data: bytes, extension: str) -> FileType:
    decoded = _decoded(data)
    if decoded is None or MARKUP.match(decoded):
        raise _unknown()
    if extension not in ("", TXT.extension, *TXT.also):
        raise UnsupportedMedia(
            f"文件内容与扩展名“.{extension}”不符，请确认文件没有损坏或改过名。",
            f"The content does not fit the extension “.{extension}”: the file is damaged or was renamed.",
        )
    return TXT


def _decoded(data: bytes) -> str | None:
    """The text in the encodings that people here use, None when it has characters that no text has."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if any(_odd(character) for character in set(decoded)) else decoded
    return None


def _odd(character: str) -> bool:
    return character not in "\t\n\r\f" and unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def _mp3(data: bytes) -> bool:
    if data.startswith(b"ID3"):
        return True
    following = _mp3_frame(data, 0)
    return following is not None and _mp3_frame(data, following) is not None


def _mp3_frame(data: bytes, at: int) -> int | None:
    """Where the frame that begins here ends, for two frames in a row are no accident; None if no layer III frame begins here."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, rate, sampling = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or sampling == 3:
        return None
    kilobits = (_RATES_1 if version == 3 else _RATES_2)[rate]
    hertz = (44100, 48000, 32000)[sampling] >> {3: 0, 2: 1, 0: 2}[version]
    return at + (144 if version == 3 else 72) * kilobits * 1000 // hertz + (head[2] >> 1 & 1)


_RATES_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def _macros() -> UnsupportedMedia:
    return UnsupportedMedia(
        "含有宏的 Office 文件不予接收，请去掉宏后另存。", "Office files with macros are not accepted: save it without macros."
    )


def _unknown() -> UnsupportedMedia:
    return UnsupportedMedia(
        f"不支持此类文件。可上传：{ACCEPTED}。", f"This kind of file is not accepted. Accepted: {ACCEPTED.replace('、', ', ')}."
    )


_SIGNATURES: Final[tuple[tuple[Callable[[bytes], bool], FileType | Callable[[bytes], FileType]], ...]] = (
    (lambda data: data.startswith(b"\xff\xd8\xff"), JPG),
    (lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda data: data[:6] in (b"GIF87a", b"GIF89a"), GIF),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", WEBP),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE", WAV),
    (lambda data: data.startswith(b"%PDF-"), PDF),
    (lambda data: data.startswith((b"#!AMR\n", b"#!AMR-WB\n")), AMR),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"), _heic),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in (b"M4A ", b"M4B "), M4A),
    (lambda data: data[4:8] == b"ftyp" and data[8:12] in MP4_BRANDS, MP4),
    (lambda data: data.startswith(b"PK\x03\x04"), _packed),
    (lambda data: data.startswith(OLE), _old_office),
    (_mp3, MP3),
)
