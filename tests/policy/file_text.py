"""A file of policies that have faults of style, and tests that hold."""

from __future__ import annotations

TEXT = """\
prefix-lists:
  ours: [permit 10.0.0.0/8 ge 16 le 24, permit 10.1.0.0/16 le 20]
policies:
  from-rip:
    otherwise: reject
    statements:
      - {name: mark, match: {prefix-list: ours}, set: {tag: 120}, then: continue}
      - {name: near, match: {tag: 120, metric: 1-5}, set: {metric: "+1"}}
      - {name: nearer, match: {tag: 120, metric: 2}}
  bare:
    - {match: {prefix: [10.0.0.0/8 le 9, 10.0.0.0/9]}, set: {add-community: no-export}}
policy-tests:
  - policy: from-rip
    route: 10.1.0.0/16 rip metric 3 via 10.0.0.2
    expect: accept
    line: near
    set: {metric: 4, tag: 120, next-hop: 10.0.0.2}
  - {policy: from-rip, routes: [192.0.2.0/24 rip, 10.1.0.0/16 rip metric 9], expect: reject}
  - policy: bare
    route: 10.0.0.0/9 bgp community 65000:1 as-path 65000 174
    set: {community: ['65000:1', '65535:65281'], as-path: [65000, 174], kind: unicast}
"""
