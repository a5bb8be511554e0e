"""Tell departments what became of their findings: each hook by a connection of its own, so that a slow one keeps nobody waiting."""

import asyncio

from hub.events.hooks import Hook, Sent, read_hooks, send
from hub.opening import Hub


async def tell_departments(hub: Hub) -> list[Sent]:
    """Send every department what it has not confirmed."""

    async def tell(hook: Hook) -> Sent:
        connection = await hub.database.connect("writer")
        try:
            return await send(connection, hub.division, hook, today=hub.today())
        finally:
            await connection.close()

    return list(await asyncio.gather(*(tell(hook) for hook in read_hooks(hub.settings.home))))
