"""The hash of a fabric: equal for equal networks, whatever file or spec they came from."""

from __future__ import annotations

import hashlib

import msgspec

from sidr.model.fabric import Fabric

NUMBERS = ("tier", "pod", "plane", "site", "hosts")
LINK_NUMBERS = ("near", "far", "rank", "capacity_bps", "length_m", "medium")


def fabric_hash(fabric: Fabric) -> str:
    """sha256, in hex, over the msgpack of the native fields with sorted keys.

    Names, ranks and SRLGs count; the label and everything derived do not.
    """
    arrays = {key: getattr(fabric, key).tolist() for key in NUMBERS + LINK_NUMBERS}
    fields: dict[str, object] = {
        **arrays,
        "names": fabric.names,
        "host_bps": fabric.host_bps,
        "links_per_host": fabric.links_per_host,
        "srlg_names": fabric.srlg_names,
        "srlg_links": [links.tolist() for links in fabric.srlg_links],
    }
    packed = msgspec.msgpack.encode({key: fields[key] for key in sorted(fields)})
    return hashlib.sha256(packed).hexdigest()
