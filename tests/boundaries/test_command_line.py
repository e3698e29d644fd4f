"""The same from the command line, from a file and from a package that the real npm fetches of a small registry on this machine."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.config import Config
from app.errors import Refused, Unavailable
from cli import packages
from cli.__main__ import main
from cli.packages import fetched, member
from tests.factories.boundaries import district, streets
from tests.factories.hotline import Desk

NAME = "made-up-boundaries"
LIKE_THESE = ["--kind", "street", "--reference", "wgs84"]


@pytest.fixture
def installation(desk: Desk, config: Config, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("CITYDESK_HOME", str(config.home))
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", config.owner_url)
    monkeypatch.setenv("REDIS_URL", config.redis_url)
    return desk


def tarball(runs: str = "true", **files: bytes) -> bytes:
    """A package as npm packs it, which would run something if it were let."""
    hooks = dict.fromkeys(("preinstall", "install", "postinstall", "prepare", "prepack"), runs)
    about = json.dumps({"name": NAME, "version": "1.0.0", "scripts": hooks}).encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in {"package.json": about, **files}.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


class Registry(BaseHTTPRequestHandler):
    """What npm asks of a registry: the packument of one package, and its file."""

    promised = served = b""

    def do_GET(self) -> None:
        host = f"http://127.0.0.1:{self.server.server_address[1]}"
        dist = {"tarball": f"{host}/{NAME}/-/{NAME}-1.0.0.tgz", "integrity": integrity(self.promised)}
        one = {"name": NAME, "version": "1.0.0", "dist": dist}
        packument = {"name": NAME, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": one}}
        known = {f"/{NAME}": json.dumps(packument).encode(), f"/{NAME}/-/{NAME}-1.0.0.tgz": self.served}
        body = known.get(self.path, b"{}")
        self.send_response(200 if self.path in known else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """A test says nothing."""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Registry]]:
    handler = type("Own", (Registry,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_address[1]}/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_is_tried_imported_listed_replaced_and_put_back(
    installation: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "街道.geojson"
    file.write_bytes(streets())
    line = ["boundaries", "import", str(file), *LIKE_THESE]
    assert main([*line, "--dry-run"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "no unit: 440399002000 白桥街道" and told[-1] == "4 areas would be imported, 1 with a unit, 3 without"
    assert main([*line, "--name", "一"]) == 0
    assert "imported as street edition 1" in capsys.readouterr().out
    assert main([*line, "--code", "440399"]) == 0
    assert "3 areas imported as street edition 2" in capsys.readouterr().out
    first = installation.rows("SELECT id FROM boundary_editions WHERE number = 1")[0]["id"]
    assert main(["boundaries", "restore", str(first)]) == 0
    assert main(["boundaries", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()[-2:]
    assert listed[0].startswith("  street 2") and listed[1].startswith("* street 1")
    assert main(["boundaries", "withdraw", str(first)]) == 0
    assert main(["boundaries", "restore", "999999999"]) == 1
    file.write_bytes(b"{}")
    assert main(line) == 1
    assert "FeatureCollection" in capsys.readouterr().err
    assert main(["boundaries", "import", str(file)]) == 2


def test_a_package_is_fetched_by_npm_proved_and_read_without_being_run(
    installation: Desk, registry: type[Registry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"maps/streets.json": streets(), "maps/district.geojson": district()}
    registry.promised = registry.served = tarball(f"touch {tmp_path}/ran", **files)
    line = ["boundaries", "package", f"{NAME}@1.0.0", *LIKE_THESE]
    assert main(line) == 1
    assert "maps/district.geojson, maps/streets.json" in capsys.readouterr().err
    line += ["--member", "maps/streets.json"]
    assert main([*line, "--integrity", "sha512-other"]) == 1
    assert main([*line, "--integrity", integrity(registry.served)]) == 0, capsys.readouterr().err
    (row,) = installation.rows("SELECT source, digest FROM boundary_editions")
    assert row == {"source": f"{NAME}@1.0.0:maps/streets.json", "digest": hashlib.sha256(streets()).hexdigest()}
    assert not (tmp_path / "ran").exists()
    assert [path.name for path in (installation.system.config.home / "packages").iterdir()] == [f"{NAME}-1.0.0.tgz"]


def test_a_package_that_was_changed_on_its_way_or_is_not_there_is_refused(registry: type[Registry], tmp_path: Path) -> None:
    registry.promised, registry.served = tarball(), tarball(**{"streets.json": streets()})
    with pytest.raises(Unavailable, match=NAME):
        fetched(f"{NAME}@1.0.0", tmp_path / "packages")
    with pytest.raises(Unavailable):
        fetched("no-such-package@1.0.0", tmp_path / "packages")
    assert list((tmp_path / "packages").iterdir()) == []


def test_only_an_exact_version_or_a_file_is_a_package(tmp_path: Path) -> None:
    for vague in (NAME, f"{NAME}@latest", f"{NAME}@^1.0.0", "--registry@1.0.0", f"git+ssh://x/{NAME}@1.0.0", "../x@1.0.0"):
        with pytest.raises(Refused, match=r"确切版本"):
            fetched(vague, tmp_path)
    file = tmp_path / "a.tgz"
    file.write_bytes(tarball(**{"streets.json": streets()}))
    assert fetched(str(file), tmp_path) == (file, integrity(file.read_bytes()))
    assert member(file) == ("streets.json", streets())
    with pytest.raises(Refused, match="--member"):
        member(file, "other.json")
    file.write_bytes(b"no archive")
    with pytest.raises(Refused, match="npm"):
        member(file)


def test_npm_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "npm"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(packages, "npm", lambda: [str(slow)])
    monkeypatch.setattr(packages, "PATIENCE", 0.2)
    with pytest.raises(Unavailable, match="npm"):
        fetched(f"{NAME}@1.0.0", tmp_path / "packages")
