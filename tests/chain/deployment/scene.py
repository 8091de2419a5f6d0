"""What the tests of deployments play on: a chain without a factory, one account that deploys, and the end.

A deployment is run by `carry_out` to its end, with the reviewers acting where it waits for them. What
is then there is a `Final`: two deployments that went the same way are equal.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeAlias
from typing import Final as Constant

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from jumpstart import drafts, platforms
from jumpstart.chain.client import Chain, Contract
from jumpstart.chain.compiler import PROJECT_ROOT
from jumpstart.chain.factory import FACTORY, FACTORY_MAKER
from jumpstart.chain.node import MNEMONIC
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.rpc import Rpc
from jumpstart.chain.signers import KeySigner, Payload, Signed, Signer
from jumpstart.deployment import journal, record
from jumpstart.deployment.journal import Entry, Journal
from jumpstart.deployment.outbox import Policy
from jumpstart.deployment.platform import PlatformDeployment
from jumpstart.deployment.run import Outcome, run
from jumpstart.deployment.sale import APPLY_STEP, SaleDeployment
from jumpstart.errors import ContractRevert
from jumpstart.models import validated
from jumpstart.review import ReviewRules
from tests.chain import figures
from tests.chain.stage import account, raw

SUPPLY: Constant = 10**27
DOSSIER: Constant = "ipfs://dossier"
PATIENCE: Constant = 20.0  # seconds, after which a test that hangs has failed

AnyDeployment: TypeAlias = PlatformDeployment | SaleDeployment


class OthersChain(Chain):
    """Where reviewers send: what is done to the requests of a deployment is not done to theirs."""

    request = Rpc.request


class SendingSigner:
    """Has the node sign and send, and cannot hand out what it signed: a wallet."""

    def __init__(self, chain: Chain, address: str) -> None:
        self._chain = chain
        self.address = to_checksum_address(address)

    def sign(self, payload: Payload) -> Signed | None:
        return None

    def send(self, payload: Payload) -> str:
        sent: str = self._chain.request(
            "eth_sendTransaction",
            {
                "from": self.address,
                **{
                    name: hex(value) if isinstance(value, int) else value
                    for name, value in payload.items()
                },
            },
        )
        return sent


@dataclass(frozen=True, kw_only=True)
class Final:
    """What a deployment left. Hashes are left out: they follow from the fee, which follows from the
    head at which a transaction was written down, and that is another one after a pause.
    """

    record: Mapping[str, Any]
    """Without transactions."""
    sent: tuple[tuple[str, str, str], ...]
    """Of the sender, in the order of the chain: receiver, value, data."""
    numbers: tuple[int, ...]
    """The sender's nonces of the same."""
    places: tuple[tuple[str, int | None, int | None, int | None], ...]
    """For each contract and each step, the number, the block and the gas of its transaction."""
    applications: int
    bonds: int
    """What the review holds of them."""

    def difference(self, other: Self, *, exact: bool = True) -> str:
        """In words; empty when they are the same. Not `exact`: blocks and numbers may be others, and
        what does not depend on each other may be in another order.
        """
        names = ("sent", "applications", "bonds", "record", *(("numbers", "places") * exact))
        return "; ".join(
            f"{name} {_short(found)}, expected {_short(expected)}"
            for name in names
            if (found := self._of(name, exact)) != (expected := other._of(name, exact))
        )

    def _of(self, name: str, exact: bool) -> Any:
        return sorted(self.sent) if name == "sent" and not exact else getattr(self, name)


class Scene:
    """A chain, the account that deploys, and people. `chain` is a node's own, without faults."""

    def __init__(self, chain: Chain) -> None:
        Account.enable_unaudited_hdwallet_features()
        self.chain = chain
        self.sender: LocalAccount = Account.from_mnemonic(MNEMONIC)
        self.stranger: LocalAccount = Account.from_mnemonic(
            MNEMONIC, account_path="m/44'/60'/0'/0/1"
        )
        self.reviewer = account("reviewer")
        chain.set_balance(self.reviewer.address, 10**24)
        if chain.code(FACTORY):
            chain.set_code(FACTORY, b"")  # Anvil begins with it
        chain.set_balance(FACTORY_MAKER, 0)
        self.bond_token = self._token("OKB", 18)
        self.payment_token = self._token("USDT", 6)
        self.first_block = chain.block_number() + 1
        self.first_number = chain.nonce(self.sender.address)

    def _token(self, symbol: str, decimals: int) -> Contract:
        receiver = self.sender.address
        return self.chain.deploy(
            "ProjectToken", symbol, symbol, decimals, SUPPLY, receiver, sender=self.sender
        )

    @cached_property
    def platform(self) -> Platform:
        """Of one reviewer, for sales."""
        made = Platform.deploy(
            self.chain,
            sender=self.stranger,
            rules=ReviewRules(
                bond_token=raw(self.bond_token),
                bond=figures.BOND,
                challenge_bond=figures.CHALLENGE_BOND,
                quorum=1,
                commit_seconds=figures.DAY,
                reveal_seconds=figures.DAY,
                approval_seconds=figures.DAY,
                notice_seconds=figures.DAY,
                bar=600_000,
                floors=(50,) * 7,
                weights_bps=(2_000, 2_000, 1_500, 1_500, 1_000, 1_000, 1_000),
            ),
            chair=account("chair").address,
            guardian=account("guardian").address,
            reviewers=[self.reviewer.address],
        )
        self.first_block = self.chain.block_number() + 1
        return made

    # ------------------------------------------------------------------------------------ deployments

    def platform_deployment(self) -> PlatformDeployment:
        """The platform of `platforms/example.toml`, and the factory that it needs."""
        draft = platforms.read(PROJECT_ROOT / "platforms" / "example.toml")
        names = {name: account(name).address for name in draft.open_names}
        names["bond-token"] = self.bond_token.address
        return PlatformDeployment(
            draft=draft,
            terms=draft.resolve(names),
            sender=self.sender.address,
            artifacts=self.chain.artifacts,
        )

    def sale_deployment(self) -> SaleDeployment:
        """The demo's sale at a later time: creates its token, pays the bond, is reviewed, lists."""
        draft = self._draft()
        platform = self.platform
        own = {"pass-registry", draft.tokens.sale.address}
        names = {name: account(name).address for name in draft.open_names if name not in own}
        names["payment-token"] = self.payment_token.address
        names["holding-token"] = self.bond_token.address
        return SaleDeployment.of(draft, platform, accounts=names, sender=self.sender.address)

    def _draft(self) -> drafts.Draft:
        text = (PROJECT_ROOT / "sales" / "demo.toml").read_text(encoding="utf-8")
        tables = _moved(tomllib.loads(text), _years_to(self.chain.now()))
        tables["application"] = {
            "applicant": "project",
            "dossier_uri": DOSSIER,
            "dossier_sha256": 32 * "ab",
        }
        tables["tokens"]["sale"]["creation"] = {"name": "Eminer", "supply": "2100000000 EM"}
        units = validated(drafts._Units, {"tokens": tables["tokens"]}).tokens
        return validated(drafts.Draft, tables, units)

    # ------------------------------------------------------------------------------------ running

    def signer(self, kind: str, chain: Chain) -> Signer:
        """`key` signs here; `wallet` is a node that sends."""
        if kind == "wallet":
            return SendingSigner(chain, self.sender.address)
        return KeySigner(self.sender)

    def approve(self, deployment: SaleDeployment, outcome: Outcome) -> None:
        """The reviewers do what the deployment waits for."""
        chain = OthersChain.connect(self.chain.url, artifacts=self.chain.artifacts)
        committee = Committee(platform=deployment.platform.on(chain), reviewers=[self.reviewer])
        number = int(outcome.state.results[APPLY_STEP]["application"])
        for transaction in committee.verdict(number):
            with suppress(ContractRevert):  # done, and not taken back with the rest
                chain.send(transaction)
        chain.mine()  # or what the reviewers paid is what the node suggests to the next sender

    def carry_out(
        self,
        deployment: AnyDeployment,
        folder: Path,
        *,
        policy: Policy,
        signer: str = "key",
        url: str | None = None,
    ) -> None:
        """Applies or resumes, to the end. `url` is where the deployment meets the chain."""
        chain = self.connected(url)
        path = folder / record.JOURNAL
        with Journal.opened(path, new=not path.exists() or not path.stat().st_size) as opened:
            signing = self.signer(signer, chain)
            outcome = run(deployment, chain, signing, opened, policy=policy)
            while outcome.waiting is not None:
                assert isinstance(deployment, SaleDeployment)
                self.approve(deployment, outcome)
                outcome = run(deployment, chain, signing, opened, policy=policy)
            record.keep(deployment, chain, opened, folder)

    def connected(self, url: str | None = None) -> Chain:
        """A connection of its own: a process that is forked must not share one."""
        return Chain.connect(url or self.chain.url, artifacts=self.chain.artifacts, timeout=5)

    # ------------------------------------------------------------------------------------ the end

    def final(self, deployment: AnyDeployment, folder: Path) -> Final:
        """What is there, by the record and by every block. The journal's seals are checked, and what
        the sender sent to the stranger, or what was refused, does not count.
        """
        entries = journal.read(folder / record.JOURNAL)
        assert entries[-1]["entry"] == "end"
        found = [
            each
            for number in range(self.first_block, self.chain.block_number() + 1)
            for each in self.chain.request("eth_getBlockByNumber", hex(number), True)[
                "transactions"
            ]
            if each["from"].lower() == self.sender.address.lower()
        ]
        found = [
            each
            for each in found
            if each["to"].lower() != self.stranger.address.lower()
            and int(self.chain.request("eth_getTransactionReceipt", each["hash"])["status"], 16)
        ]
        numbers = {each["hash"]: int(each["nonce"], 16) for each in found}
        kept = record.read(folder / record.RECORD)
        made = [*kept["contracts"], *kept["steps"]]
        places = tuple(
            (
                each.get("step") or each["name"],
                numbers.get(each.pop("transaction")),
                each.pop("block"),
                each.pop("gasUsed"),
            )
            for each in made
        )
        review = self.platform.review if isinstance(deployment, SaleDeployment) else None
        return Final(
            record=kept,
            sent=tuple((each["to"].lower(), each["value"], each["input"]) for each in found),
            numbers=tuple(numbers.values()),
            places=places,
            applications=review.call("applicationCount") if review else 0,
            bonds=self.bond_token.call("balanceOf", review.address) if review else 0,
        )

    def undisturbed(self, deployment: AnyDeployment, folder: Path, policy: Policy) -> Final:
        """How it ends when nothing happens; the chain is as it was before."""
        with self.undone():
            self.carry_out(deployment, folder, policy=policy)
            return self.final(deployment, folder)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens inside has not happened afterwards."""
        snapshot, before = self.chain.snapshot(), dict(self.__dict__)
        try:
            yield
        finally:
            self.chain.revert(snapshot)
            self.__dict__.clear()
            self.__dict__.update(before)


def entries_of(folder: Path, kind: str) -> list[Entry]:
    """The entries of one kind, of the journal in the folder."""
    return [each for each in journal.read(folder / record.JOURNAL) if each["entry"] == kind]


def _years_to(now: int) -> int:
    """How many years after that of the demo a time is, and one more."""
    return datetime.fromtimestamp(now, UTC).year - 2019 + 1


def _moved(value: Any, years: int) -> Any:
    """Tables with every time so many years later, in days of a fixed length: weeks stay weeks."""
    if isinstance(value, dict):
        return {name: _moved(each, years) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, years) for each in value]
    return value + timedelta(days=365 * years) if isinstance(value, datetime) else value


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) < 600 else f"{text[:600]}.."
