use fingerpost_core::addr::{Ip, Net, parse_net};
use fingerpost_core::forward::*;
use fingerpost_core::lpm::*;
use std::time::Instant;

fn rnd(s: &mut u64) -> u64 {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    s.wrapping_mul(0x9e3779b97f4a7c15) >> 7
}

fn main() {
    let simd = match std::env::args().nth(1).as_deref() {
        Some("scalar") => Simd::Scalar,
        Some("avx2") => Simd::Avx2,
        _ => Simd::Avx512,
    };
    let form = match std::env::args().nth(2).as_deref() {
        Some("compact") => Form::Compact,
        _ => Form::Fast,
    };
    let only = std::env::args().nth(3);
    let text = String::from_utf8(
        std::process::Command::new("zcat")
            .arg("/work/shared/data/table/prefixes.txt.gz")
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    let nets: Vec<Net> =
        text.lines().filter_map(|l| parse_net(l.as_bytes()).ok()).map(|n: Net| n).collect();
    let mut table = Table::new(form);
    let mut s = 88172645463325252u64;
    let mut leaf = vec![0u32];
    for &n in &nets {
        let p = table.put(n).unwrap();
        leaf.resize(leaf.len().max(p.slot as usize + 1), 0);
        leaf[p.slot as usize] = 1 + (rnd(&mut s) % 16) as u32;
    }
    let macs = |p: u8| [2, 0, 0, 0, 0, p];
    let specials: Vec<(Net, Reason)> = [
        "0.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "224.0.0.0/4",
        "100.64.0.0/10",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "192.88.99.0/24",
        "::/128",
        "::1/128",
        "::ffff:0:0/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:2::/48",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
        "2001:10::/28",
    ]
    .iter()
    .map(|t| (parse_net(t.as_bytes()).unwrap(), Reason::Special))
    .collect();
    for (name, v6share, rpf, ecmp) in [
        ("v4 plain", 0, false, false),
        ("v6 plain", 100, false, false),
        ("mixed full", 50, true, true),
        ("v4 rpf", 0, true, false),
        ("v4 ecmp", 0, false, true),
    ] {
        if only.as_deref().is_some_and(|o| !name.contains(o)) {
            continue;
        }
        let groups = (0..16u32)
            .map(|g| {
                if ecmp && g % 2 == 0 {
                    Group::Buckets((0..256).map(|b| 1 + (b * 7 + g) % 16).collect())
                } else {
                    Group::Buckets(vec![1 + g])
                }
            })
            .collect();
        let setup = Setup {
            routes: table.compile(form, &leaf),
            ports: (0..9)
                .map(|p| Port {
                    mac: macs(p),
                    mtu: 1500,
                    is_border: false,
                    reverse: rpf.then(|| vec![!0; 1]),
                })
                .collect(),
            adjacencies: (0..16)
                .map(|a| Adjacency { port: 1 + a % 8, destination: Some([2, 1, 0, 0, 0, a as u8]) })
                .collect(),
            groups,
            special: specials.clone(),
            neighbours: vec![],
            seed: 42,
        };
        let tables = Tables::new(setup).unwrap();
        let mut fwd = Forward::new(tables);
        fwd.set_simd(simd);
        let v4: Vec<u32> = nets
            .iter()
            .filter_map(|n| {
                if let Ip::V4(a) = n.ip() {
                    Some(a | (n.len() as u32 - 1) & 0xff & !0)
                } else {
                    None
                }
            })
            .collect();
        let v6: Vec<u128> = nets
            .iter()
            .filter_map(|n| if let Ip::V6(a) = n.ip() { Some(a | 1) } else { None })
            .collect();
        for (size, label) in [(4096usize, "hot"), (1 << 20, "cold")] {
            if std::env::args().nth(4).is_some_and(|w| w != label) {
                continue;
            }
            let mut bytes = vec![0u8; size * 64 + (4 << 20)];
            let skip = bytes.as_ptr().align_offset(2 << 20);
            unsafe extern "C" {
                fn madvise(p: *mut u8, n: usize, a: i32) -> i32;
            }
            let buf = &mut bytes[skip..skip + size * 64];
            unsafe { madvise(buf.as_mut_ptr(), size * 64, 14) };
            for f in buf.chunks_mut(64) {
                f[..6].copy_from_slice(&macs(0));
                f[6..12].copy_from_slice(&[2, 9, 9, 9, 9, 9]);
                if (rnd(&mut s) % 100) < v6share {
                    f[12] = 0x86;
                    f[13] = 0xdd;
                    f[14] = 0x60;
                    f[18] = 0;
                    f[19] = 10;
                    f[20] = 17;
                    f[21] = 255;
                    f[22..38].copy_from_slice(&v6[rnd(&mut s) as usize % v6.len()].to_be_bytes());
                    f[38..54].copy_from_slice(&v6[rnd(&mut s) as usize % v6.len()].to_be_bytes());
                } else {
                    f[12] = 8;
                    f[13] = 0;
                    f[14] = 0x45;
                    f[16] = 0;
                    f[17] = 50;
                    f[22] = 255;
                    f[23] = 17;
                    f[26..30].copy_from_slice(&v4[rnd(&mut s) as usize % v4.len()].to_be_bytes());
                    f[30..34].copy_from_slice(&v4[rnd(&mut s) as usize % v4.len()].to_be_bytes());
                    let sum: u32 =
                        f[14..34].chunks(2).map(|h| u32::from(h[0]) << 8 | u32::from(h[1])).sum();
                    let sum = (sum & 0xffff) + (sum >> 16);
                    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
                    f[24..26].copy_from_slice(&sum.to_be_bytes());
                }
                for b in &mut f[54..64] {
                    *b = rnd(&mut s) as u8;
                }
            }
            let clean = buf.to_vec();
            let lengths = vec![64u32; size];
            let mut out = vec![Outcome::default(); size];
            let (mut best, mut left) = (f64::MAX, 0);
            let t0 = Instant::now();
            let mut turns = 0;
            while t0.elapsed().as_secs_f64() < 1.5 {
                // restore macs and ttl only now and then
                let runs = if size == 4096 { 100 } else { 1 };
                buf.copy_from_slice(&clean);
                let t = Instant::now();
                for _ in 0..runs {
                    // put destination mac and ttl back is outside what is measured: use ingress mac = rewritten mac
                    left = fwd
                        .run(
                            &mut Frames::new(buf, &lengths, Place::Slots(64)).unwrap(),
                            0,
                            &mut out,
                        )
                        .unwrap();
                    if runs > 1 {
                        break;
                    }
                }
                best = best.min(t.elapsed().as_secs_f64() / size as f64);
                turns += 1;
            }
            let c = &fwd.counters().ports[0];
            println!(
                "{name:10} {label:5} {:7.1} M/s  {:5.2} ns  {left}/{size} turns {turns} up {:?}",
                1e-6 / best,
                best * 1e9,
                c.handed_up
                    .iter()
                    .enumerate()
                    .filter(|x| *x.1 > 0)
                    .map(|(i, n)| (Reason::names()[i], n / turns))
                    .collect::<Vec<_>>()
            );
        }
    }
}
