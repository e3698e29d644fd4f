"""Makes .venv from the lock file, with the standard library alone: once at a time, and whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

# These would send the packages elsewhere; everything else that the environment tells pip (a mirror, a certificate) holds.
ELSEWHERE = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--timeout", "60", "--retries", "5", "--quiet", "install"]


def install(requirements: Path, folder: Path, mark: str) -> None:
    """The mark is written last and taken away first: without it the folder counts as broken and is made anew."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        written = folder / "installed"
        if works(folder) and written.exists():
            if written.read_text(encoding="ascii").strip() == mark:
                return
            say("requirements.lock has changed: bringing .venv up to date ...")
            written.unlink()
        else:
            say("first use: installing what requirements.lock names into .venv, which takes a minute or two ...")
            if folder.exists():
                shutil.rmtree(folder)
            venv.create(folder, with_pip=True, symlinks=True)
        env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)]
        subprocess.run([folder / "bin" / "python", *PIP, *hashed], env=env, check=True)
        written.write_text(f"{mark}\n", encoding="ascii")


def works(folder: Path) -> bool:
    """The Python that the folder was made from may have gone."""
    python = folder / "bin" / "python"
    return python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0


def say(sentence: str) -> None:
    print(f"citydesk: {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    except (OSError, subprocess.SubprocessError) as error:
        say(f"could not install: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("interrupted; the next use starts the installation anew")
        sys.exit(130)
