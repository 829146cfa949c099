//! Inputs made from seeds by the changes that fuzzers make, from a fixed start.

/// Values at which lengths and counts go wrong.
const INTERESTING: [u8; 9] = [0, 1, 4, 16, 31, 32, 127, 128, 255];
/// No input grows beyond this.
const LONGEST: usize = 4096;

/// An endless source of inputs; the same for the same name and seeds.
pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    state: u64,
}

impl Mutator {
    pub fn new(name: &str, seeds: Vec<Vec<u8>>) -> Self {
        let state = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Mutator { seeds, state }
    }

    /// xorshift64*.
    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.random() >> 33) as usize % bound.max(1)
    }

    /// One in eight is noise; the others are a seed with one to eight changes.
    pub fn next_input(&mut self) -> Vec<u8> {
        if self.below(8) == 0 {
            let len = self.below(64);
            return (0..len).map(|_| self.random() as u8).collect();
        }
        let pick = self.below(self.seeds.len());
        let mut input = self.seeds[pick].clone();
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (at, end) = (self.below(input.len() + 1), self.below(input.len() + 1));
        let (from, to) = (at.min(end), at.max(end).min(at.min(end) + 64));
        match self.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = INTERESTING[self.below(INTERESTING.len())],
            2 if at < input.len() => input[at] = self.random() as u8,
            3 => input.insert(at, self.random() as u8),
            4 => drop(input.drain(from..to)),
            5 => {
                let copied = input[from..to].to_vec();
                input.splice(at..at, copied);
            }
            6 => input.truncate(at),
            _ => {
                let other = self.below(self.seeds.len());
                let cut = self.below(self.seeds[other].len() + 1);
                input.truncate(at);
                input.extend_from_slice(&self.seeds[other][cut..]);
            }
        }
    }
}
