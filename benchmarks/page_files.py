"""The files that a browser loads before it connects to a Streamlit page."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import urlsplit

# index.html's own 61 files; Streamlit's parts ask for 90 smaller ones when they draw.
FILES = re.compile(r'(?:src|href)="\.(/static/[^"]+)"')
COOKIES = re.compile(r"^set-cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE | re.MULTILINE)
LENGTH = re.compile(r"^content-length: (\d+)", re.IGNORECASE | re.MULTILINE)
CONNECTIONS = 6  # at once, as browsers do


class PageError(Exception):
    """The page shows an error, or its script did not get to its end."""


async def load_page(url: str, cookies: dict[str, str]) -> None:
    """Load the page's index and what it names, over a few connections.

    cookies: sent, and those that come added: a proxy's, which names the server.
    Raises PageError for a file that does not come.
    """
    [index] = await _load(url, ["/"], cookies)
    files = FILES.findall(index.decode())
    await asyncio.gather(
        *(_load(url, files[i::CONNECTIONS], cookies) for i in range(CONNECTIONS))
    )


async def _load(url: str, paths: Sequence[str], cookies: dict[str, str]) -> list[bytes]:
    """Return the files, asked for one after another over one connection.

    cookies: sent, and those that come added. A proxy's compressed files stay so.
    """
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    files = []
    for path in paths:
        lines = [f"GET {path} HTTP/1.1", f"Host: {address.netloc}"]
        lines += [f"Cookie: {as_header(cookies)}"] if cookies else []
        lines += ["Accept-Encoding: gzip"] if path != "/" else []
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if not head.startswith("HTTP/1.1 200"):
            raise PageError(f"{path} of the page: {head.splitlines()[0]}")
        cookies.update(COOKIES.findall(head))
        if length := LENGTH.search(head):
            files.append(await reader.readexactly(int(length[1])))
        else:
            files.append(b"".join([chunk async for chunk in _chunks(reader)]))
    writer.close()
    return files


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield a body whose length was not known when it began."""
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()


def as_header(cookies: Mapping[str, str]) -> str:
    """Return cookies as a request has them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
