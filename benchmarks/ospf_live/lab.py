"""One network of OSPF routers in this process: python -m ospf_live.lab FILE [idle]."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import process_time

from fingerpost.lab.network import Network

HOUR = 3600 * 10**9


def main() -> None:
    """Measure, and print one line of JSON."""
    path = Path(sys.argv[1])
    started = process_time()
    network = Network.load(path, routing="ospf")
    loaded = process_time()
    network.run("converged")
    converged = process_time()
    tables = {len(network[name].table) for name in network}
    found = {
        "network": path.stem,
        "routers": len(network),
        "routes_a_router": max(tables),
        "is_complete": len(tables) == 1,
        "load_s": round(loaded - started, 2),
        "cold_start_s": round(converged - loaded, 2),
        "virtual_s": round(network.convergence.since / 1e9, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if "idle" in sys.argv[2:]:
        network.run(network.now + HOUR)
        found["idle_hour_s"] = round(process_time() - converged, 2)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
