"""All probes, in the order in which they are sent."""

from __future__ import annotations

from interop import frames_icmp, frames_ipv4, frames_ipv6, frames_links
from interop.frames import Batch, Probe


def all_probes() -> list[Probe]:
    """The same list at every call; names are unique."""
    batch = Batch()
    for module in (frames_ipv4, frames_icmp, frames_ipv6, frames_links):
        for block in module.BLOCKS:
            block(batch)
    names = [probe.name for probe in batch.probes]
    twice = {name for name in names if names.count(name) > 1}
    assert not twice, f"names of probes that are not unique: {sorted(twice)}"
    return batch.probes
