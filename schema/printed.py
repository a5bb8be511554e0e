"""Writes the published SDL: `python -m schema.printed`."""

from pathlib import Path

from schema.api import api

if __name__ == "__main__":
    (Path(__file__).parent / "schema.graphql").write_text(api.as_str() + "\n", encoding="utf-8")
