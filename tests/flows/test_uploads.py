"""How large a file may be is what the installation says, at the door as well as behind it."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.main import create_app
from tests.factories.hotline import Desk

MIB = 1024 * 1024


def with_limit(desk: Desk, mebibytes: int) -> Desk:
    desk.system.config = replace(desk.system.config, upload_limit=mebibytes * MIB)
    return replace(desk, client=create_app(desk.system).test_client())


def upload(desk: Desk, ticket: int, size: int) -> TestResponse:
    # Encoded here: the test client would leave a large body in a temporary file that it does not close.
    file = FileStorage(BytesIO(b"%PDF-1.7\n" + bytes(size - 9)), "现场.pdf")
    boundary, body = encode_multipart({"kind": "site", "file": file})
    kind, token = f"multipart/form-data; boundary={boundary}", f"Bearer {desk.token('agent')}"
    return desk.client.post(f"/api/v1/tickets/{ticket}/attachments", data=body, content_type=kind, headers={"Authorization": token})


@pytest.mark.parametrize(("limit", "size", "status", "said"), [
    (1, MIB, 201, ""), (1, MIB + 1, 413, "文件超过 1 MB"), (1, 3 * MIB, 413, "请求内容超过 2048 KB"), (26, 25 * MIB, 201, ""),
])  # fmt: skip
def test_a_file_is_as_large_as_the_installation_says(desk: Desk, limit: int, size: int, status: int, said: str) -> None:
    limited, ticket = with_limit(desk, limit), desk.a_ticket()
    answer = upload(limited, ticket, size)
    assert answer.status_code == status and said in answer.json.get("detail", ""), answer.text
    assert desk.rows("SELECT count(*) AS n FROM attachments") == [{"n": 1 if status == 201 else 0}]
