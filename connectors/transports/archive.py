"""Checks a zip's directory before anything in it is unpacked: parts, sizes, ratio, names."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from connectors.transports.limits import MIB, Limits
from connectors.transports.refusal import EXPORT_AGAIN, Unreadable

SPLIT = "请拆分后重新报送 (deliver it in smaller parts)"

_END = struct.Struct("<4s4H2LH")
_DIRECTORY_BYTES_PER_PART = 1_024


def open_checked(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Opens an archive whose directory keeps within the limits, or raises `Unreadable`."""
    _check_directory_size(data, limits)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("the zip structure is damaged or cut short (a half-written file?)") from error
    _check_parts(archive.infolist(), limits)
    return archive


def read_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Unpacks one part, never past the size that its directory entry declares."""
    try:
        with archive.open(part) as stream:
            data = stream.read(part.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("this part of the zip is damaged or packed in an unknown way") from error
    except Exception as error:  # zlib.error, lzma.LZMAError: each method has its own
        raise Unreadable("this part of the zip is damaged") from error
    if len(data) != part.file_size:
        raise Unreadable("this part of the zip does not have the size that it declares")
    return data


def member_name(part: zipfile.ZipInfo) -> str:
    """The member's name; without the UTF-8 flag it is in truth UTF-8 (macOS) or GBK (Windows)."""
    if part.flag_bits & 0x800:
        return part.filename
    raw = part.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part.filename


def _check_directory_size(data: bytes, limits: Limits) -> None:
    """Reads the end record by hand: a directory of a million entries must not become a million objects."""
    start = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if start < 0 or start + _END.size > len(data):
        raise Unreadable("the zip has no end record: the file was cut short (half-written?)")
    _, _, _, parts, directory_bytes, _, _ = _END.unpack_from(data, start)[:7]
    locator = data.rfind(b"PK\x06\x06", 0, start)
    if directory_bytes == 0xFFFFFFFF and locator >= 0 and locator + 56 <= len(data):
        directory_bytes = int.from_bytes(data[locator + 40 : locator + 48], "little")
    too_many = parts > limits.zip_parts and parts != 0xFFFF
    if too_many or directory_bytes > limits.zip_parts * _DIRECTORY_BYTES_PER_PART:
        raise Unreadable(f"the zip holds more than {limits.zip_parts:,} parts", SPLIT)


def _check_parts(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.zip_parts:
        raise Unreadable(f"the zip holds more than {limits.zip_parts:,} parts", SPLIT)
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0:1]:
            raise Unreadable("the zip holds a part whose path leads out of it", EXPORT_AGAIN)
        if part.flag_bits & 0x1:
            raise Unreadable(
                "the zip is protected by a password", "请取消密码后重新报送 (remove the password)"
            )
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > limits.unpacked_bytes:
        raise Unreadable(f"the zip unpacks to more than {limits.unpacked_bytes // MIB:,} MiB", SPLIT)
    if unpacked > MIB and unpacked > limits.zip_ratio * max(packed, 1):
        raise Unreadable(f"the zip is packed more than {limits.zip_ratio} times: a zip bomb?", EXPORT_AGAIN)
