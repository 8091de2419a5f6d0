"""A platform and a sale that were deployed, with their records: what is to be verified.

On a chain of its own, in the week before the sale of the demo, with everybody in it by the name of a role.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount

from jumpstart import drafts, platforms
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import MNEMONIC, Kind, LocalNode
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.signers import KeySigner
from jumpstart.deployment import record
from jumpstart.deployment.journal import Journal
from jumpstart.deployment.outbox import Policy
from jumpstart.deployment.platform import PlatformDeployment
from jumpstart.deployment.run import run
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.deployment.steps import Deployment
from jumpstart.deployment.verification.verify import Verdict, verify
from tests.chain.stage import account

ROOT: Final = Path(__file__).parents[3]
BEFORE: Final = 1_563_840_000
"""23 July 2019: a week and a half day before the first session."""
COINS: Final = 10**20
SUPPLY: Final = 10**28
POLICY: Final = Policy(poll_seconds=0.02, patience_seconds=20)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`platform` and `sale` are folders with a record each."""

    chain: Chain
    deployer: LocalAccount
    bonds: Contract
    dollars: Contract
    deployments: Mapping[str, Deployment]
    reviewers: tuple[LocalAccount, ...]
    folder: Path

    def place(self, name: str) -> Path:
        """The folder of a record."""
        return self.folder / name

    def record(self, name: str) -> dict[str, Any]:
        return record.read(self.place(name) / record.RECORD)

    def verify(self, name: str, chain: Chain | None = None) -> Verdict:
        """The verdict on a record."""
        return verify(self.place(name) / record.RECORD, chain or self.chain)

    def address(self, name: str, contract: str) -> str:
        """Of a contract of a record."""
        contracts = self.record(name)["contracts"]
        (found,) = (each["address"] for each in contracts if each["name"] == contract)
        return str(found)

    def contract(self, name: str, contract: str) -> Contract:
        return self.chain.contract(contract, self.address(name, contract))

    def person(self, role: str) -> LocalAccount:
        """Somebody with coin."""
        somebody = account(role)
        self.chain.set_balance(somebody.address, COINS)
        return somebody


@contextmanager
def standing(kind: Kind, artifacts: Artifacts, folder: Path) -> Iterator[Standing]:
    """Deploys both on a fresh chain."""
    Account.enable_unaudited_hdwallet_features()
    deployer: LocalAccount = Account.from_mnemonic(MNEMONIC)
    with LocalNode(kind, start_time=BEFORE) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)

        def token(symbol: str, decimals: int) -> Contract:
            args = (symbol, symbol, decimals, SUPPLY, deployer.address)
            return chain.deploy("ProjectToken", *args, sender=deployer)

        bonds, dollars = token("OKB", 18), token("USDT", 6)
        platform = _platform(artifacts, deployer, bonds)
        keep(platform, chain, deployer, folder / "platform", new=True)
        made = Platform.of(chain, platform.blueprint)
        sale = _sale(made, deployer, dollars, folder)
        names = (name for name in platform.terms.people if name.startswith("reviewer"))
        reviewers = tuple(map(account, names))
        chain.set_balances({each.address: COINS for each in reviewers})
        keep(sale, chain, deployer, folder / "sale", new=True)
        for transaction in Committee(platform=made, reviewers=reviewers).verdict(1):
            chain.send(transaction)
        keep(sale, chain, deployer, folder / "sale", new=False)
        yield Standing(
            chain=chain,
            deployer=deployer,
            bonds=bonds,
            dollars=dollars,
            deployments={"platform": platform, "sale": sale},
            reviewers=reviewers,
            folder=folder,
        )


def keep(
    deployment: Deployment, chain: Chain, deployer: LocalAccount, folder: Path, *, new: bool
) -> None:
    """Runs a deployment as far as it goes, and keeps its record when that is the end."""
    with Journal.opened(folder / record.JOURNAL, new=new) as journal:
        outcome = run(deployment, chain, KeySigner(deployer), journal, policy=POLICY)
        if outcome.waiting is None:
            record.keep(deployment, chain, journal, folder)


def _platform(artifacts: Artifacts, deployer: LocalAccount, bonds: Contract) -> PlatformDeployment:
    draft = platforms.read(ROOT / "platforms" / "example.toml")
    names = {name: account(name).address for name in draft.open_names}
    terms = draft.resolve(names | {"bond-token": bonds.address})
    return PlatformDeployment(
        draft=draft, terms=terms, sender=deployer.address, artifacts=artifacts
    )


def _sale(
    platform: Platform, deployer: LocalAccount, dollars: Contract, folder: Path
) -> SaleDeployment:
    """The demo's, of a token that it creates: with milestones, and two locked allocations."""
    text = (ROOT / "sales" / "demo.toml").read_text(encoding="utf-8")
    created = (
        '[tokens.sale.creation]\nname = "Eminer"\nsupply = "2100000000 EM"\n\n[tokens.payment]'
    )
    path = folder / "sale.toml"
    path.write_text(text.replace("[tokens.payment]", created), encoding="utf-8")
    draft = drafts.read(path)
    known = {"sale-token", "pass-registry", "project"}
    names = {name: account(name).address for name in draft.open_names if name not in known}
    names["payment-token"] = dollars.address
    return SaleDeployment.of(draft, platform, accounts=names, sender=deployer.address)
