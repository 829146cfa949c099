//! The fuzz targets on stable Rust: their seeds, every input that ever broke one, and some
//! thousands of mutations, the same on every run. `fuzz/README.md` says how to fuzz for real.

#[path = "../../../../fuzz/src/lib.rs"]
mod bodies;
mod mutate;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use mutate::Mutator;

/// Mutated inputs for each target.
const ROUNDS: usize = 4_000;

fn files(kind: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Run a target on an input; where it panics, say how to get at the input.
fn run(check: fn(&[u8]), name: &str, input: &[u8]) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(input))) {
        eprintln!("{name} breaks its invariant on {:?}", input.escape_ascii().to_string());
        resume_unwind(panic);
    }
}

#[test]
fn inputs_that_once_broke_a_target_do_so_no_more() {
    for (name, check) in bodies::TARGETS {
        for file in files("regressions", name) {
            let input = fs::read(&file).expect("a regression file can be read");
            run(*check, &file.display().to_string(), &input);
        }
    }
}

#[test]
fn every_target_holds_on_its_seeds_and_their_mutations() {
    for (name, check) in bodies::TARGETS {
        let seeds: Vec<Vec<u8>> = files("seeds", name)
            .into_iter()
            .chain(files("regressions", name))
            .map(|file| fs::read(file).expect("a seed file can be read"))
            .collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        seeds.iter().for_each(|seed| run(*check, name, seed));
        let mut mutator = Mutator::new(name, seeds);
        for _ in 0..ROUNDS {
            run(*check, name, &mutator.next_input());
        }
    }
}

#[test]
fn every_target_says_its_invariant_first_and_has_a_binary() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    for (name, _) in bodies::TARGETS {
        let body = fs::read_to_string(fuzz.join(format!("src/{name}.rs"))).expect("a body");
        assert!(body.starts_with("//! "), "{name}");
        assert!(fuzz.join(format!("fuzz_targets/{name}.rs")).exists(), "{name}");
    }
}
