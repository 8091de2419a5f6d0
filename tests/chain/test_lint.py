"""Lint with a chain: what it knows of tokens, accounts and the platform, and how tokens behave on it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from eth_account.signers.local import LocalAccount

from jumpstart.chain.client import Block, BlockHeader, Chain
from jumpstart.chain.probes import CODES
from jumpstart.cli import main
from jumpstart.errors import ChainError
from jumpstart.lint import on_chain, registry
from jumpstart.lint.findings import Finding, Severity
from jumpstart.lint.linter import Subject
from jumpstart.lint.on_chain import looked_at
from jumpstart.lint.tokens import PAYMENT_TOKEN, SALE_TOKEN
from jumpstart.lint.traits import Trait
from jumpstart.times import parse_time
from tests.chain.stage import Stage
from tests.unit.conftest import PROJECT

NOW: Final = "2019-06-01T00:00:00Z"
EM: Final = 10**18
# Of a token that is there, by whoever the options say.
FILE: Final = re.sub(
    r"\[(application|tokens\.sale\.creation)\][^\[]*",
    "",
    (PROJECT / "sales" / "em-2019-07.toml").read_text(),
).replace('soft_cap = "none"', 'soft_cap = "252000 USDT"')


def unremarkable(token: str, holder: str | None) -> list[Trait]:
    """In place of a probe, where the behaviour of tokens is not what a test is about."""
    return [Trait(code=code, holds=False, detail="fine") for code in SALE_TOKEN]


@dataclass(frozen=True, kw_only=True)
class Look:
    """A file, and what is known beside it."""

    chain: Chain
    text: str
    names: dict[str, str]
    options: dict[str, Any] = field(default_factory=dict)

    def named(self, **names: str) -> "Look":
        """With other addresses."""
        changed = {name.replace("_", "-"): address for name, address in names.items()}
        return replace(self, names=self.names | changed)

    def edited(self, old: str, new: str) -> "Look":
        assert old in self.text
        return replace(self, text=self.text.replace(old, new, 1))

    def findings(self, probe: Any = unremarkable) -> tuple[Finding, ...]:
        subject = Subject(self.text)
        case = subject.case(self.names, now=parse_time(NOW))
        assert case is not None
        case, found = looked_at(case, self.chain, probe=probe, **self.options)
        return subject.report(case, found).findings

    def codes(self, probe: Any = unremarkable) -> list[tuple[str, str]]:
        return [(each.code, each.field) for each in self.findings(probe)]


Make = Callable[[str, str, int, int], str]


@pytest.fixture
def make(chain: Chain, project: LocalAccount) -> Make:
    """Deploys a token that is all the project's, and gives its address."""

    def make(name: str, symbol: str, decimals: int, supply: int) -> str:
        return chain.deploy(
            "ProjectToken", name, symbol, decimals, supply, project.address, sender=project
        ).address

    return make


@pytest.fixture
def look(chain: Chain, stage: Stage, make: Make, project: LocalAccount) -> Look:
    """Good terms on a platform that is there, with tokens that are as the file says."""
    people = stage.people
    return Look(
        chain=chain,
        text=FILE.replace("chain_id = 1337", f"chain_id = {chain.chain_id}"),
        names={
            "sale-token": make("Eminer", "EM", 18, 2_100_000_000 * EM),
            "payment-token": make("Tether", "USDT", 6, 10**18),
            "holding-token": make("Okay", "OKB", 18, 300_000_000 * EM),
            "pass-registry": stage.platform.pass_registry.address,
            "attester": people.attester.address,
            "holdings-publisher": people.publisher.address,
            "proceeds": people.beneficiary.address,
            "treasury": people.treasury.address,
            "platform": people.fee_receiver.address,
        },
        options={"applicant": project.address, "platform": stage.platform},
    )


def test_good_terms_have_no_finding_on_their_chain(look: Look) -> None:
    """The tokens are tried for real, on a copy."""
    assert look.findings(probe=None) == ()


def test_a_token_that_cannot_be_counted_is_found_out(
    look: Look, stage: Stage, project: LocalAccount
) -> None:
    """Its balances change without a log; one that is on another chain is not looked at."""
    rebasing = stage.chain.deploy("SharesToken", 10**27, True, sender=project)
    odd = look.named(holding_token=rebasing.address)
    codes = {each.code for each in odd.findings(probe=None)}
    assert "holding-token.rebasing" in codes
    elsewhere = odd.edited("days = 30\n", "days = 30\nchain_id = 1\nrandomness_of = 1\n")
    assert not elsewhere.findings(probe=None)
    nothing = look.named(holding_token=project.address)
    codes = {each.code for each in nothing.findings(probe=None)}
    assert "holding-token.no-code" in codes


def test_tokens_that_misbehave_are_found_out(
    look: Look, stage: Stage, project: LocalAccount
) -> None:
    """A fee of 1 % on the token on sale; a payment token that returns nothing."""
    fee = stage.odd_token("FeeToken")
    fee.send("setFeeBps", 100, sender=project)
    silent = stage.odd_token("NoReturnToken")
    odd = look.named(sale_token=fee.address, payment_token=silent.address)
    found = {each.code: each for each in odd.findings(probe=None)}
    taken = found["sale-token.fee-on-transfer"]
    assert (taken.severity, taken.field) == (Severity.ERROR, "tokens.sale.address")
    assert "received" in taken.message
    assert "payment-token.no-return-value" in found
    assert "payment-token.fee-on-transfer" not in found
    assert not {"sale-token.not-probed", "payment-token.not-probed"} & set(found)


# ------------------------------------------------------------------------------------------ facts


def other_chain(look: Look, stage: Stage, make: Make) -> Look:
    return look.edited(f"chain_id = {look.chain.chain_id}", "chain_id = 1")


def no_address(look: Look, stage: Stage, make: Make) -> Look:
    return look.edited('address = "payment-token"', 'address = "other-token"')


def other_decimals(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(payment_token=make("Tether", "USDT", 18, 10**18))


def other_symbol(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(payment_token=make("Tether", "USDC", 6, 10**18))


def no_total(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(payment_token=stage.odd_token("PermitlessToken").address)


def poor_applicant(look: Look, stage: Stage, make: Make) -> Look:
    return replace(look, options=look.options | {"applicant": stage.people.stranger.address})


def no_registry(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(pass_registry=stage.people.stranger.address)


def other_registry(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(pass_registry=stage.platform.launchpad.address)


def receiving_contract(look: Look, stage: Stage, make: Make) -> Look:
    return look.named(proceeds=stage.wallet.address)


class Unrandom(Chain):
    """A chain whose blocks say 1 where others have randomness, as some do."""

    def header(self, block: Block = "latest") -> BlockHeader:
        return replace(super().header(block), prev_randao=1)


def no_randomness(look: Look, stage: Stage, make: Make) -> Look:
    return replace(look, chain=Unrandom.connect(look.chain.url))


FIRES: Final[dict[str, tuple[Callable[[Look, Stage, Make], Look], str, str]]] = {
    "chain.id": (other_chain, "chain_id", "1, the node is chain"),
    "chain.unknown": (no_address, "tokens.payment.address", "'other-token' has no address"),
    "token.decimals": (other_decimals, "tokens.payment.decimals", "6, the token has 18"),
    "token.symbol": (other_symbol, "tokens.payment.symbol", "'USDT', the token has 'USDC'"),
    "token.supply": (no_total, "tokens.payment.address", "has no totalSupply"),
    "applicant.balance": (
        poor_applicant, "tokens.sale", "has 0 EM, of 243600000 EM on sale and locked",
    ),
    "registry.no-code": (no_registry, "admission.pass_registry", "there is no code at 0x"),
    "registry.other": (other_registry, "admission.pass_registry", "the platform has 0x"),
    "holdings.no-randomness": (no_randomness, "holdings.randomness_of", "has 0x1 in its place, and a difficulty of 0"),
    "people.receiver-code": (receiving_contract, "parties.proceeds_to", "bytes of code"),
}  # fmt: skip
"""By code: a change of good terms or of what is beside them, the field, and the figures."""


@pytest.mark.parametrize("code", FIRES)
def test_chain_that_contradicts_the_terms_is_a_finding(
    code: str, look: Look, stage: Stage, make: Make
) -> None:
    """At its field, with what each of the two says."""
    change, name, says = FIRES[code]
    changed = change(look, stage, make)
    (found,) = (each for each in changed.findings() if each.code == code)
    assert found.field == name
    assert says in found.message


def test_every_code_of_a_chain_has_a_sample() -> None:
    """And the traits that a probe speaks of are those that findings are made of."""
    assert set(FIRES) == set(registry.codes_of(on_chain))
    assert list(CODES) == list(SALE_TOKEN) == list(PAYMENT_TOKEN)


def test_token_that_is_not_there_is_one_finding(look: Look, stage: Stage) -> None:
    """Nothing is probed, and nothing else is said of it."""
    gone = look.named(payment_token=stage.people.stranger.address)
    assert gone.codes() == [("payment-token.no-code", "tokens.payment.address")]


def test_probe_that_fails_is_an_error(look: Look) -> None:
    """A check that cannot run has failed."""

    def failing(token: str, holder: str | None) -> list[Trait]:
        raise ChainError("the node has no state to copy")

    uses = ("sale", "payment", "holding")
    sale, *others = sorted(
        look.findings(probe=failing), key=lambda each: uses.index(each.code.split("-")[0])
    )
    assert [each.code for each in (sale, *others)] == [f"{use}-token.not-probed" for use in uses]
    assert sale.message == "the node has no state to copy"


def test_coin_is_no_token_to_look_at(look: Look) -> None:
    """Nothing is asked of it."""
    text = look.text.replace('symbol = "USDT"\ndecimals = 6', 'symbol = "USDT"\ndecimals = 18')
    native = replace(look, text=text).edited('address = "payment-token"', 'address = "native"')
    assert native.codes() == []


def test_token_to_be_created_is_not_looked_for(look: Look) -> None:
    """Its supply is in the file."""
    created = look.edited(
        'address = "sale-token"',
        'address = "new"\ncreation = { name = "Eminer", supply = "243599999 EM" }',
    )
    assert created.codes() == [
        ("supply.short", "tokens.sale"), ("names.open", "tokens.sale.address"),
    ]  # fmt: skip


def test_supply_of_the_chain_bounds_what_is_sold(look: Look, make: Make) -> None:
    """The applicant lacks as much."""
    short = look.named(sale_token=make("Eminer", "EM", 18, 243_600_000 * EM - 1))
    assert sorted(short.codes()) == [
        ("applicant.balance", "tokens.sale"), ("supply.short", "tokens.sale"),
    ]  # fmt: skip


def test_vault_of_the_platform_takes_no_allocation(look: Look, stage: Stage) -> None:
    """And the platform's own periods say how long a review may take."""
    vault = stage.platform.vesting_vault.address
    to_vault = look.edited('beneficiary = "treasury"', f'beneficiary = "{vault}"')
    assert ("allocation.vault", "allocations[0].beneficiary") in to_vault.codes()
    without = replace(to_vault, options={})
    assert ("allocation.vault", "allocations[0].beneficiary") not in without.codes()


# ---------------------------------------------------------------------------------------- command


def test_lint_looks_at_the_chain_behind_rpc(
    look: Look, stage: Stage, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """With every name, the applicant and the platform on the command line."""
    file = tmp_path / "sale.toml"
    file.write_text(look.text)
    words = [word for name in look.names.items() for word in ("--account", "=".join(name))]
    words += ["--rpc", look.chain.url, "--now", NOW, "--json"]
    platform = ["--platform", stage.platform.launchpad.address]
    rich, poor = stage.people.project.address, stage.people.stranger.address
    assert main(["lint", str(file), *words, *platform, "--applicant", rich]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    assert main(["lint", str(file), *words, "--applicant", poor]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["code"], found["line"]) == ("applicant.balance", 11)


def test_lint_refuses_a_platform_that_is_none(
    look: Look, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2 and one line."""
    file = tmp_path / "sale.toml"
    file.write_text(look.text)
    words = ["--rpc", look.chain.url, "--platform", look.names["sale-token"]]
    assert main(["lint", str(file), *words]) == 2
    assert "is no launchpad of this project" in capsys.readouterr().err
