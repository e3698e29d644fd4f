"""What each web process loads: one system, one Flask application, and an end when the process that made it ends."""

from __future__ import annotations

import os
import signal

from app.config import Config
from app.main import build, create_lasting
from cli.servers.process import die_with_parent

die_with_parent(signal.SIGTERM, os.getppid())
app = create_lasting(build(Config.from_env()))
