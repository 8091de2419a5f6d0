"""Measures the gas of each action in whole transactions on a local chain.

`python -m benchmarks.gas` writes `gas-snapshot.json`; with `--check` it only compares with it, and
exits 1 when a figure differs. Gas is the same on every machine, and on Ganache and Anvil alike.

The setting, unless a figure says otherwise: tokens of 18 decimals, infinite allowance, a
coefficient that somebody has already subscribed with, a holding proof of depth 18 (262,144
holders), one accepted attester, five coefficients of which the subscriber's is the middle one, a
session without a limit. A listing has two sessions and four milestones.
"""

import argparse
import json
import sys
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Final, Self

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_canonical_address
from eth_utils.crypto import keccak

from jumpstart.chain.client import Chain, Contract, Receipt
from jumpstart.chain.compiler import PROJECT_ROOT, compile_contracts
from jumpstart.chain.node import LocalNode
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.sale import NATIVE, UNLIMITED, Sale, present_pass_transaction
from jumpstart.passes import Attestation, sign
from jumpstart.review import ReviewRules
from jumpstart.schedule import Vesting
from jumpstart.terms import (
    Admission,
    Allocation,
    Deal,
    EscrowTerms,
    HoldingsTerms,
    ListingTerms,
    Milestone,
    Parties,
    SaleTerms,
    Session,
    Statistic,
    Tier,
)
from jumpstart.tree import Tree

SNAPSHOT: Final = PROJECT_ROOT / "gas-snapshot.json"

TOKEN: Final = 10**18
DEPTH: Final = 18
SWITZERLAND: Final = 756
HOUR: Final = 3600
DAY: Final = 24 * HOUR
FEW: Final = 10  # participants before the one that is measured
MANY: Final = 1000
GRANTS: Final = 100  # in a batch
START_TIME: Final = 1_800_000_000  # of the chain: a zero byte in a timestamp is cheaper
# Holdings in turn, so that each coefficient has subscribers; the first is of the middle one.
HOLDINGS: Final = tuple(holding * TOKEN for holding in (1500, 500, 1000, 2000, 2500))
TIERS: Final = tuple(
    Tier(threshold=500 * TOKEN * coefficient, coefficient=coefficient)
    for coefficient in range(1, 6)
)


def account(name: str, number: int) -> LocalAccount:
    signer: LocalAccount = Account.from_key(keccak(text=f"{name} {number}"))
    return signer


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A chain with everything that does not differ between the sales that are measured."""

    chain: Chain
    deployer: str
    platform: Platform
    committee: Committee
    attester: LocalAccount
    buyers: tuple[LocalAccount, ...]
    tree: Tree
    positions: dict[str, int]
    payment_token: Contract
    gas: dict[str, int]
    """What was measured so far, by action."""

    @classmethod
    def prepare(cls, chain: Chain, count: int) -> Self:
        deployer: str = chain.request("eth_accounts")[0]
        reviewer = account("reviewer", 0)
        chain.set_balance(reviewer.address, 1000 * TOKEN)
        bond_token = chain.deploy(
            "ProjectToken", "Platform", "JMP", 18, 10**12 * TOKEN, deployer, sender=deployer
        )
        platform = Platform.deploy(
            chain,
            sender=deployer,
            rules=ReviewRules(
                bond_token=to_canonical_address(bond_token.address),
                bond=250_000 * TOKEN,
                challenge_bond=1_000 * TOKEN,
                quorum=1,
                commit_seconds=DAY,
                reveal_seconds=DAY,
                approval_seconds=30 * DAY,
                notice_seconds=DAY,
                bar=600_000,
                floors=(50,) * 7,
                weights_bps=(2_000, 2_000, 1_500, 1_500, 1_000, 1_000, 1_000),
            ),
            chair=account("chair", 0).address,
            guardian=account("guardian", 0).address,
            reviewers=[reviewer.address],
        )
        bond_token.send("approve", platform.review.address, UNLIMITED, sender=deployer)
        attester = account("attester", 0)
        buyers = tuple(account("buyer", number) for number in range(count))
        chain.set_balances({buyer.address: 1000 * TOKEN for buyer in buyers})
        rows = [
            (buyer.address.lower(), str(holding_of(number))) for number, buyer in enumerate(buyers)
        ]
        strangers = range(1, 2**DEPTH - count + 1)
        rows += [(f"0x{number:040x}", str(number)) for number in strangers]
        payment_token = chain.deploy(
            "ProjectToken", "Dollar", "USD", 18, 10**12 * TOKEN, deployer, sender=deployer
        )
        now = chain.now()
        passes = [
            sign(
                Attestation(
                    account=to_canonical_address(buyer.address),
                    identity=keccak(to_canonical_address(buyer.address)),
                    jurisdiction=SWITZERLAND,
                    level=1,
                    issued_at=now,
                    expires_at=now + 3650 * DAY,
                ),
                registry=to_canonical_address(platform.pass_registry.address),
                chain_id=chain.chain_id,
                key=attester.key,
            )
            for buyer in buyers
        ]
        presented = chain.send_many(
            [
                present_pass_transaction(platform.pass_registry, signed, sender=buyer)
                for signed, buyer in zip(passes, buyers, strict=True)
            ]
        )
        chain.send_many(
            [
                payment_token.transaction("transfer", buyer.address, 10**6 * TOKEN, sender=deployer)
                for buyer in buyers
            ]
        )
        return cls(
            chain=chain,
            deployer=deployer,
            platform=platform,
            committee=Committee(platform=platform, reviewers=[reviewer]),
            attester=attester,
            buyers=buyers,
            tree=Tree.of(rows, ("address", "uint256")),
            positions={value: row for row, (value, _) in enumerate(rows[:count])},
            payment_token=payment_token,
            gas={"pass.present": presented[0].gas_used},
        )

    def terms(self) -> SaleTerms:
        """One session, everything unlocked at once, nothing optional."""
        start = self.chain.now() + HOUR
        to = to_canonical_address(account("receiver", 0).address)
        return SaleTerms(
            chain_id=self.chain.chain_id,
            settle_deadline=start + 10 * DAY,
            deal=Deal(
                sale_token=NATIVE,  # each sale gets its own
                payment_token=to_canonical_address(self.payment_token.address),
                price=15 * 10**15,
                price_unit=TOKEN,
                soft_cap=0,
                account_cap=0,
                minimum=TOKEN,
            ),
            admission=Admission(
                pass_registry=to_canonical_address(self.platform.pass_registry.address),
                level=1,
                jurisdictions=(0, 0, 1 << SWITZERLAND - 512, 0),
            ),
            parties=Parties(
                holdings_publisher=to_canonical_address(self.deployer),
                challenge_seconds=600,
                proceeds_to=to,
                unsold_to=to,
                fee_to=to,
                fee_bps=100,
            ),
            vesting=Vesting(
                start=start, unlock_bps=10_000, cliff_seconds=0, duration_seconds=0, step_seconds=0
            ),
            sessions=(Session(start=start, end=start + HOUR, supply=5000 * TOKEN, limit=0),),
            tiers=TIERS,
            attesters=(to_canonical_address(self.attester.address),),
        )

    def listing(self, terms: SaleTerms, allocations: int = 0) -> ListingTerms:
        """The terms with four milestones, and so many allocations that vest with a cliff."""
        to = to_canonical_address(account("receiver", 0).address)
        return ListingTerms(
            sale=terms,
            holdings=HoldingsTerms(
                chain_id=terms.chain_id,
                token=to,
                day_count=30,
                draw_time=terms.sessions[0].start - 3 * terms.parties.challenge_seconds,
                seed_chain_id=terms.chain_id,
                statistic=Statistic.MEAN.number,
                minimum_tiers=(),
                excluded=(),
            ),
            escrow=EscrowTerms(
                initial_bps=2_000,
                grace_seconds=14 * DAY,
                objection_seconds=7 * DAY,
                objection_bps=2_000,
                exit_seconds=30 * DAY,
                remainder_to=to,
                milestones=tuple(
                    Milestone(
                        share_bps=2_000,
                        deadline=terms.settle_deadline + number * 60 * DAY,
                        description_hash=keccak(text=f"milestone {number}"),
                    )
                    for number in range(1, 5)
                ),
            ),
            allocations=tuple(
                Allocation(
                    beneficiary=to,
                    amount=(1 + number) * 1000 * TOKEN,
                    revoker=bytes(20),
                    schedule=grant_schedule(terms.settle_deadline),
                )
                for number in range(allocations)
            ),
        )

    def list(self, terms: SaleTerms, allocations: int = 0) -> tuple[Sale, int]:
        """A sale of a token of its own, and the gas of its listing."""
        token = self.chain.deploy(
            "ProjectToken", "Sold", "SLD", 18, 10**9 * TOKEN, self.deployer, sender=self.deployer
        )
        token.send("approve", self.platform.launchpad.address, UNLIMITED, sender=self.deployer)
        deal = replace(terms.deal, sale_token=to_canonical_address(token.address))
        listing = self.listing(replace(terms, deal=deal), allocations)
        application = self.platform.review.call("applicationCount") + 1
        steps = self.committee.approval(application, listing, applicant=self.deployer)
        for name, receipt in zip(
            ("submit", "commit", "reveal", "decide"), self.chain.send_many(steps), strict=True
        ):
            self.gas[f"review.{name}"] = receipt.gas_used
        sale, receipt = self.platform.list_sale(application, listing, sender=self.deployer)
        return sale, receipt.gas_used

    def open(self, terms: SaleTerms, buyers: int = FEW + 1) -> Sale:
        """A listed sale in its first session, with the allowance of so many buyers."""
        sale, _ = self.list(terms)
        self.chain.advance_to(terms.sessions[0].start - 3 * terms.parties.challenge_seconds)
        published = sale.publish_holdings(self.tree.root, sender=self.deployer)
        self.gas["sale.publish-holdings"] = published.gas_used
        if not sale.is_native:
            self.chain.send_many(
                [
                    sale.payment_token.transaction("approve", sale.address, UNLIMITED, sender=buyer)
                    for buyer in self.buyers[:buyers]
                ]
            )
        self.chain.advance_to(terms.sessions[0].start)
        return sale

    def subscribe(self, sale: Sale, number: int, tokens: int = 1000) -> Receipt:
        """A first subscription by that buyer, with its proof."""
        buyer = self.buyers[number]
        proof = self.tree.proof(self.positions[buyer.address.lower()])
        assert len(proof) == DEPTH
        return sale.subscribe(tokens * TOKEN, sender=buyer, holding=holding_of(number), proof=proof)

    def subscribe_all(self, sale: Sale, count: int) -> None:
        self.chain.send_many(
            [
                sale.subscription(
                    1000 * TOKEN,
                    sender=buyer,
                    holding=holding_of(number),
                    proof=self.tree.proof(self.positions[buyer.address.lower()]),
                )
                for number, buyer in enumerate(self.buyers[:count])
            ]
        )

    def end_session(self, sale: Sale, session: int = 0) -> Receipt:
        self.chain.advance_to(sale.terms.sessions[session].end)
        return sale.settle(sender=self.deployer)


def grant_schedule(start: int) -> Vesting:
    """A tenth at once, nothing more for 90 days, the rest by months over three years."""
    return Vesting(
        start=start,
        unlock_bps=1000,
        cliff_seconds=90 * DAY,
        duration_seconds=1080 * DAY,
        step_seconds=30 * DAY,
    )


def holding_of(number: int) -> int:
    return HOLDINGS[number % len(HOLDINGS)]


def measure(chain: Chain) -> dict[str, int]:
    """Gas by action."""
    setting = Setting.prepare(chain, MANY)
    _measure_erc20(setting)
    _measure_limited(setting)
    _measure_native(setting)
    _measure_vesting(setting)
    _measure_refund(setting)
    _measure_listing(setting)
    _measure_escrow(setting)
    _measure_vault(setting)
    for count in (FEW, MANY):
        sale = setting.open(setting.terms(), count)
        setting.subscribe_all(sale, count)
        setting.gas[f"settle.{count}"] = setting.end_session(sale).gas_used
    return dict(sorted(setting.gas.items()))


def _measure_erc20(setting: Setting) -> None:
    sale = setting.open(setting.terms())
    setting.subscribe_all(sale, FEW)
    setting.gas["subscribe.erc20.first"] = setting.subscribe(sale, FEW).gas_used
    setting.gas["subscribe.erc20.more"] = sale.subscribe(
        1000 * TOKEN, sender=setting.buyers[FEW]
    ).gas_used
    setting.end_session(sale)
    setting.gas["claim.refund.first"] = sale.claim(sender=setting.buyers[FEW]).gas_used
    setting.gas["claim.for"] = sale.contract.send(
        "claimFor", setting.buyers[0].address, sender=setting.deployer
    ).gas_used
    for function in ("collectProceeds", "collectFee", "collectUnsold"):
        setting.gas[f"sale.{function}"] = sale.contract.send(
            function, sender=setting.deployer
        ).gas_used


def _measure_limited(setting: Setting) -> None:
    """A session with an oversubscription limit counts its whole demand as well."""
    terms = setting.terms()
    session = replace(terms.sessions[0], limit=5 * terms.sessions[0].supply)
    sale = setting.open(replace(terms, sessions=(session,)))
    setting.subscribe_all(sale, FEW)
    setting.gas["subscribe.erc20.limited.first"] = setting.subscribe(sale, FEW).gas_used
    setting.gas["subscribe.erc20.limited.more"] = sale.subscribe(
        1000 * TOKEN, sender=setting.buyers[FEW]
    ).gas_used


def _measure_native(setting: Setting) -> None:
    terms = setting.terms()
    sale = setting.open(replace(terms, deal=replace(terms.deal, payment_token=NATIVE)))
    setting.subscribe_all(sale, FEW)
    setting.gas["subscribe.native.first"] = setting.subscribe(sale, FEW).gas_used
    setting.gas["subscribe.native.more"] = sale.subscribe(
        1000 * TOKEN, sender=setting.buyers[FEW]
    ).gas_used
    setting.end_session(sale)
    setting.gas["claim.native.first"] = sale.claim(sender=setting.buyers[FEW]).gas_used


def _measure_vesting(setting: Setting) -> None:
    """Two sessions, a quarter unlocked, the rest monthly after a cliff."""
    terms = two_sessions(setting.terms())
    second = terms.sessions[1]
    vesting = Vesting(
        start=second.end + DAY,
        unlock_bps=2500,
        cliff_seconds=30 * DAY,
        duration_seconds=360 * DAY,
        step_seconds=30 * DAY,
    )
    sale = setting.open(replace(terms, vesting=vesting))
    setting.subscribe_all(sale, FEW)
    setting.end_session(sale)
    setting.chain.advance_to(second.start)
    for buyer in setting.buyers[1:FEW]:
        sale.subscribe(1000 * TOKEN, sender=buyer)
    setting.gas["subscribe.erc20.returning"] = sale.subscribe(
        1000 * TOKEN, sender=setting.buyers[0]
    ).gas_used
    setting.end_session(sale, 1)
    setting.chain.advance_to(vesting.start)
    setting.gas["claim.refund.vesting"] = sale.claim(sender=setting.buyers[0]).gas_used
    setting.chain.advance_to(vesting.start + 60 * DAY)
    setting.gas["claim.vested"] = sale.claim(sender=setting.buyers[0]).gas_used


def _measure_refund(setting: Setting) -> None:
    terms = setting.terms()
    sale = setting.open(
        replace(terms, deal=replace(terms.deal, soft_cap=terms.cost_down(terms.supply)))
    )
    setting.subscribe(sale, 0, tokens=10)
    setting.subscribe(sale, 1, tokens=10)
    setting.end_session(sale)
    setting.gas["refund.erc20"] = sale.refund(sender=setting.buyers[0]).gas_used


def two_sessions(terms: SaleTerms) -> SaleTerms:
    """A second session a day after the first."""
    first = terms.sessions[0]
    second = replace(first, start=first.start + DAY, end=first.end + DAY)
    return replace(terms, sessions=(first, second))


def _measure_listing(setting: Setting) -> None:
    """Two sessions, five coefficients, four milestones. The vault and the list of sales are not new."""
    terms = two_sessions(setting.terms())
    for allocations in (1, 0, 2):
        _, gas = setting.list(terms, allocations)
        name = f"launchpad.list.allocations.{allocations}" if allocations else "launchpad.list"
        setting.gas[name] = gas


def _measure_escrow(setting: Setting) -> None:
    """One milestone attested and objected to, the second missed; nothing has vested of what is returned."""
    terms = setting.terms()
    vesting = grant_schedule(terms.settle_deadline)
    sale = setting.open(replace(terms, vesting=vesting))
    setting.subscribe_all(sale, FEW)
    setting.end_session(sale)
    chain, escrow, review = setting.chain, sale.escrow, setting.platform.review
    sale.contract.send("collectProceeds", sender=setting.deployer)
    setting.gas["escrow.release"] = escrow.send("release", sender=setting.deployer).gas_used
    chain.advance_to(vesting.start)
    for buyer in setting.buyers[:3]:
        sale.claim(sender=buyer)
    evidence = keccak(text="evidence")
    voted = review.send(
        "voteToAttest",
        sale.application,
        0,
        evidence,
        sender=setting.committee.reviewers[0],
    )
    setting.gas["review.attest"] = voted.gas_used
    setting.gas["escrow.object"] = escrow.send("object", sender=setting.buyers[4]).gas_used
    chain.advance_to(terms.settle_deadline + 100 * DAY)
    escrow.send("release", sender=setting.deployer)
    chain.advance_to(terms.settle_deadline + 140 * DAY)
    for number, name in (
        (0, "escrow.exit.first"),
        (1, "escrow.exit"),
        (9, "escrow.exit.unclaimed"),
    ):
        buyer = setting.buyers[number]
        setting.gas[name] = escrow.send("exit", buyer.address, sender=buyer).gas_used


def _measure_vault(setting: Setting) -> None:
    """A batch of grants with one plan, each of which is released twice."""
    chain, vault = setting.chain, setting.platform.vesting_vault
    token = chain.deploy(
        "ProjectToken",
        "Granted",
        "GRT",
        18,
        10**9 * TOKEN,
        setting.deployer,
        sender=setting.deployer,
    )
    token.send("approve", vault.address, UNLIMITED, sender=setting.deployer)
    start = chain.now() + DAY
    schedule = astuple(grant_schedule(start))
    plan = (to_canonical_address(token.address), bytes(20), schedule)
    amount = 5_000 * TOKEN
    for batch in range(2):  # of the first one the vault had none of this token
        awards = [(account(f"employee {batch}", row).address, amount) for row in range(GRANTS)]
        made = vault.send("create", plan, awards, sender=setting.deployer)
        setting.gas["vault.grant"] = -(-made.gas_used // GRANTS)
    number = vault.call("grantCount")
    for name, time in (("first", start), ("more", start + 120 * DAY)):
        chain.advance_to(time)
        setting.gas[f"vault.release.{name}"] = vault.send(
            "release", (plan, amount, number), sender=setting.deployer
        ).gas_used


def take() -> dict[str, dict[str, int]]:
    """The snapshot: gas by action, and bytes of deployed code by contract."""
    artifacts = compile_contracts(report=lambda line: print(line, file=sys.stderr))
    with LocalNode("ganache", start_time=START_TIME) as node:
        actions = measure(Chain.connect(node.url, artifacts=artifacts))
    bytecode = {
        name: len(artifact.runtime_code)
        for name, artifact in sorted(artifacts.items())
        if artifact.is_deployable and artifact.source.count("/") == 1
    }
    return {"actions": actions, "bytecode": bytecode}


def differences(expected: dict[str, dict[str, int]], found: dict[str, dict[str, int]]) -> list[str]:
    """One line for each figure that is not as in the snapshot."""
    lines = []
    for kind, measured in found.items():
        kept = expected.get(kind, {})
        for name in sorted(kept.keys() | measured.keys()):
            if kept.get(name) != measured.get(name):
                lines.append(
                    f"{kind}.{name}: snapshot {kept.get(name)}, measured {measured.get(name)}"
                )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the snapshot instead of writing it"
    )
    parser.add_argument("--file", type=Path, default=SNAPSHOT)
    arguments = parser.parse_args()
    found = take()
    if arguments.check:
        wrong = differences(json.loads(arguments.file.read_text()), found)
        for line in wrong:
            print(line)
        print(
            f"gas: {len(found['actions'])} actions, {len(wrong)} figures differ from the snapshot"
        )
        return 1 if wrong else 0
    arguments.file.write_text(json.dumps(found, indent=2) + "\n")
    for name, used in found["actions"].items():
        print(f"{used:>9,}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
