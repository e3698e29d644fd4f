"""The last resort: Redis imitated in Python, for a machine on which no Redis program can be had."""

from __future__ import annotations

import sys

from fakeredis import TcpFakeServer

if __name__ == "__main__":
    with TcpFakeServer(("127.0.0.1", int(sys.argv[1]))) as server:
        server.serve_forever()
