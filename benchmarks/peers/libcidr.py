from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from golden.columns import U32, Addresses
from matching.peer import Bulk, Peer, Single, Table


class Adapter(Peer):
    """libcidr: an LC-trie in C.

    Timed: `PrefixIndex(networks)` with the making of its network objects; `lookup(addresses)` of
    a list of its address objects (it takes nothing else), with the making of the objects from
    text where the input is text. A single question is a list of one. It cannot be changed.
    """

    name: ClassVar[str] = "libcidr"
    distribution: ClassVar[str] = "libcidr"

    def build(self, prepared: Table) -> None:
        import libcidr

        classes = {
            4: (libcidr.IPv4Network, libcidr.IPv4Address),
            6: (libcidr.IPv6Network, libcidr.IPv6Address),
        }
        network, self.address = classes[prepared.version]
        self.index = libcidr.PrefixIndex([network(text) for text in prepared.texts])

    def _objects(self, addresses: Addresses) -> list[Any]:
        return [self.address(text) for text in addresses.as_texts()]

    def singles(self) -> list[Single]:
        lookup, address = self.index.lookup, self.address
        return [
            Single("own address object", self._objects, lambda host: lookup([host]), _first),
            Single("str", Addresses.as_texts, lambda text: lookup([address(text)]), _first),
        ]

    def bulks(self) -> list[Bulk]:
        lookup, address = self.index.lookup, self.address
        return [
            Bulk("list of own objects", self._objects, lookup, _ids),
            Bulk(
                "list of str",
                Addresses.as_texts,
                lambda all_: lookup(list(map(address, all_))),
                _ids,
            ),
        ]


def _first(found: list[int]) -> int:
    return found[0] + 1


def _ids(found: list[int]) -> U32:
    return (np.array(found, dtype=np.int64) + 1).astype(np.uint32)
