"""JSON that people and machines send, read in one way: without what PostgreSQL keeps no text with."""

import json
import re
from typing import Any

ODD = re.compile("[\x00\ud800-\udfff]")  # the zero byte, and halves of characters, which no encoding can write
ESCAPED = re.compile(r"\\u(0000|[dD][89a-fA-F])")


def read_json(sent: bytes | str) -> Any:
    """What the text says, with zero bytes and half characters taken out of every string and name.

    ValueError for what is no JSON, for bytes in no UTF and for what is nested deeper than anybody writes.
    """
    text = sent if isinstance(sent, str) else sent.decode(json.detect_encoding(sent))
    try:
        found = json.loads(text)
        return _clean(found) if ESCAPED.search(text) or ODD.search(text) else found
    except RecursionError as deep:
        raise ValueError("nested too deep") from deep


def _clean(found: Any) -> Any:
    if isinstance(found, str):
        return ODD.sub("", found)
    if isinstance(found, list):
        return [_clean(one) for one in found]
    if isinstance(found, dict):
        return {_clean(name): _clean(one) for name, one in found.items()}
    return found
