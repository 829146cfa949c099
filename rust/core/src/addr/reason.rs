//! Why a text is not an address or prefix: one closed set, with the place and what would be right.

use std::fmt;

/// Why a text was refused, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub reason: Reason,
    /// Byte offset in the text where it is wrong.
    pub at: usize,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {}); {}", self.reason.fault(), self.at, self.reason.advice())
    }
}

impl std::error::Error for ParseError {}

/// The closed set: one line a reason, with its name, what is wrong, and what would be right.
macro_rules! reasons {
    ($($variant:ident $name:literal $fault:literal, $advice:literal;)*) => {
        /// The closed set of reasons why a text is not an address or prefix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason {
            $(#[doc = $fault] $variant,)*
        }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];

            /// A stable name for programs, words joined by hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Reason::$variant => $name,)* }
            }

            /// What is wrong, for people.
            #[must_use]
            pub const fn fault(self) -> &'static str {
                match self { $(Reason::$variant => $fault,)* }
            }

            /// What would be right, for people.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Reason::$variant => $advice,)* }
            }
        }
    };
}

reasons! {
    Empty "empty" "the text is empty",
        "write an address such as 192.0.2.1 or 2001:db8::1";
    NotAnAddress "not-an-address" "neither dots nor colons as in an address",
        "write four octets (192.0.2.1) or groups with colons (2001:db8::1); names are not resolved";
    Whitespace "whitespace" "white space in or around the address",
        "strip it first";
    Brackets "brackets" "brackets belong to URLs, not to addresses",
        "leave them out";
    TrailingText "trailing-text" "text after the end of the address",
        "give the address alone; a port is not part of it";
    UnexpectedCharacter "unexpected-character" "a character that no address has",
        "IPv4 takes decimal digits and dots, IPv6 hexadecimal digits and colons";
    OctetEmpty "octet-empty" "an octet without digits",
        "write four numbers with single dots between them, as 192.0.2.1";
    OctetLeadingZero "octet-leading-zero" "an octet with a leading zero, which some read as octal",
        "write it in decimal without the zero";
    OctetHexadecimal "octet-hexadecimal" "an octet in hexadecimal",
        "write it in decimal, 0 to 255";
    OctetTooLarge "octet-too-large" "an octet above 255",
        "each of the four numbers is at most 255";
    TooFewOctets "too-few-octets" "fewer than four octets",
        "write all four; short forms such as 127.1 are not accepted";
    TooManyOctets "too-many-octets" "more than four octets",
        "an IPv4 address has exactly four";
    GroupTooLong "group-too-long" "a group of more than four hexadecimal digits",
        "each group has one to four";
    StrayColon "stray-colon" "a single colon at the start or end",
        "only '::' may stand there";
    SecondElision "second-elision" "a second '::'",
        "only one run of zero groups can be left out";
    ElisionOfNothing "elision-of-nothing" "a '::' beside eight groups",
        "leave it out, or leave out a zero group";
    TooFewGroups "too-few-groups" "fewer than eight groups and no '::'",
        "write eight groups, or '::' for the zero ones";
    TooManyGroups "too-many-groups" "more than eight groups",
        "an IPv6 address has eight; an IPv4 part at the end counts as two";
    EmbeddedIpv4NotLast "embedded-ipv4-not-last" "an IPv4 part that is not at the end",
        "only the last 32 bits may be dotted, as ::ffff:192.0.2.1";
    ZoneOnIpv4 "zone-on-ipv4" "a zone on an IPv4 address",
        "only IPv6 addresses have zones";
    ZoneEmpty "zone-empty" "nothing after '%'",
        "name the zone, as fe80::1%eth0";
    ZoneCharacter "zone-character" "a zone with white space, '%' or '/'",
        "use the plain name of the interface, as fe80::1%eth0";
    ZoneForbidden "zone-forbidden" "a zone where none may be",
        "leave out '%' and what follows: a prefix holds for every zone";
    SlashInAddress "slash-in-address" "a length where a plain address is meant",
        "leave it out, or use Prefix or Interface";
    LengthMissing "length-missing" "nothing after the slash",
        "write the prefix length, as 192.0.2.0/24";
    LengthNotDecimal "length-not-decimal" "a prefix length that is not a decimal number",
        "write it in plain digits, as 192.0.2.0/24";
    LengthLeadingZero "length-leading-zero" "a prefix length with a leading zero",
        "write it without";
    LengthTooLarge "length-too-large" "a prefix length above the width of the address",
        "IPv4 takes 0 to 32, IPv6 0 to 128";
    MaskNotContiguous "mask-not-contiguous" "a netmask whose one bits are not together",
        "a netmask is ones, then zeros, as 255.255.255.0";
    MaskIsHostmask "mask-is-hostmask" "a hostmask (wildcard) where a netmask is meant",
        "write its complement, as 255.255.255.0 for 0.0.0.255";
    MaskOnIpv6 "mask-on-ipv6" "a mask after the slash of an IPv6 prefix",
        "write the length in decimal, as 2001:db8::/32";
}

impl Reason {
    /// This reason at byte `at`.
    #[must_use]
    pub const fn at(self, at: usize) -> ParseError {
        ParseError { reason: self, at }
    }
}
