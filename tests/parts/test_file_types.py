"""What an upload is, is decided by its bytes; every disguise and every bomb gets its own sentence."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.file_names import clean_name, download_headers, extension_of
from app.core.file_types import DOCX, JPG, M4A, MP4, PDF, TXT, XLSX, FileType, sniff
from app.errors import Refusal, Refused, UnsupportedMedia


def packed(names: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return out.getvalue()


def old_office(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + stream.encode("utf-16-le") + bytes(64)


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
EXCEL = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}

KNOWN = [
    (b"\xff\xd8\xff\xe0" + bytes(20), "jpg"),
    (b"\x89PNG\r\n\x1a\n" + bytes(20), "png"),
    (b"GIF89a" + bytes(20), "gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
    (b"RIFF\x10\0\0\0WAVEfmt ", "wav"),
    (b"%PDF-1.7\n", "pdf"),
    (b"#!AMR\n\x3c", "amr"),
    (b"\0\0\0\x18ftypmp42" + bytes(20), "mp4"),
    (b"\0\0\0\x18ftypM4A " + bytes(20), "m4a"),
    (b"ID3\x04" + bytes(20), "mp3"),
    (MP3_FRAME * 3, "mp3"),
    (packed(WORD), "docx"),
    (packed(EXCEL), "xlsx"),
    (old_office("WordDocument"), "doc"),
    (old_office("Workbook"), "xls"),
    ("现场情况说明\r\n第一条".encode(), "txt"),
    ("现场情况说明".encode("gb18030"), "txt"),
    ("\ufeff带签名的文本".encode(), "txt"),
]


@pytest.mark.parametrize(("data", "extension"), KNOWN)
def test_each_accepted_type_is_known_by_its_content(data: bytes, extension: str) -> None:
    assert sniff(data, "" if extension == "txt" else "exe").extension == extension


@pytest.mark.parametrize(("data", "extension", "word"), [
    (b"MZ\x90\0" + bytes(60), "jpg", "不支持此类文件"),
    (b"\x7fELF" + bytes(60), "txt", "不支持此类文件"),
    (b"PK\x05\x06" + bytes(18), "docx", "不支持此类文件"),
    (packed({"a.txt": b"a"}), "zip", "不支持此类文件"),
    (b"Rar!\x1a\x07\0", "rar", "不支持此类文件"),
    (b"<!DOCTYPE html><script>alert(1)</script>", "txt", "不支持此类文件"),
    (b"  <svg xmlns='http://www.w3.org/2000/svg'/>", "txt", "不支持此类文件"),
    (b"plain words", "jpg", "不符"),
    (b"print(1)", "py", "不符"),
    (b"words\0more", "txt", "不支持此类文件"),
    (b"\0\0\0\x18ftypheic" + bytes(20), "jpg", "HEIC"),
    (packed({**WORD, "word/vbaProject.bin": b"x"}), "docx", "宏"),
    (old_office("_VBA_PROJECT WordDocument"), "doc", "宏"),
    (old_office("EncryptedPackage"), "docx", "不支持此类文件"),
    (b"\xff\xfe" + "utf-16".encode("utf-16-le"), "txt", "不支持此类文件"),
])  # fmt: skip
def test_what_is_not_accepted_says_why(data: bytes, extension: str, word: str) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        sniff(data, extension)
    assert word in caught.value.zh and caught.value.en


def test_a_damaged_or_cut_office_file_is_refused() -> None:
    whole = packed(WORD, zipfile.ZIP_STORED)
    for data in (whole[: len(whole) // 2], whole.replace(b"<w:document/>", b"<w:document!>"), b"PK\x03\x04" + bytes(100)):
        with pytest.raises(Refused, match="损坏"):
            sniff(data, "docx")


def test_a_zip_bomb_is_refused_without_being_unpacked_whole() -> None:
    bomb = packed({**WORD, "word/media.xml": bytes(64 * 1024 * 1024)})
    assert len(bomb) < 100_000
    with pytest.raises(Refused, match="炸弹"):
        sniff(bomb, "docx")


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    honest = packed({**WORD, "word/media.xml": bytes(32 * 1024 * 1024)})
    lying = honest.replace(struct.pack("<L", 32 * 1024 * 1024), struct.pack("<L", 10))
    assert lying != honest
    with pytest.raises(Refused):
        sniff(lying, "docx")


def test_a_zip_of_too_many_entries_is_refused() -> None:
    with pytest.raises(Refused, match="炸弹"):
        sniff(packed({**WORD, **{f"word/{n}": b"" for n in range(6000)}}, zipfile.ZIP_STORED), "docx")


@given(
    st.binary(max_size=400) | st.sampled_from([data for data, _ in KNOWN]).flatmap(lambda d: st.integers(0, len(d)).map(lambda n: d[:n]))
)
def test_any_bytes_are_a_known_type_or_a_refusal(data: bytes) -> None:
    try:
        found = sniff(data, "")
    except Refusal as refusal:
        assert refusal.zh and refusal.en
    else:
        assert isinstance(found, FileType)


@pytest.mark.parametrize(("given_name", "file_type", "clean"), [
    ("现场照片.JPG", JPG, "现场照片.jpg"), ("photo.jpeg", JPG, "photo.jpeg"), ("photo.png", JPG, "photo.jpg"),
    ("photo", JPG, "photo.jpg"),
    ("../../etc/passwd", TXT, "passwd.txt"), ("C:\\temp\\a.docx", DOCX, "a.docx"), ("a\u202egpj.exe", JPG, "a gpj.jpg"),
    ("", PDF, "附件.pdf"),
    (".pdf", PDF, "pdf.pdf"), ("...", PDF, "附件.pdf"), ("a\0b\r\nc.pdf", PDF, "a b c.pdf"),
    ("第3.2节", TXT, "第3.2节.txt"), ("报告.2024", TXT, "报告.2024.txt"),
    ("a<b>|c.xlsx", XLSX, "a b c.xlsx"), ("\ud800x.mp4", MP4, "x.mp4"), ("录音.mp4", M4A, "录音.mp4"), ("x.php.jpg", JPG, "x.php.jpg"),
    ("长" * 500 + ".pdf", PDF, "长" * 120 + ".pdf"),
])  # fmt: skip
def test_a_name_is_cleaned_and_gets_the_extension_of_its_content(given_name: str, file_type: FileType, clean: str) -> None:
    assert clean_name(given_name, file_type) == clean


@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from([JPG, PDF, TXT]))
def test_any_name_becomes_a_safe_one_and_stays_it(name: str, file_type: FileType) -> None:
    clean = clean_name(name, file_type)
    assert clean_name(clean, file_type) == clean and extension_of(clean) in (file_type.extension, *file_type.also)
    assert not set(clean) & set('/\\<>:"|?*\0\r\n\u202e') and not clean.startswith(".") and len(clean) < 130
    headers = download_headers(clean, file_type.media_type, 5)
    assert all(value.isascii() and value.isprintable() for value in headers.values())


def test_a_download_is_never_a_page() -> None:
    headers = download_headers("现场 照片'1.jpg", "image/jpeg", 10)
    assert headers["Content-Disposition"].startswith("attachment; filename=\"attachment.jpg\"; filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20")
    assert "'" not in headers["Content-Disposition"].split("UTF-8''")[1]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Security-Policy"].startswith("sandbox")
