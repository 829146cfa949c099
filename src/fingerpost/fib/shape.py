"""The shape of the Internet's routing table, as counts: what the generator grows its tables from.

Measured by benchmarks/table_shape.py on a full table of 901,899 IPv4 and 160,147 IPv6 prefixes.
A row describes one level of the binary trie whose nodes are the prefixes and all that lies above
them. A node is known by whether it is a prefix, and by how many prefixes lie on the way to it,
itself included (3 stands for 3 and more).

    level | nodes that are no prefix   | nodes that are prefixes                 | children that are
          | and have two children      | with two children, with one             | prefixes
          | after 0, 1, 2, 3 prefixes  | 1: two, one   2: two, one   3: two, one | after 0, 1, 2, 3

A node that is no prefix and does not have two children has one; a prefix may have none.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """The trie of one address family, level by level.

    `roots` are the nodes at the first row's level; `marked_roots` of them are prefixes. A child
    that has no sibling is a right one `right_of_100` times in a hundred. `blocks`: at which levels
    blocks differ in how crowded they are, and by up to what factor.
    """

    width: int
    roots: tuple[int, ...]
    marked_roots: int
    right_of_100: int
    blocks: tuple[tuple[int, int], ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def first_level(self) -> int:
        """The length of the roots."""
        return self.rows[0][0]

    @property
    def prefixes(self) -> int:
        """How many prefixes a table of this shape has."""
        return self.marked_roots + sum(sum(row[11:]) for row in self.rows)


def _rows(text: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, line.split())) for line in text.strip().splitlines())


# Every /8 of unicast space but 10/8 and 127/8; nobody announced anything of 48/8.
V4 = Shape(
    width=32,
    roots=tuple(first for first in range(1, 224) if first not in (10, 48, 127)),
    marked_roots=16,
    right_of_100=47,
    blocks=((8, 6), (16, 6)),
    rows=_rows("""
 8    202     0     0    0     6    5    0    0    0   0      9      4     0     0
 9    389    12     0    0     6    1    4    0    0   0     38      0     0     0
10    727    23     8    0    22    3    0    0    0   0     99      4     0     0
11   1333    81    16    0    57    7    0    2    0   0    268     29     2     0
12   2363   217    27    0   124   30   19    4    1   0    485     76    19     1
13   4101   550    63    1   262   55   42    7   18   2   1025    149    19    10
14   6876  1309   155   25   552  104   75   13   26   3   1636    370    68    26
15  10797  2819   331   64   651  236  176   56   18  11  10284   2863   308    35
16  11889  3699   644   90  3231 1142 1044  267  158  33   4481   2894   695   165
17  18338  9216  2226  292  1352  538  834  343  265  76   6923   4523  1922   430
18  28088 13877  3465  601  2018  821  942  390  590 177  15055   6785  2072   958
19  38684 20754  5563 1272  4671 1759 1352  598  863 342  19405  16771  4587  1848
20  53608 28952  7728 2155  4199 2017 1864 1202 1094 431  23027  18541  6406  2776
21  74056 39443 10749 3282  3668 1852 2143 1165 1157 596  59396  32718 12329  4180
22  82865 45755 11368 4009 11819 3775 2692 1788 1586 774  41454  40450 10474  4132
23 110152 64344 14520 5914  6101 2108 5130 1905 1891 820 261082 196595 58298 21723
24      1    29     2    2    20   89    5   56    1   7      0     16     2     2
25      0    35     7    1     0    0    0    0    0   0      0      3     0     0
26      0    33     6    1     0    0    0    0    0   0      0     11     0     0
27      1    42     9    1     0    0    0    0    0   0      1     14     2     1
28      0    40     9    2     0    0    0    0    0   0      0     16     0     1
29      0    52     8    1     0    0    0    0    0   0      0      3     0     0
30      0    77     9    3     0    0    0    0    0   0      0      3     0     0
31      0   103     5    5     0    0    0    0    0   0      6    684   155    41
"""),
)

# The /12s that hold the allocations of the five registries. Lengths beyond 64 follow apart.
V6 = Shape(
    width=128,
    roots=(0x200, 0x204, 0x240, 0x260, 0x261, 0x262, 0x280, 0x2A0, 0x2A1, 0x2C0),
    marked_roots=0,
    right_of_100=17,
    blocks=((12, 4), (32, 16)),
    rows=_rows("""
12    3     0    0   0    0    0   0   0   0   0     0     0    0    0
13    6     0    0   0    0    0   0   0   0   0     0     0    0    0
14   14     0    0   0    0    0   0   0   0   0     0     0    0    0
15   27     0    0   0    0    0   0   0   0   0     1     0    0    0
16   48     0    0   0    0    0   0   0   0   0     0     0    0    0
17   83     0    0   0    0    0   0   0   0   0     0     0    0    0
18  149     0    0   0    0    0   0   0   0   0     1     0    0    0
19  278     0    0   0    0    1   0   0   0   0    16     0    0    0
20  530     0    0   0    5    4   0   0   0   0     3     0    0    0
21 1044     8    0   0    1    0   0   0   0   0     7     0    0    0
22 1951    16    0   0    0    4   0   0   0   0     8     0    0    0
23 3058    31    0   0    1    3   0   0   0   0    27     3    0    0
24 3661    44    0   0    3    4   1   0   0   0     7     1    0    0
25 3477    89    2   0    0    2   0   0   0   0    15     0    0    0
26 1812   131    4   0    1    4   0   0   0   0    18     2    0    0
27 2192   221    6   0    6    5   0   2   0   0   108    85    0    0
28 3064   419   13   0   20   24   3   3   0   0  4317    50    4    0
29 3149   756   27   0  149  399  10   3   1   0   367   280    3    0
30 1283  1434   68   0   22   29  29  32   0   1   154    61   69    0
31 1903  2725  113   0   14    9  10   0   9  26 16821  5612  106    9
32 1304   134   91   6 1708 2072 111 178   5   9   559  2247  111    9
33 1327  1057  208  15   61   44 530 170  12  20   730   827 1030   16
34 1378  1215  397  26   28   45  32  46 160  40   394   319   70  260
35 1709  1715  635 106   26   43  18  22 168  10  2604  2491  371  530
36  993  1091  768  21   99  177  99 170  17  30   217   374  231   58
37 1363  1312 1367  36    3   37   5  23   1   5   769   484  360    4
38 1557  1702 2306  59   23   57  14  32  47  10   247   436  691    3
39 1901  2044 3268 165    5   55 120  15   3   7  3183  3719 6307  209
40 1356  1195  582 199  143  381  40 203  80  80   423   322  121   37
41 1791  2049  996 482   23   10  13   8   3   7   469   776  995   61
42 2353  2413  999 439   87   26  12  17   6  24   567   218  202   14
43 3313  3665 1619 330   19  291   7   9   2   8  4059  6209 3217  880
44 2839  3005  826 314  147  272  74  87  14  13   285   761  488   19
45 4180  4734 1325 392   29    5  42   5  10   2  1421   596  808  214
46 5414  7270 1776 520   22   16 136  36  96   4   676  1161  983  333
47 8535 10266 2763 868   75   38 111  59 417 107 30575 33151 7936 3826
48    0     5    3   0    4    5   0   7   0   4     0    11    0    0
49    0     4    2   0    0    0   0   0   0   0     0     3    0    0
50    0     4    2   0    0    0   0   0   0   0     0     0    0    0
51    0     1    5   0    0    0   0   0   0   0     0     1    0    0
52    0     3    2   0    0    0   0   0   0   0     0     0    0    0
53    0     4    3   0    0    0   0   0   0   0     0     0    0    0
54    0     5    0   0    0    0   0   0   0   0     0     1    0    0
55    0     3    3   0    0    0   0   0   0   0     1    18    3    2
56    0     4    1   0    0    0   0   0   0   0     0     0    0    0
57    0    11    0   0    0    0   0   0   0   0     0    20    0    0
58    0     4    2   0    0    0   0   0   0   0     0     0    0    0
59    0     3    3   1    0    0   0   0   0   0     2     0    0    0
60    0     7    5   0    0    0   0   0   0   0     0     0    0    0
61    0     6   10   0    0    0   0   0   0   0     0     0    0    0
62    0    11    5   0    0    0   0   0   0   0     0     0    0    0
63    1    14   14   0    0    0   0   0   0   0     5   101   74    4
"""),
)

# Length and how many of it: the routes of IPv6 that are longer than a subnet.
V6_LONGER_THAN_64 = ((112, 2), (122, 1), (124, 4), (125, 9), (126, 19), (127, 42), (128, 6))
