"""A file of a wrong kind is refused on its page by the rule's own sentence, whatever its name says, and what else was chosen stays."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.factories.hotline import Desk
from tests.supervision.office import begin
from tests.web_pages.eyes import Eyes, form_of, hidden, words

NEW = {
    "supervisions": {"title": "排水", "supervision_source": "executive_meeting", "unit": "cgj"},
    "conferences": {"title": "噪声会商", "form": "meeting", "matter": "多次反映", "units": ["cgj"]},
}
PROGRAM, PLAIN = b"MZ\x90\x00" + bytes(60), "只是文字".encode()
WRONG = {
    "木马.exe": (PROGRAM, "不支持此类文件。可上传：jpg"), "纪要.pdf": (PROGRAM, "不支持此类文件。可上传：jpg"),
    "现场.png": (PLAIN, "文件内容与扩展名“.png”不符"),
}  # fmt: skip


@pytest.mark.parametrize("plural", NEW)
def test_a_file_that_is_not_what_its_page_takes(desk: Desk, plural: str) -> None:
    case = begin(desk, "supervisor", plural, **NEW[plural])
    eyes, to = Eyes(desk, "supervisor"), f"/{plural}/{case}/attachments"
    page = eyes.open(f"/{plural}/{case}")
    for name, (content, said) in WRONG.items():
        given = {**hidden(form_of(page, to)), "kind": "contact_proof", "file": (BytesIO(content), name)}
        refused = eyes.browser.post(to, data=given, headers=eyes.headers)
        assert refused.status_code == 415 and said in words(refused.text), name
        assert '<option value="contact_proof" selected>' in form_of(refused.text, to)
        page = refused.text
    assert desk.get("supervisor", f"/{plural}/{case}")["attachments"] == []
    # The same form takes a right one: under the name that its content has.
    right = {**hidden(form_of(page, to)), "kind": "other", "file": (BytesIO(b"%PDF-1.7\n" + bytes(64)), "纪要.pdf")}
    assert eyes.browser.post(to, data=right, headers=eyes.headers).status_code == 303
    assert [each["name"] for each in desk.get("supervisor", f"/{plural}/{case}")["attachments"]] == ["纪要.pdf"]
