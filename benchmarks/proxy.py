"""The proxy of deploy/Caddyfile in front of servers on this computer."""

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.patience import until
from tests.support.serving import ROOT, Server, free_port

MISSING = "Caddy is needed for several processes. On Debian: apt install caddy"


@contextmanager
def proxied(servers: Sequence[Server], folder: Path) -> Iterator[Server]:
    """Start Caddy as deploy/Caddyfile says, but with these servers behind it."""
    caddy = shutil.which("caddy")
    if caddy is None:
        raise SystemExit(MISSING)
    file, log = folder / "Caddyfile", folder / "caddy.txt"
    file.write_text(settings(servers), encoding="utf-8")
    port = free_port()
    home = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with log.open("w") as output:
        process = subprocess.Popen(
            [caddy, "run", "--config", str(file), "--adapter", "caddyfile"],
            env=os.environ | home | {"SITE": f":{port}"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    proxy = Server(f"http://127.0.0.1:{port}", process.pid, log)
    try:
        until(lambda: process.poll() is not None or status(proxy, "health") == 200)
        if process.poll() is not None:
            raise RuntimeError(f"Caddy did not start:\n{log.read_text()}")
        assert status(proxy, "metrics") == 404, "the counters are open to everybody"
        yield proxy
    finally:
        process.terminate()
        process.wait()


def settings(servers: Sequence[Server]) -> str:
    """Return deploy/Caddyfile with these servers in the place of its own."""
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    addresses = " ".join(server.url.removeprefix("http://") for server in servers)
    return re.sub(r"(reverse_proxy )[^{]+ ", rf"\g<1>{addresses} ", text)


def status(server: Server, what: str) -> int:
    """Return the HTTP status of /_stcore/{what}, 0 without an answer."""
    try:
        with urllib.request.urlopen(f"{server.url}/_stcore/{what}", timeout=5) as found:
            return found.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
