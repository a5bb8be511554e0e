"""How much of anything a transport reads before it refuses, in one place."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for one delivery; passing any of them refuses the delivery with the figure named.

    `unpacked_bytes` lets a workbook of 100,000 rows by 80 columns pass (measured: 592 MB of XML with
    strings written inline, 355 MB with shared ones); `sheet_cells` counts the rectangle a sheet spans,
    since a parser lays it out densely; where a few stray cells stretch it, the rectangle of its filled rows and
    columns. The child's memory grows with the workbook from `memory_floor` up to
    `memory_ceiling`, so that an ordinary file is held to the tight figure.
    """

    file_bytes: int = 256 * MIB
    zip_parts: int = 1_000
    unpacked_bytes: int = 700 * MIB
    zip_ratio: int = 100
    sheets: int = 400
    sheet_cells: int = 20_000_000
    merges: int = 200_000
    shared_strings: int = 5_000_000
    cell_characters: int = 200_000
    memory_floor: int = 512 * MIB
    memory_ceiling: int = 2048 * MIB
    cpu_seconds: int = 60
    wall_seconds: int = 120


LIMITS = Limits()
