"""Secrets: where they come from, and that nothing ever prints them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from texts import file_of

from fingerpost.config.build import build
from fingerpost.config.diff import compare
from fingerpost.config.faults import FileError
from fingerpost.config.load import loads
from fingerpost.config.tree.secrets import MASK, Secret, secret
from fingerpost.errors import UsageError

SECRET = "hunter2-ToP"


def test_a_secret_comes_from_the_environment_a_file_or_stands_there(tmp_path: Path) -> None:
    (tmp_path / "rip.key").write_bytes(b"from a file\r\n")
    environment = {"KEY": "from outside"}
    found = {
        text: secret(text).resolve(tmp_path, environment)
        for text in ("env:KEY", "file:rip.key", "hex:00ff", "text:env:KEY", "plain: it is", "x")
    }
    assert found == {
        "env:KEY": b"from outside",
        "file:rip.key": b"from a file",
        "hex:00ff": b"\x00\xff",
        "text:env:KEY": b"env:KEY",
        "plain: it is": b"plain: it is",
        "x": b"x",
    }


@pytest.mark.parametrize(
    ("text", "content", "said"),
    [
        ("env:NONE", b"", "the environment has no 'NONE'"),
        ("file:other", b"", "other cannot be read: No such file or directory"),
        ("file:rip.key", b"", "rip.key is empty"),
        ("file:rip.key", b"\n", "rip.key is empty"),
        ("file:rip.key", b"x" * 4097, "rip.key is larger than 4096 bytes"),
        ("file:.", b"", "cannot be read: Is a directory"),
    ],
)
def test_a_secret_that_cannot_be_had_is_told(
    tmp_path: Path, text: str, content: bytes, said: str
) -> None:
    (tmp_path / "rip.key").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        secret(text).resolve(tmp_path, {})


def test_a_secret_shows_its_place_and_never_itself() -> None:
    assert str(secret("env:KEY")) == "env:KEY"
    assert str(secret("file:rip.key")) == "file:rip.key"
    for text in (SECRET, f"text:{SECRET}", "hex:" + SECRET.encode().hex()):
        held = secret(text)
        assert str(held) == MASK
        assert SECRET not in repr(held)
        assert SECRET.encode().hex() not in repr(held)


FAULTY = [
    f"key-chains: {{k: {{keys: [{{id: 1, secret: [{SECRET}]}}]}}}}",
    f"key-chains: {{k: {{keys: [{{id: 1, secret: {SECRET}, algorithm: none}}]}}}}",
    f"key-chains: {{k: {{keys: [{{id: 1, secret: !{SECRET} x}}]}}}}",
    f"key-chains: {{k: {{keys: [{{id: 1, secret: *{SECRET}}}]}}}}",
    f"key-chains: {{k: {{keys: [{SECRET}]}}}}",
    f"key-chains: {{k: {{keys: {SECRET}}}}}",
    f"key-chains: {{k: {SECRET}}}",
    f"key-chains: {SECRET}",
    f"rip: {{interfaces: {{e: {{authentication: {SECRET}}}}}}}",
    f"rip: {{interfaces: {{e: {{authentication: [{SECRET}]}}}}}}",
    f"rip: {{interfaces: {{e: {{authentication: {{password: {{a: {SECRET}}}}}}}}}}}",
    f"rip: {{interfaces: [{{e: {{authentication: {{password: {SECRET}}}}}}}]}}",
    f"rip: {{interfaces: {{e: 'password {SECRET}'}}}}",
    f"rip: {{interfaces: {{e: {{password: {SECRET}}}}}}}",
    f"rip: [{{password: {SECRET}}}]",
    f"router: {{password: {SECRET}}}",
    f"- {{secret: {SECRET}}}",
]


@pytest.mark.parametrize("text", FAULTY)
def test_no_message_repeats_a_secret(text: str) -> None:
    with pytest.raises(FileError) as caught:
        loads(text)
    assert SECRET not in str(caught.value)


WORD = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=6, max_size=12)


@given(WORD)
def test_a_secret_is_in_no_tree_difference_configuration_or_error(tail: str) -> None:
    word = f"\u20ac{tail}"  # which stands nowhere else

    def text(one: str) -> str:
        keys = [{"id": 1, "secret": f"text:{one}", "algorithm": "hmac-sha-256"}]
        return yaml.safe_dump(
            {
                "key-chains": {"k": {"keys": keys}},
                "rip": {"interfaces": {"e": {"authentication": {"key-chain": "k"}}}},
            },
            allow_unicode=True,
        )

    before, after = loads(text("another one")), loads(text(word))
    difference = compare(before.tree, after.tree)
    assert len(difference.changes) == 1
    said = f"{difference} {difference.as_dict()} {after!r} {build(after, {})!r}"
    assert word not in said


def test_the_bytes_of_a_secret_reach_the_protocol() -> None:
    file = file_of("""
        rip: {interfaces: {e: {authentication: {password: env:WORD}}}}
    """)
    settings = build(file, {"WORD": "sesame"}).protocols["rip"].settings
    assert "sesame" not in repr(settings)
    assert getattr(settings, "interfaces")[0].authenticator.password == b"sesame"  # noqa: B009 - Any


def test_a_secret_that_cannot_be_had_is_a_fault_of_its_line() -> None:
    file = file_of("""
        rip:
          interfaces:
            e: {authentication: {password: env:WORD}}
            f: {authentication: {password: file:/no/such/file}}
            g: {authentication: {password: much longer than sixteen}}
    """)
    with pytest.raises(FileError) as caught:
        build(file, {})
    assert str(caught.value).splitlines() == [
        "router.yaml:4:26: rip.interfaces.e.authentication.password: the environment has no 'WORD'",
        "router.yaml:5:26: rip.interfaces.f.authentication.password: /no/such/file cannot be read: "
        "No such file or directory",
        "router.yaml:6:26: rip.interfaces.g.authentication.password: a rip password has 24 bytes, "
        "expected 1 to 16",
    ]


def test_secrets_are_equal_by_what_they_say() -> None:
    assert secret("text:x") == secret("x") == Secret("text", "x")
    assert secret("env:x") != secret("x")
