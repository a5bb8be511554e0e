"""Other weights than those that come with the hub; for tests of what survives them."""

import orjson

from hub.identity.weights import read_weights, shipped
from hub.opening import Hub


async def install(hub: Hub, version: str, heavier: float = 1.1) -> None:
    """Let weights of another version decide from now on, each so many times as heavy."""
    told = orjson.loads(shipped().told())
    for model in told["models"].values():
        model["prior"] = round(heavier * model["prior"], 3)
        for feature, levels in model.items():
            if feature != "prior":
                model[feature] = {level: round(heavier * weight, 3) for level, weight in levels.items()}
    text = orjson.dumps(told | {"version": version}).decode()
    assert read_weights(text.encode()).version == version
    no = await hub.connection.fetchval("select max(no) from publication")
    await hub.connection.execute("insert into linkage_weights (division, publication, version, weights) values ($1, $2, $3, $4)", hub.division, no, version, text)
