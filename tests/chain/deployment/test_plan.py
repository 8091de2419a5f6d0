"""A plan says before anything is sent what then happens: to the gas, to the address, in words."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from eth_account.signers.local import LocalAccount
from rich.console import Console

from jumpstart import drafts, platforms
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.signers import KeySigner
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.outbox import Policy
from jumpstart.deployment.plan import Plan, Row, plan_json
from jumpstart.deployment.plan_picture import svg
from jumpstart.deployment.plan_table import render
from jumpstart.deployment.platform import PlatformDeployment
from jumpstart.deployment.rehearsal import rehearse
from jumpstart.deployment.run import Outcome, run
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.deployment.state import State
from jumpstart.deployment.steps import Deployment
from jumpstart.errors import CheckError
from jumpstart.networks import NETWORKS
from tests.chain.stage import account

ROOT = Path(__file__).parents[3]
SALES = ROOT / "sales"
HISTORICAL = ["bloc-2019-04", "em-2019-07"]
BEFORE = 1_554_000_000  # 31 March 2019: ten days before the first of them
COINS = 10**20
POLICY = Policy(poll_seconds=0.02, patience_seconds=20)
CHANCE = "0x" + "7" * 64


@dataclass
class Past:
    """A chain before the sales, with tokens and a platform that a plan said would be there."""

    chain: Chain
    deployer: LocalAccount
    bonds: Contract
    dollars: Contract
    plan: Plan
    outcome: Outcome
    platform: Platform
    reviewers: list[LocalAccount]
    blocks: tuple[int, int]
    """The chain's last block before the plan and after."""

    def sale(self, name: str, *, sender: str | None = None, **of: Any) -> SaleDeployment:
        """The deployment of a file of `sales/`, everybody in it by the name of the role."""
        draft = drafts.read(SALES / f"{name}.toml")
        known = {"sale-token", "pass-registry", "payment-token", "holding-token"}
        names = {each: account(each).address for each in draft.open_names if each not in known}
        tokens = {"payment-token": self.bonds}
        if draft.tokens.payment.symbol != "OKB":
            tokens = {"payment-token": self.dollars, "holding-token": self.bonds}
        return SaleDeployment.of(
            draft,
            self.platform,
            accounts=names | {name: each.address for name, each in tokens.items()},
            sender=sender or self.deployer.address,
            **of,
        )

    def plan_of(self, deployment: Deployment, state: State | None = None) -> Plan:
        return rehearse(deployment, self.chain, network=NETWORKS["ganache"], state=state)

    def run(self, deployment: Deployment, journal: Path, *, new: bool) -> Outcome:
        with Journal.opened(journal, new=new) as opened:
            return run(deployment, self.chain, KeySigner(self.deployer), opened, policy=POLICY)

    def approve(self, application: int) -> None:
        """The reviewers do, on the chain itself."""
        committee = Committee(platform=self.platform, reviewers=self.reviewers)
        for transaction in committee.verdict(application):
            self.chain.send(transaction)


@pytest.fixture(scope="module")
def past(
    chain_kind: Literal["ganache", "anvil"],
    artifacts: Artifacts,
    deployer: LocalAccount,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Past]:
    with LocalNode(chain_kind, start_time=BEFORE) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)

        def token(symbol: str, decimals: int) -> Contract:
            supply = 10**9 * 10**decimals
            args = (symbol, symbol, decimals, supply, deployer.address)
            return chain.deploy("ProjectToken", *args, sender=deployer)

        bonds, dollars = token("OKB", 18), token("USDT", 6)
        draft = platforms.read(ROOT / "platforms" / "example.toml")
        names = {name: account(name).address for name in draft.open_names}
        terms = draft.resolve(names | {"bond-token": bonds.address})
        reviewers = [account(name) for name in names if name.startswith("reviewer")]
        chain.set_balances({each.address: COINS for each in reviewers})
        deployment = PlatformDeployment(
            draft=draft, terms=terms, sender=deployer.address, artifacts=artifacts
        )
        before = chain.block_number()
        plan = rehearse(deployment, chain, network=NETWORKS["ganache"])
        blocks = before, chain.block_number()
        with Journal.opened(tmp_path_factory.mktemp("platform") / "journal", new=True) as journal:
            outcome = run(deployment, chain, KeySigner(deployer), journal, policy=POLICY)
        yield Past(
            chain=chain,
            deployer=deployer,
            bonds=bonds,
            dollars=dollars,
            plan=plan,
            outcome=outcome,
            platform=Platform.of(chain, deployment.blueprint),
            reviewers=reviewers,
            blocks=blocks,
        )


@pytest.fixture(scope="module")
def plans(past: Past) -> dict[str, Plan]:
    """Of the two sales of 2019, by their files."""
    return {name: past.plan_of(past.sale(name)) for name in HISTORICAL}


@pytest.fixture(autouse=True)
def _present(past: Past) -> Iterator[None]:
    """Each test finds the chain as it was when the platform had just been made."""
    snapshot = past.chain.snapshot()
    yield
    past.chain.revert(snapshot)


def used(outcome: Outcome) -> dict[str, int]:
    """The gas of each step's transaction."""
    progress = outcome.state.progress.items()
    return {step: each.mined.gas_used for step, each in progress if each.mined}


def planned(plan: Plan) -> dict[str, int]:
    return {row.key: row.gas for row in plan.ahead if row.gas is not None}


def row_of(plan: Plan, key: str) -> Row:
    (found,) = (row for row in plan.rows if row.key == key)
    return found


def text_of(plan: Plan, width: int = 100) -> str:
    """The table as it is printed."""
    console = Console(width=width, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(render(plan, width))
    return capture.get()


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_platform_takes_the_gas_and_the_addresses_that_were_planned(past: Past) -> None:
    """Exactly, also where the copy is Anvil's and the chain Ganache's."""
    assert planned(past.plan) == used(past.outcome)
    is_there = past.chain.kind == "anvil"  # it has the factory from its first block on
    assert len(past.plan.ahead) == (8 if is_there else 10)
    made = [address for row in past.plan.rows for _, address in row.creates]
    assert len(made) == len({*made}) == 9
    assert all(past.chain.code(address) for address in made)
    assert past.blocks[0] == past.blocks[1]


@pytest.mark.parametrize("name", HISTORICAL)
def test_a_sale_takes_the_gas_and_the_addresses_that_were_planned(
    past: Past, name: str, tmp_path: Path
) -> None:
    """From nothing to the listing, with the review done by the reviewers in between."""
    deployment = past.sale(name)
    head, entries = past.chain.header(), [*tmp_path.iterdir()]
    plan = past.plan_of(deployment)
    assert past.chain.header() == head
    assert [*tmp_path.iterdir()] == entries
    assert [row.state for row in plan.rows] == 2 * ["there already"] + 3 * ["to send"] + [
        "others", "to send", "to send",
    ]  # fmt: skip
    journal = tmp_path / "journal"
    assert past.run(deployment, journal, new=True).waiting is not None
    past.approve(1)
    outcome = past.run(deployment, journal, new=False)
    assert outcome.waiting is None
    assert planned(plan) == used(outcome)
    made = dict(row_of(plan, "list").creates)
    assert made == outcome.state.results["list"]
    ((_, token),) = row_of(plan, "create-token").creates
    assert outcome.state.results["create-token"] == {"address": token}


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", HISTORICAL)
def test_the_table_names_every_unit_and_role_and_no_base_units(
    plans: dict[str, Plan], name: str, width: int
) -> None:
    """And every address once, in full, beside its name."""
    draft, plan = drafts.read(SALES / f"{name}.toml"), plans[name]
    printed = text_of(plan, width)
    assert max(map(len, printed.splitlines())) <= width
    text = flat(printed)
    tokens = draft.tokens
    for unit in (tokens.sale.symbol, tokens.payment.symbol, tokens.holding.symbol, "ETH", "gwei"):
        assert re.search(rf"\d {unit}\b", text), unit
    roles = {*draft.open_names, "applicant", "the reviewers", "launchpad", "review"}
    for role in roles - {"payment-token", "holding-token"}:
        assert role in text, role
    for party in plan.parties:
        assert text.count(party.address) == 1, party
    without_hex = re.sub(r"\b(0x)?(?=\d*[a-fA-F])[0-9a-fA-F]{12,}\b", "", text)
    assert not re.findall(r"\d{7,}", without_hex)
    assert "…" not in text
    assert "(chain 1337)" in text


def test_the_table_of_the_first_sale_says_its_published_terms(plans: dict[str, Plan]) -> None:
    """Thirty minutes, five times the supply, the table by the sum of seven days, paid at once."""
    text = flat(text_of(plans["bloc-2019-04"]))
    for said in (
        "150,000,000 BLOC in 1 session, at 0.002 OKB for 1 BLOC. If all are sold, buyers pay 300,000 OKB",
        "Session 1: 2019-04-10 04:00:00 UTC to 2019-04-10 04:30:00 UTC, 150,000,000 BLOC. It closes "
        "early when 750,000,000 BLOC are subscribed",
        "What counts is the sum of 7 daily balances of OKB, ",
        "It gives a coefficient: 1 from 3,500 OKB on, 2 from 7,000 OKB on",
        "The days are those from 2019-03-31 00:00:00 UTC to 2019-04-07 00:00:00 UTC",
        "There are no milestones",
        "A bond of 250,000 OKB",
        "takes the bond: 250,000 OKB",
    ):
        assert said in text, said


def test_the_table_of_the_fifth_sale_says_how_it_vests_and_pays(plans: dict[str, Plan]) -> None:
    """Also to whom, by role."""
    text = flat(text_of(plans["em-2019-07"]))
    for said in (
        "33,600,000 EM in 2 sessions, at 0.015 USDT for 1 EM. If all are sold, buyers pay 504,000 USDT",
        "On sale are 1.6 % of them",
        "25 % is free from 2019-08-01 00:00:00 UTC on; the rest becomes free in equal steps, one each "
        "30 days, until all is free on 2020-07-26 00:00:00 UTC",
        "Milestone 4: 20 %, due 2020-04-01 00:00:00 UTC",
        '210,000,000 EM locked for "treasury", and nobody can take them back',
        "amount: 243,600,000 EM",
        "Islamic Republic of Iran (IR)",
    ):
        assert said in text, said


def test_a_plan_of_the_same_chain_is_the_same_to_the_byte(past: Past) -> None:
    """JSON and picture; the JSON has every address in full, and the data that will be sent."""
    first, second = (past.plan_of(past.sale("em-2019-07")) for _ in range(2))
    assert json.dumps(plan_json(first)) == json.dumps(plan_json(second))
    assert svg(first) == svg(second)
    content = plan_json(first)
    assert {row["data"][:2] for row in content["rows"]} == {"0x"}
    listing = content["rows"][-1]
    assert listing["creates"][0]["address"] in svg(first)
    assert int(content["cost"]) == sum(
        int(row["gas"]) * int(content["price"])
        for row in content["rows"]
        if row["state"] == "to send"
    )


def test_what_is_done_is_there_already_with_its_transaction(past: Past, tmp_path: Path) -> None:
    """A resumed plan: what was sent is not planned again, and its price not counted."""
    deployment = past.sale("em-2019-07")
    whole = past.plan_of(deployment)
    outcome = past.run(deployment, tmp_path / "journal", new=True)
    rest = past.plan_of(deployment, outcome.state)
    assert [row.key for row in rest.ahead] == ["approve-tokens", "list"]
    assert planned(rest).items() < planned(whole).items()
    applied = outcome.state["apply"].mined
    assert applied is not None
    assert row_of(rest, "apply").transaction == applied.hash
    assert row_of(rest, "list").creates == row_of(whole, "list").creates
    assert "There already: not sent again. transaction 0x" in flat(text_of(rest))


def test_what_is_done_is_seen_without_a_journal(past: Past, tmp_path: Path) -> None:
    """The bond's allowance is used up by then, and not asked for again."""
    deployment = past.sale("bloc-2019-04")
    past.run(deployment, tmp_path / "journal", new=True)
    past.approve(1)
    plan = past.plan_of(deployment)
    assert [row.key for row in plan.ahead] == ["approve-tokens", "list"]
    assert row_of(plan, "approve-bond").note.startswith("Not needed")
    past.run(deployment, tmp_path / "journal", new=False)
    done = past.plan_of(deployment)
    assert (done.ahead, done.cost, done.needed) == ((), 0, 0)
    assert "Nothing is left to be sent" in text_of(done)


def test_a_review_under_way_leaves_the_rest_untried(past: Past, tmp_path: Path) -> None:
    """One reviewer has committed, and nobody else knows to what."""
    deployment = past.sale("em-2019-07")
    past.run(deployment, tmp_path / "journal", new=True)
    review = past.platform.review
    review.send("commit", 1, bytes.fromhex(CHANCE[2:]), sender=past.reviewers[0])
    plan = past.plan_of(deployment)
    assert "is under way, 1 reviewers have committed" in row_of(plan, "approval").note
    for key in ("approve-tokens", "list"):
        row = row_of(plan, key)
        assert (row.gas, row.cost) == (None, None)
        assert row.note == "Not tried: it waits for step 6."
    assert not plan.is_complete
    assert dict(row_of(plan, "list").creates).keys() == {"sale", "escrow"}
    assert "unknown" in text_of(plan)
    assert "gas unknown until then" in svg(plan)


def test_reviewers_that_no_event_names_leave_the_rest_untried(past: Past) -> None:
    """A first block that is after their appointment."""
    deployment = past.sale("em-2019-07", first_block=past.chain.block_number() + 1)
    plan = past.plan_of(deployment)
    assert "name 0 reviewers, the quorum is 3" in row_of(plan, "approval").note
    assert row_of(plan, "list").gas is None


def test_an_account_that_cannot_pay_is_told_what_it_lacks(past: Past) -> None:
    """The copy goes on without it."""
    poor = account("poor")
    past.bonds.send("transfer", poor.address, 250_000 * 10**18, sender=past.deployer)
    past.chain.set_balance(poor.address, 10**12)
    plan = past.plan_of(past.sale("em-2019-07", sender=poor.address))
    assert plan.is_complete
    assert plan.shortfall == plan.needed - 10**12 > plan.cost - 10**12 > 0
    assert "The account lacks 0." in text_of(plan)


def test_a_contract_needs_no_coin_for_gas(past: Past) -> None:
    """A multisig, say: whoever has it send pays. Here any contract, which the copy sends for."""
    sender = past.dollars.address
    past.bonds.send("transfer", sender, 250_000 * 10**18, sender=past.deployer)
    plan = past.plan_of(past.sale("em-2019-07", sender=sender))
    assert plan.is_complete
    assert plan.is_by_contract
    assert (plan.needed, plan.shortfall) == (0, 0)
    assert plan.cost > 0
    assert "The applicant is a contract: whoever has it send these pays" in flat(text_of(plan))


def test_a_step_that_is_refused_is_named_with_the_refusal(past: Past) -> None:
    """The applicant has no bond to leave; with it the same plan is complete."""
    poor = account("poor")
    with pytest.raises(CheckError, match=r"step 5, apply .*: .*(TransferFromFailed|0x7939f424)"):
        past.plan_of(past.sale("em-2019-07", sender=poor.address))
