"""A synchronous engine for the few things that are not asked asynchronously: migrations, backup."""

import ssl
from typing import Any

from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.engine import make_url


def engine_of(address: str) -> Engine:
    """An engine (pg8000) for a libpq or SQLAlchemy address: over a socket, or over TLS with the certificate verified. It keeps no connection that is not in use."""
    url = make_url(address).set(drivername="postgresql+pg8000")
    asked = dict(url.query)
    connect: dict[str, Any] = {}
    host, port = asked.pop("host", None), asked.pop("port", None)
    if isinstance(host, str) and host.startswith("/"):
        asked["unix_sock"] = f"{host}/.s.PGSQL.{port or 5432}"
    elif isinstance(host, str):
        url = url.set(host=host, port=int(str(port)) if port else url.port)
    if asked.pop("sslmode", None) == "verify-full":
        authority = asked.pop("sslrootcert", None)
        connect["ssl_context"] = ssl.create_default_context(cafile=str(authority) if authority else None)
    return create_engine(url.set(query=asked), connect_args=connect, poolclass=NullPool)
