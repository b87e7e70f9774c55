"""Which pages elsewhere a claim may point at."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_allowed_link(url: str, hosts: Collection[str]) -> bool:
    """Whether the address leads, over https, to one of the hosts; what stands in its path does not matter.

    Whatever browsers may read otherwise than we do is refused: accounts and ports before the path, backslashes, blanks,
    letters beyond ASCII.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc.lower() in {host.lower() for host in hosts}
