"""The marks by which a statement's answer says whom it is about: taken out before it leaves, and told to the audit."""

from hub.query.compiling import END, MARK

_MARK, _END = bytes([MARK]), bytes([END])


def unmarked(answer: bytes) -> tuple[bytes, set[str]]:
    """An answer without the statement's marks, and whom they name."""
    first, *marked = answer.split(_MARK)
    pieces, about = [first], set()
    for one in marked:
        whom, _, rest = one.partition(_END)
        about.add(whom)
        pieces.append(rest)
    return b"".join(pieces), {whom.decode() for whom in about if whom}
