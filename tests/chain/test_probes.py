"""What probing says of odd tokens, each against the plain one of which nothing holds."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from jumpstart.chain.addresses import clone_creation
from jumpstart.chain.balances import balance_of, holdings
from jumpstart.chain.bytecode import BEACON_SLOT, IMPLEMENTATION_SLOTS, bytecode_of
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.fork import copied
from jumpstart.chain.probes import CODES, probe, probe_on
from jumpstart.chain.trials import Bench, Move
from jumpstart.errors import InputError
from jumpstart.lint.traits import Trait

SUPPLY = 10**24
THRESHOLD = 10**20
STRANGER = "0x" + 20 * "5a"
NEEDS_A_TRANSFER = {
    "no-return-value",
    "returns-false",
    "fee-on-transfer",
    "rebasing",
    "hooks",
}
NEEDS_CODE = set(CODES) - {"no-code", "not-probed"}

# Balances stand at the account's own number; every other call copies memory by an opcode that came
# after Shanghai.
_RUNTIME = bytes.fromhex("5f3560e01c6370a08231146013575f5f5f5e005b600435545f5260205ff3")
NEWER_RULES = bytes.fromhex(f"60{len(_RUNTIME):02x}8060095f395ff3") + _RUNTIME

Tokens = Mapping[str, str]
Probed = Callable[[str], list[Trait]]


class _Maker:
    """Deploys tokens on the source, and keeps their addresses by a name for each case."""

    def __init__(self, chain: Chain, deployer: LocalAccount) -> None:
        self.chain = chain
        self.deployer = deployer
        self.made: dict[str, str] = {}

    def __call__(self, case: str, name: str, *args: Any) -> Contract:
        token = self.chain.deploy(name, *args, sender=self.deployer)
        self.made[case] = token.address
        return token

    def raw(self, case: str, creation: bytes) -> None:
        address = self.chain.deploy_code(creation, sender=self.deployer).contract_address
        assert address is not None
        self.made[case] = address


@pytest.fixture(scope="module")
def tokens(chain: Chain, deployer: LocalAccount) -> Tokens:
    """Every token of the tables below, on the source."""
    make = _Maker(chain, deployer)
    make("plain", "ProjectToken", "Plain", "PLN", 18, SUPPLY, deployer.address)
    for name in ("NoReturnToken", "QuietToken", "LyingToken", "BlockingToken", "RaceGuardToken"):
        make(name, name, SUPPLY)
    refusing = make("switched to false", "FalseReturningToken", SUPPLY)
    refusing.send("setRefusing", True, sender=deployer)
    make("fee", "FeeToken", SUPPLY).send("setFeeBps", 100, sender=deployer)
    make("fee without rate", "FeeToken", SUPPLY)
    make("fee of large", "SometimesFeeToken", SUPPLY, THRESHOLD, False, False)
    make("fee of contracts", "SometimesFeeToken", SUPPLY, 0, True, False)
    make("fee on top", "SometimesFeeToken", SUPPLY, 0, False, True)
    make("grows by time", "SharesToken", SUPPLY, True)
    make("grows by transfers", "SharesToken", SUPPLY, False)
    make("ruled", "RuledToken", SUPPLY)
    make("paused", "RuledToken", SUPPLY).send("setPaused", True, sender=deployer)
    make("tells receivers", "TellingToken", SUPPLY)
    make("calls anybody", "ReentrantToken", SUPPLY).send("arm", STRANGER, b"", sender=deployer)
    make("calls nobody", "ReentrantToken", SUPPLY)
    for number, layout in enumerate(("vyper", "namespaced", "packed", "external")):
        make(f"layout {layout}", "LayoutToken", SUPPLY, number)
    make("mirrored", "MirroredToken", SUPPLY)
    moved = make("mirrored and moved", "MirroredToken", SUPPLY)
    moved.send("transfer", STRANGER, 10**9, sender=deployer)
    target = make.made["BlockingToken"]
    for standard, slot in IMPLEMENTATION_SLOTS.items():
        make(f"proxy {standard}", "SlotProxy", slot.to_bytes(32), target, False)
    beacon = make("beacon", "SlotBeacon", target)
    make("proxy beacon", "SlotProxy", BEACON_SLOT.to_bytes(32), beacon.address, True)
    make("proxy of its own", "SlotProxy", (77).to_bytes(32), target, False)
    make.raw("clone", clone_creation(target, b""))
    make.raw("newer rules", NEWER_RULES)
    make.made["no token"] = chain.deploy("RefusalMock", 1, sender=deployer).address
    make.made["nothing"] = STRANGER
    return make.made


@pytest.fixture(scope="module")
def copy(chain: Chain, tokens: Tokens) -> Iterator[Chain]:
    with copied(chain.url, artifacts=chain.artifacts) as made:
        yield made


@pytest.fixture(scope="module")
def traits_of(copy: Chain, tokens: Tokens) -> Probed:
    """Each token is probed once: the copy is left as it was found."""
    return functools.cache(lambda case: probe_on(copy, tokens[case]))


def _held(traits: list[Trait]) -> set[str]:
    return {each.code for each in traits if each.holds}


def _unknown(traits: list[Trait]) -> set[str]:
    return {each.code for each in traits if each.holds is None}


def _detail(traits: list[Trait], code: str) -> str:
    return next(each.detail for each in traits if each.code == code)


@pytest.mark.parametrize(
    ("case", "held"),
    {
        "plain": set(),
        "NoReturnToken": {"no-return-value"},
        "QuietToken": {"returns-false"},
        "LyingToken": {"returns-false"},
        "fee without rate": set(),
        "fee": {"fee-on-transfer"},
        "fee of large": {"fee-on-transfer"},
        "fee of contracts": {"fee-on-transfer"},
        "fee on top": {"fee-on-transfer"},
        "grows by time": {"rebasing"},
        "grows by transfers": {"rebasing", "fee-on-transfer"},
        "BlockingToken": {"blocking"},
        "ruled": {"pausable", "mintable"},
        "RaceGuardToken": {"approval-race", "no-return-value"},
        "calls nobody": set(),
        "calls anybody": {"hooks"},
        "tells receivers": {"hooks"},
        "clone": {"blocking"},
        "proxy beacon": {"blocking", "upgradeable"},
        "proxy of its own": {"blocking", "upgradeable"},
        "layout external": {"hooks"},
        "mirrored and moved": set(),
    }.items(),
)
def test_what_holds_of_a_token_is_found(traits_of: Probed, case: str, held: set[str]) -> None:
    """All of it, nothing else, and nothing stays unknown."""
    traits = traits_of(case)
    assert [each.code for each in traits] == list(CODES)
    assert _held(traits) == held
    assert _unknown(traits) == set()
    assert all(each.detail for each in traits)


@pytest.mark.parametrize(
    ("case", "held", "unknown", "reason"),
    [
        (
            "nothing",
            {"no-code", "not-probed"},
            NEEDS_CODE,
            f"there is no code at {to_checksum_address(STRANGER)}",
        ),
        (
            "switched to false",
            {"returns-false", "not-probed"},
            NEEDS_A_TRANSFER - {"returns-false"},
            "it moves nothing",
        ),
        (
            "paused",
            {"pausable", "mintable", "not-probed"},
            NEEDS_A_TRANSFER,
            "Error(RuledToken: paused)",
        ),
        ("mirrored", {"not-probed"}, NEEDS_A_TRANSFER, "no account with a balance was found"),
        (
            "newer rules",
            {"not-probed"},
            NEEDS_A_TRANSFER | {"approval-race"},
            "by the rules of Shanghai",
        ),
        ("no token", {"not-probed"}, NEEDS_A_TRANSFER | {"approval-race"}, "balanceOf is refused"),
    ],
)
def test_what_cannot_be_tried_is_unknown_and_says_why(
    traits_of: Probed, case: str, held: set[str], unknown: set[str], reason: str
) -> None:
    """Never a clean bill for what was not seen."""
    traits = traits_of(case)
    assert [each.code for each in traits] == list(CODES)
    assert _held(traits) == held
    assert _unknown(traits) == unknown
    for each in traits:
        if each.code == "not-probed" or each.code in unknown & NEEDS_A_TRANSFER:
            assert reason in each.detail


@pytest.mark.parametrize(
    ("case", "code", "detail"),
    [
        (
            "fee of contracts",
            "fee-on-transfer",
            "transfer of 10007 to a contract: 10007 taken, 9907 received",
        ),
        (
            "QuietToken",
            "returns-false",
            "transfer of 1 to an account, more than there is, returned false, 0 received",
        ),
        ("NoReturnToken", "no-return-value", "transfer and transferFrom returned nothing"),
        (
            "RaceGuardToken",
            "approval-race",
            "an approval of 5 cannot become one of 7: Error(RaceGuardToken: approved)",
        ),
        ("ruled", "pausable", "the code has paused() and setPaused(bool)"),
        (
            "proxy beacon",
            "upgradeable",
            "a proxy, which finds its implementation by the beacon of EIP-1967",
        ),
    ],
)
def test_a_detail_has_the_figures_that_were_seen(
    traits_of: Probed, case: str, code: str, detail: str
) -> None:
    """A reader can repeat it."""
    assert _detail(traits_of(case), code) == detail


def test_a_hook_is_named_by_whom_it_calls(traits_of: Probed) -> None:
    """The receiver, or the account by its address."""
    assert _detail(traits_of("tells receivers"), "hooks").endswith(
        " to a contract called its receiver"
    )
    assert _detail(traits_of("calls anybody"), "hooks").endswith(
        f" called {to_checksum_address(STRANGER)}"
    )


@pytest.mark.parametrize("standard", IMPLEMENTATION_SLOTS)
def test_a_proxy_shows_the_functions_of_its_implementation(
    copy: Chain, tokens: Tokens, standard: str
) -> None:
    """Whichever standard says where its address stands."""
    code = bytecode_of(copy, tokens[f"proxy {standard}"])
    assert code.proxy == f"at the slot of {standard}"
    assert code.has("isBlocked(address)")
    assert not code.has("isFrozen(address)")
    assert code.is_complete


def test_code_that_delegates_nobody_knows_where_is_incomplete(copy: Chain, tokens: Tokens) -> None:
    """Until a call was seen that shows where."""
    token = tokens["proxy of its own"]
    assert not bytecode_of(copy, token).is_complete
    assert bytecode_of(copy, token, [tokens["BlockingToken"]]).is_complete


# ---------------------------------------------------------------------------------------- holders


def test_a_holder_that_pays_no_fee_hides_none(
    copy: Chain, tokens: Tokens, deployer: LocalAccount
) -> None:
    """Who deployed the token is exempt; who got it from there is not."""
    traits = probe_on(copy, tokens["fee of large"], deployer.address)
    assert "the given holder" in _detail(traits, "not-probed")
    assert _held(traits) == {"fee-on-transfer"}


def test_a_holder_may_be_a_contract_or_have_nothing(
    copy: Chain, tokens: Tokens, deployer: LocalAccount
) -> None:
    """A pool's balance serves as well; without any, one is written."""
    token, pool = tokens["plain"], tokens["BlockingToken"]
    assert "whose balance was written" in _detail(probe_on(copy, token, pool), "not-probed")
    snapshot = copy.snapshot()
    copy.contract("ProjectToken", token).send("transfer", pool, 10**6, sender=deployer)
    traits = probe_on(copy, token, pool)
    copy.revert(snapshot)
    assert _detail(traits, "not-probed") == "tried with 1000000 of the given holder"
    assert _held(traits) == set()


@pytest.mark.parametrize(
    "case", ["plain", "layout vyper", "layout namespaced", "layout packed", "layout external"]
)
def test_a_balance_is_written_wherever_a_token_keeps_it(
    copy: Chain, tokens: Tokens, case: str
) -> None:
    """The account is fresh, and nobody else got any."""
    snapshot = copy.snapshot()
    holding = next(holdings(copy, tokens[case], None))
    assert "whose balance was written" in holding.origin
    assert holding.amount == balance_of(copy, tokens[case], holding.account) > 0
    assert balance_of(copy, tokens[case], STRANGER) == 0
    copy.revert(snapshot)
    assert balance_of(copy, tokens[case], holding.account) == 0


def test_the_latest_recipient_serves_where_no_balance_can_be_written(traits_of: Probed) -> None:
    """One who was paid on the source, before the copy was made."""
    assert _detail(traits_of("mirrored and moved"), "not-probed") == (
        f"tried with 1000000000 of {to_checksum_address(STRANGER)}, paid of late"
    )


# ---------------------------------------------------------------------------------------- copies


def test_a_copy_is_left_as_it_was_found(copy: Chain, tokens: Tokens) -> None:
    """Of the state and of time."""
    token = copy.contract("ProjectToken", tokens["plain"])
    before = copy.header(), token.call("totalSupply"), copy.balance(STRANGER)
    first = probe_on(copy, tokens["plain"])
    assert (copy.header(), token.call("totalSupply"), copy.balance(STRANGER)) == before
    assert probe_on(copy, tokens["plain"]) == first


def test_ganache_sees_what_anvil_sees(
    chain: Chain, copy: Chain, tokens: Tokens, traits_of: Probed
) -> None:
    """They run and list the same steps, so every word of the answer is the same."""
    with copied(chain.url, artifacts=None, kind="ganache") as other:
        assert probe_on(other, tokens["mirrored and moved"]) == traits_of("mirrored and moved")
        moves = [_told(each, tokens["tells receivers"]) for each in (copy, other)]
    assert moves[0] == moves[1]
    assert moves[0].calls == ("its receiver",)


def _told(copy: Chain, token: str) -> Move:
    """A transfer to a contract, from an account whose balance was written."""
    bench = Bench(copy, token)
    with bench.trial():
        holder = next(holdings(copy, token, None)).account
        return bench.move("transfer", holder, bench.contract, 1000, traced=True)


def test_probing_a_chain_leaves_it_as_it_was(
    chain: Chain, tokens: Tokens, deployer: LocalAccount
) -> None:
    """It is only read."""
    head = chain.header()
    traits = probe(chain.url, tokens["fee"], holder=deployer.address, chain_id=chain.chain_id)
    assert _held(traits) == {"fee-on-transfer"}
    assert chain.header() == head


@pytest.mark.parametrize(
    ("token", "holder", "field"),
    [
        ("0x12", None, "token"),
        (STRANGER, "0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96045", "holder"),
    ],
)
def test_what_is_no_address_is_bad_input(
    copy: Chain, token: str, holder: str | None, field: str
) -> None:
    """Too short, or with a letter whose case is wrong: the field is named."""
    with pytest.raises(InputError, match=f"^{field}: "):
        probe_on(copy, token, holder)
    with pytest.raises(InputError, match=f"^{field}: "):
        probe(copy.url, token, holder=holder)
