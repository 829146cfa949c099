"""What a daemon counts, as families of metrics. Nothing here walks a table."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING

from fingerpost.api.machines import RIP, machines_of
from fingerpost.api.metrics_bfd import bfd_families
from fingerpost.api.metrics_bgp import bgp_families
from fingerpost.api.metrics_ospf import ospf_families
from fingerpost.api.openmetrics import Family, Kind
from fingerpost.policy.policy import Policy
from fingerpost.rib.channel_counters import ChannelCounters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fingerpost.api.daemon import Daemon

SECOND = 1_000_000_000


def families(daemon: Daemon) -> list[Family]:
    """Every family, in a stable order."""
    return [
        *_process(daemon),
        *_interfaces(daemon),
        *_tables(daemon),
        *_channels(daemon),
        *_protocols(daemon),
        *ospf_families(daemon),
        *bfd_families(daemon),
        *bgp_families(daemon),
        *_policies(daemon),
        *_journal(daemon),
        *_host(daemon),
    ]


def _process(daemon: Daemon) -> Iterator[Family]:
    from fingerpost.api.endpoints.system import installed_version

    build = Family("fingerpost_build", Kind.INFO, "What runs.")
    build.add(1, version=installed_version(), router=daemon.name)
    yield build
    uptime = Family("fingerpost_uptime_seconds", Kind.GAUGE, "Time since the start.", "seconds")
    uptime.add((daemon.host.now() - daemon.started) / SECOND)
    yield uptime
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = Family("fingerpost_cpu_seconds", Kind.COUNTER, "Processor time used.", "seconds")
    cpu.add(used.ru_utime + used.ru_stime)
    yield cpu
    memory = Family("fingerpost_peak_memory_bytes", Kind.GAUGE, "Most memory held.", "bytes")
    memory.add(used.ru_maxrss * 1024)
    yield memory
    requests = Family("fingerpost_api_requests", Kind.COUNTER, "Questions answered, by status.")
    for status, count in sorted(daemon.requests.items()):
        requests.add(count, status=str(status))
    yield requests


def _interfaces(daemon: Daemon) -> Iterator[Family]:
    up = Family("fingerpost_interface_up", Kind.GAUGE, "1 where an interface carries packets.")
    for one in daemon.host.interfaces:
        up.add(int(one.is_up), interface=one.name)
    yield up


def _tables(daemon: Daemon) -> Iterator[Family]:
    held = Family("fingerpost_rib_prefixes", Kind.GAUGE, "Prefixes that have a candidate.")
    for name, table in daemon.routing.tables.tables.items():
        held.add(len(table), table=name)
    yield held
    changes = Family("fingerpost_fib_changes", Kind.COUNTER, "Changes of what is forwarded by.")
    changes.add(daemon.fib_changes)
    yield changes


def _channels(daemon: Daemon) -> Iterator[Family]:
    held = Family("fingerpost_channel_routes", Kind.GAUGE, "Routes of a protocol in its table.")
    limits = Family("fingerpost_channel_limit", Kind.GAUGE, "How many it may have there.")
    enabled = Family("fingerpost_channel_enabled", Kind.GAUGE, "0 where its limit ended it.")
    through = Family("fingerpost_channel_passed", Kind.COUNTER, "Routes, by what became of them.")
    for name, one in daemon.routing.protocols.items():
        if not one.has_routes:
            continue
        channel, table = one.channel, one.config.table
        held.add(channel.held, protocol=name, table=table)
        enabled.add(int(channel.is_enabled), protocol=name, table=table)
        if channel.limit is not None:
            limits.add(channel.limit.prefixes, protocol=name, table=table)
        for outcome in ChannelCounters.__slots__:
            count = getattr(channel.counters, outcome)
            through.add(count, protocol=name, table=table, outcome=outcome)
    yield from (held, limits, enabled, through)


def _protocols(daemon: Daemon) -> Iterator[Family]:
    """Counters of RIP, by interface."""
    counted = Family("fingerpost_rip_events", Kind.COUNTER, "What an interface did, by kind.")
    faults = Family("fingerpost_rip_faults", Kind.COUNTER, "Packets and routes not taken, by why.")
    neighbors = Family("fingerpost_rip_neighbors", Kind.GAUGE, "Routers that are heard.")
    for name, machine in machines_of(daemon, RIP).items():
        for link in machine.links.values():
            for what, count in link.counters.as_dict().items():
                if isinstance(count, int):
                    counted.add(count, protocol=name, interface=link.name, event=what)
            for why, times in link.counters.faults.items():
                faults.add(times, protocol=name, interface=link.name, reason=str(why))
        neighbors.add(len(machine.reception.neighbors), protocol=name)
    yield from (counted, faults, neighbors)


def _policies(daemon: Daemon) -> Iterator[Family]:
    from fingerpost.api.endpoints.policies import in_use

    hits = Family("fingerpost_policy_hits", Kind.COUNTER, "Routes that a line of a policy meant.")
    seen: dict[str, Policy] = {}
    for policy, _ in in_use(daemon):
        if isinstance(policy, Policy):
            seen.setdefault(policy.name, policy)
    for name, policy in seen.items():
        for statement, count in zip(policy.statements, policy.hits, strict=True):
            hits.add(count, policy=name, line=statement.name)
        hits.add(policy.defaulted, policy=name, line="end")
    yield hits


def _journal(daemon: Daemon) -> Iterator[Family]:
    records = Family("fingerpost_log_records", Kind.COUNTER, "Records of the log, by level.")
    lost = Family("fingerpost_log_lost", Kind.COUNTER, "Records that slow readers lost.")
    for level, count in sorted(daemon.journal.counters.items()):
        if level == "lost":
            lost.add(count)
        else:
            records.add(count, level=level)
    yield from (records, lost)


def _host(daemon: Daemon) -> Iterator[Family]:
    """What the host counts: some go up only, others do not, and it does not say which."""
    counted = Family("fingerpost_host", Kind.GAUGE, "What the host counts, by part and kind.")
    for part, counters in daemon.host.counters().items():
        for what, count in counters.items():
            counted.add(count, part=part, what=what)
    yield counted
