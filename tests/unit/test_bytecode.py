"""What code shows, wherever in it that stands."""

from hypothesis import given
from hypothesis import strategies as st

from jumpstart.chain.abi import selector_of
from jumpstart.chain.bytecode import Bytecode, _delegates

PUSH1, PUSH3, DELEGATECALL = 0x60, b"\x62", b"\xf4"

# Whole instructions that are no delegation, with any data behind a push.
_steps = st.lists(
    st.one_of(
        st.integers(0x01, 0x5F).map(lambda step: bytes([step])),
        st.integers(1, 32).flatmap(
            lambda size: st.binary(min_size=size, max_size=size).map(
                lambda data: bytes([PUSH1 + len(data) - 1]) + data
            )
        ),
    ),
    max_size=40,
).map(b"".join)
_metadata = st.binary(max_size=60).map(lambda data: data + len(data).to_bytes(2))


def _code(*parts: bytes) -> Bytecode:
    return Bytecode(parts=parts, proxy=None, is_complete=True)


@given(before=st.binary(max_size=50), after=st.binary(max_size=50))
def test_a_function_is_found_wherever_its_selector_stands(before: bytes, after: bytes) -> None:
    """Also in the second of several codes."""
    selector = selector_of("mint(address,uint256)")
    assert _code(b"", before + selector + after).has("mint(address,uint256)")


def test_a_selector_that_begins_with_zero_is_pushed_without_it() -> None:
    """By three bytes, and found only behind such a push."""
    number = next(
        number
        for number in range(100_000)
        if selector_of(f"f{number}()")[0] == 0 and selector_of(f"f{number}()")[1] != 0
    )
    signature = f"f{number}()"
    assert _code(PUSH3 + selector_of(signature)[1:]).has(signature)
    assert not _code(b"\x61" + selector_of(signature)[1:]).has(signature)


def test_a_code_has_none_of_what_it_does_not_have() -> None:
    """In the order of the question."""
    code = _code(selector_of("pause()"), selector_of("mint(uint256)"))
    assert code.found(["mint(uint256)", "stop()", "pause()"]) == ["mint(uint256)", "pause()"]


@given(before=_steps, after=_steps, metadata=_metadata)
def test_only_an_instruction_delegates(before: bytes, after: bytes, metadata: bytes) -> None:
    """Its byte in the data of a push, or behind the code, does not."""
    assert not _delegates(before + after + metadata)
    assert _delegates(before + DELEGATECALL + after + metadata)
