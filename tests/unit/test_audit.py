"""Parts of the audit that need no chain: findings, data of transactions, the compiler's bugs."""

from dataclasses import replace

from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from jumpstart.audit.bugs import BUGS, LISTED_TO, bugs_of, is_listed
from jumpstart.audit.calldata import Subscription, selector_to, subscriptions_in
from jumpstart.audit.findings import CONSISTENT, DIFFERENT, INCOMPLETE, Findings
from jumpstart.audit.steps import Step
from jumpstart.chain.abi import selector_of
from jumpstart.chain.compiler import EVM_VERSION, SOLC_VERSION, VIA_IR

SALE = "0x" + "11" * 20
SUBSCRIBE = selector_of("subscribe(uint256,uint256,bytes32[])")
STEP = Step(
    transaction="0x", block=1, time=1, sender="", to=SALE, data=b"", events=(), transfers=()
)


def test_values_that_differ_are_named_part_by_part() -> None:
    findings = Findings()
    assert findings.compare("state", "x", {"a": 1, "b": (2, 3)}, {"a": 1, "b": (2, 3)})
    assert findings.verdict == CONSISTENT
    assert not findings.compare("state", "x", {"a": 1, "b": (2, 3)}, {"a": 1, "b": (2, 4)}, "0xaa")
    assert findings.verdict == DIFFERENT
    assert [str(each) for each in findings.all] == [
        "x.b[1]: expected 3, found 4 (transaction 0xaa)"
    ]
    assert findings.compared["state"] == 2 + 3


def test_a_value_that_is_only_there_once_differs() -> None:
    findings = Findings()
    findings.compare("event", "x", {"a": 1}, {"a": 1, "b": 2})
    assert [(each.expected, each.found) for each in findings.all] == [("nothing", "2")]


def test_what_could_not_be_compared_is_not_consistent() -> None:
    findings = Findings()
    findings.leave("x", "not asked")
    assert findings.verdict == CONSISTENT
    findings.miss("y", "not there")
    assert findings.verdict == INCOMPLETE


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**256 - 1),
            st.integers(0, 2**256 - 1),
            st.lists(st.binary(min_size=32, max_size=32), max_size=3),
        ),
        min_size=1,
        max_size=3,
    ),
    st.binary(max_size=70),
)
def test_subscriptions_are_found_wherever_a_wallet_puts_them(
    calls: list[tuple[int, int, list[bytes]]], around: bytes
) -> None:
    """In their order, whatever stands before, between and after them."""
    types = ["uint256", "uint256", "bytes32[]"]
    parts = [SUBSCRIBE + encode(types, list(call)) for call in calls]
    found = subscriptions_in(replace(STEP, data=around + around.join(parts) + around))
    expected = [
        Subscription(amount=amount, holding=holding, proof=tuple(proof))
        for amount, holding, proof in calls
    ]
    if SUBSCRIBE not in around:
        assert found == expected


def test_data_that_only_looks_like_a_subscription_is_none() -> None:
    assert subscriptions_in(replace(STEP, data=SUBSCRIBE + b"\xff" * 96)) == []
    assert subscriptions_in(replace(STEP, data=SUBSCRIBE)) == []


def test_the_function_is_known_only_of_a_direct_call() -> None:
    step = replace(STEP, data=SUBSCRIBE + bytes(96))
    assert selector_to(step, SALE) == SUBSCRIBE
    assert selector_to(step, "0x" + "22" * 20) is None


def test_the_list_of_bugs_covers_the_compiler() -> None:
    assert is_listed(SOLC_VERSION)
    assert not is_listed("0.8.38")
    assert list(bugs_of(SOLC_VERSION, via_ir=VIA_IR, evm=EVM_VERSION)) == []


def test_bugs_are_told_by_version_and_way_of_compiling() -> None:
    def uids(version: str, *, via_ir: bool = True, evm: str = "shanghai") -> set[str]:
        return {bug.uid for bug in bugs_of(version, via_ir=via_ir, evm=evm)}

    assert uids("0.8.35") == {"SOL-2026-2", "SOL-2026-3"}
    assert uids("0.8.35", via_ir=False) == {"SOL-2026-3"}
    assert "SOL-2026-1" not in uids("0.8.30")
    assert "SOL-2026-1" in uids("0.8.30", evm="cancun")
    assert "SOL-2021-1" in uids("0.8.2")
    assert "SOL-2022-7" not in uids("0.8.12")
    assert len({bug.uid for bug in BUGS}) == len(BUGS)
    assert max(bug.fixed for bug in BUGS if len(bug.fixed) == len(LISTED_TO)) <= LISTED_TO
