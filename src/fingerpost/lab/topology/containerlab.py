"""What a containerlab file says that has no meaning here: passed over, and said so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fingerpost.lab.model import NodeKind

if TYPE_CHECKING:
    from fingerpost.config.yaml_tree import Tree

BRIDGES = ("bridge", "ovs-bridge")
KINDS = (
    "linux", "ext-container", "k8s-kind", "kind", "generic_vm", "srl", "nokia_srlinux",
    "nokia_sros", "nokia_srsim", "vr-nokia_sros", "vr-sros", "arista_ceos", "ceos",
    "arista_veos", "vr-veos", "juniper_crpd", "crpd", "juniper_vmx", "vr-vmx", "juniper_vqfx",
    "vr-vqfx", "juniper_vsrx", "juniper_vjunosrouter", "juniper_vjunosswitch",
    "juniper_vjunosevolved", "juniper_cjunosevolved", "cisco_xrd", "xrd", "cisco_xrv",
    "cisco_xrv9k", "cisco_csr1000v", "cisco_c8000", "cisco_c8000v", "cisco_n9kv", "cisco_iol",
    "cisco_vios", "cisco_cat9kv", "cisco_sdwan", "cumulus_cvx", "cvx", "sonic-vs", "sonic-vm",
    "dell_sonic", "dell_ftosv", "mikrotik_ros", "vr-ros", "huawei_vrp", "6wind_vsr",
    "aruba_aoscx", "checkpoint_cloudguard", "fortinet_fortigate", "freebsd", "openbsd",
    "openwrt", "paloalto_panos", "ipinfusion_ocnos", "rare", "keysight_ixia-c-one", "frr",
    "fdio_vpp", "arrcus_arcos", "vyosnetworks_vyos", "border0", "host",
)  # fmt: skip

_TOP = {"prefix", "mgmt", "settings", "debug"}
_TOPOLOGY = {"groups"}
_NODE = {
    "image", "image-pull-policy", "group", "type", "startup-config", "startup-delay",
    "enforce-startup-config", "suppress-startup-config", "auto-remove", "restart-policy",
    "config", "binds", "devices", "cap-add", "shm-size", "cpu", "cpu-set", "memory", "user",
    "entrypoint", "cmd", "exec", "env", "env-files", "ports", "labels", "license", "mgmt-ipv4",
    "mgmt-ipv6", "network-mode", "runtime", "sysctls", "extras", "wait-for", "dns",
    "certificate", "healthcheck", "aliases", "stages", "components", "credentials", "publish",
    "position", "sandbox", "kernel", "ulimits", "pid", "init",
}  # fmt: skip
_LINK = {"labels", "vars"}
# ends and types of links that lead to what is no node
_OUTSIDE = ("mgmt-net", "macvlan", "dummy", "vxlan", "vxlan-stitch")


def pass_over(tree: Tree) -> list[str]:
    """Take containerlab's other fields out of the tree; give one warning for each kind of them."""
    top = tree.value
    if not isinstance(top, dict):
        return []
    counts: dict[str, int] = {}
    _strip(top, _TOP, counts, "")
    topology = top.get("topology")
    if isinstance(topology, dict):
        _strip(topology, _TOPOLOGY, counts, "topology.")
        _pass_over_links(tree, topology, counts)
        for entry in _nodes(topology):
            _take_position(entry)
            _strip(entry, _NODE - _own(entry), counts, "nodes: ")
        links = topology.get("links")
        for link in links if isinstance(links, list) else []:
            if isinstance(link, dict):
                _strip(link, _LINK, counts, "links: ")
    if not counts:
        return []
    fields = ", ".join(
        f"{name} ({count} times)" if count > 1 else name for name, count in sorted(counts.items())
    )
    return [f"passed over, as it means something to containerlab only: {fields}"]


def _pass_over_links(tree: Tree, topology: dict[str, Any], counts: dict[str, int]) -> None:
    """Take out the links that end outside of the nodes; None in their place keeps the numbers."""
    links, nodes = topology.get("links"), topology.get("nodes")
    named = nodes if isinstance(nodes, dict) else {}
    if not isinstance(links, list):
        return
    for at, link in enumerate(links):
        if not isinstance(link, dict):
            continue
        _name_host_end(link)
        word = _outside(link, named)
        if word is None:
            continue
        links[at] = None
        path = ("topology", "links", at)
        tree.passed_over.add(path)
        name = f"links: {word} on line {tree.line(path)}"
        counts[name] = counts.get(name, 0) + 1


def _name_host_end(link: dict[str, Any]) -> None:
    """Write containerlab's long form of a link to a device of this machine as our endpoints."""
    if link.get("type") == "host" and {"endpoint", "host-interface"} <= set(link):
        device = {"node": "host", "interface": link.pop("host-interface")}
        link.setdefault("endpoints", [link.pop("endpoint"), device])


def _outside(link: dict[str, Any], nodes: dict[str, Any]) -> str | None:
    """The word for where a link leads that no node is at the end of; None for any other link."""
    kind = link.get("type")
    if kind in _OUTSIDE:
        return str(kind)
    ends = link.get("endpoints")
    for end in ends if isinstance(ends, list) else []:
        node = end.get("node") if isinstance(end, dict) else end
        word = node.partition(":")[0].strip() if isinstance(node, str) else ""
        if word in _OUTSIDE and word not in nodes:
            return word
    return None


def _own(entry: dict[str, Any]) -> set[str]:
    """`position` is a field of ours too, and then a mapping or list."""
    return {"position"} if isinstance(entry.get("position"), dict | list) else set()


def _nodes(topology: dict[str, Any]) -> list[dict[str, Any]]:
    found = [topology.get("defaults")]
    for group in ("kinds", "nodes"):
        named = topology.get(group)
        found += list(named.values()) if isinstance(named, dict) else []
    return [entry for entry in found if isinstance(entry, dict)]


def _strip(entry: dict[str, Any], names: set[str], counts: dict[str, int], where: str) -> None:
    for name in sorted(names & set(entry)):
        del entry[name]
        counts[where + name] = counts.get(where + name, 0) + 1


def _take_position(entry: dict[str, Any]) -> None:
    """Its graph labels say where a node is drawn; so does our `position`."""
    labels = entry.get("labels")
    if not isinstance(labels, dict) or "position" in entry:
        return
    for axes, names in (
        (("lat", "lon"), ("graph-geoCoordinateLat", "graph-geoCoordinateLng")),
        (("x", "y"), ("graph-posX", "graph-posY")),
    ):
        try:
            numbers = [float(labels[name]) for name in names]
        except (KeyError, TypeError, ValueError):
            continue
        if axes[0] == "x":
            numbers[1] = -numbers[1]  # a screen counts downwards, a map upwards
        entry["position"] = dict(zip(axes, numbers, strict=True))
        return


def kind_of(word: str | None) -> tuple[NodeKind | None, bool]:
    """What a kind means here: router or host, None for an unknown word; and whether a bridge."""
    if word in BRIDGES:
        return NodeKind.ROUTER, True
    if word == NodeKind.HOST:
        return NodeKind.HOST, False
    if word is None or word == NodeKind.ROUTER or word in KINDS:
        return NodeKind.ROUTER, False
    return None, False
