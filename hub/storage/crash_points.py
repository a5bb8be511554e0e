"""Named points before and after each write, at which a fault test may kill the process; nobody watches otherwise."""

from collections.abc import Callable

watchers: list[Callable[[str], None]] = []


def point(name: str) -> None:
    """Tell the watchers that the flow has come to ``name``."""
    for watch in watchers:
        watch(name)
