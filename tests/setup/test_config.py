"""What the environment says is read once, strictly, and the application never serves as the owner of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.config import CHECKOUT, Config
from app.errors import IllFormed


def test_nothing_named_means_embedded_servers_beside_the_program() -> None:
    config = Config.from_env({})
    assert (config.home, config.database_url, config.owner_url, config.redis_url) == (CHECKOUT / "var", "", "", "")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_one_login_steps_down_to_the_role_of_the_application(scheme: str) -> None:
    config = Config.from_env({"DATABASE_URL": f"{scheme}://owner:p%40ss@db:5433/desk"})
    served, owner = make_url(config.database_url), make_url(config.owner_url)
    assert served.query["options"] == "-c role=citydesk_app" and "options" not in owner.query
    assert served.drivername == owner.drivername == "postgresql+psycopg"
    assert (served.password, served.host, served.port, served.database) == ("p@ss", "db", 5433, "desk")


def test_two_logins_are_taken_as_they_are() -> None:
    config = Config.from_env({"DATABASE_URL": "postgresql://app@db/desk", "DATABASE_OWNER_URL": "postgresql://owner@db/desk"})
    assert make_url(config.database_url).query == {}
    assert make_url(config.owner_url).username == "owner"


def test_a_folder_is_made_absolute_and_holds_keys_and_anchors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.from_env({"CITYDESK_HOME": "状态"})
    assert config.home == tmp_path / "状态"
    assert {config.keys_dir.parent, config.anchors_dir.parent} == {config.home}


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "mysql://x/y"},
        {"DATABASE_URL": "::"},
        {"CITYDESK_UPLOAD_LIMIT_MB": "-1"},
        {"CITYDESK_UPLOAD_LIMIT_MB": "0"},
        {"CITYDESK_CASE_QUOTA_MB": "1.5"},
    ],
)
def test_what_cannot_be_meant_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(IllFormed):
        Config.from_env(environ)
