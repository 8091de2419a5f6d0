"""Where tests deploy from by the commands: files, names of accounts, and a node that holds the keys."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from eth_utils.address import to_checksum_address

from jumpstart import drafts, platforms
from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.chain.platform import Committee, Platform
from jumpstart.cli import main
from tests.unit.conftest import PROJECT

PLATFORM = PROJECT / "platforms" / "example.toml"


@dataclass(frozen=True)
class Site:
    """A platform to be deployed, and on it a sale three months from now, of a token that does not exist yet.
    The node signs for `accounts`: first who deploys and applies, from the fourth on the reviewers.
    """

    url: str
    chain: Chain
    folder: Path
    accounts: list[str]
    sale: Path

    @classmethod
    def built(cls, node: LocalNode, chain: Chain, payment_token: str, folder: Path) -> Self:
        """With all its files in `folder`."""
        known = chain.request("eth_accounts")[:10]
        accounts: list[str] = [to_checksum_address(each) for each in known]
        bond = chain.deploy(
            "ProjectToken", "Bond", "OKB", 18, 10**24, accounts[0], sender=accounts[0]
        )
        names: dict[str, str] = {
            name: bond.address if name == "bond-token" else accounts[place]
            for place, name in enumerate(platforms.read(PLATFORM).open_names)
        }
        _write_names(folder / "example.names.toml", names)

        sale = folder / "my-sale.toml"
        _write_sale(sale, chain.now() + 90 * 86_400)
        draft = drafts.read(sale)
        derived = {"sale-token", "pass-registry", "project"}
        others = [name for name in draft.open_names if name not in derived]
        people: dict[str, str] = {
            name: accounts[8 - place % 3] for place, name in enumerate(others)
        }
        people["payment-token"] = payment_token
        people["holding-token"] = bond.address
        _write_names(folder / "my-sale.names.toml", people)
        return cls(node.url, chain, folder, accounts, sale)

    @property
    def sender(self) -> str:
        return self.accounts[0]

    @property
    def reviewers(self) -> list[str]:
        return self.accounts[3:8]

    def of(self, name: str) -> Path:
        """The folder of a deployment."""
        return self.folder / "1337" / name

    def record(self, name: str) -> Path:
        return self.of(name) / "record.json"

    def run(self, *words: str, rpc: str | None = None) -> tuple[int, str, str]:
        """A command against the node: exit status, standard output, standard error."""
        out = ["--out", str(self.folder)] if words[0] in ("apply", "resume", "plan") else []
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            status = main([*words, "--rpc", rpc or self.url, *out])
        return status, stdout.getvalue(), stderr.getvalue()

    def applied(self, file: Path, *more: str) -> tuple[int, str, str]:
        names = self.folder / f"{file.stem}.names.toml"
        return self.run(
            "apply", str(file), "--accounts", str(names), "--from", self.sender, "--yes", *more
        )

    def platform(self) -> Platform:
        """The one that was deployed."""
        record = json.loads(self.record("example").read_text())
        (launchpad,) = (each for each in record["contracts"] if each["name"] == "Launchpad")
        return Platform.at(self.chain, launchpad["address"])

    def approve(self) -> None:
        """The reviewers approve the first application."""
        committee = Committee(platform=self.platform(), reviewers=self.reviewers)
        for transaction in committee.verdict(1):
            self.chain.send(transaction)

    def deploy_all(self) -> None:
        """The platform, and the sale to its listing."""
        for status, _, err in (self.applied(PLATFORM), self.applied(self.sale)):
            assert status == 0, err
        self.approve()
        status, _, err = self.run("resume", str(self.sale), "--from", self.sender)
        assert status == 0, err


def _write_names(path: Path, names: dict[str, str]) -> None:
    path.write_text("".join(f'{name} = "{address}"\n' for name, address in names.items()))


def _write_sale(path: Path, first_session: int) -> None:
    """The sale of July 2019 with all its times moved."""
    text = (PROJECT / "sales" / "em-2019-07.toml").read_text()
    moved = timedelta(seconds=first_session) - timedelta(
        seconds=int(datetime(2019, 7, 31, 4, tzinfo=UTC).timestamp())
    )

    def later(match: re.Match[str]) -> str:
        time = datetime.fromisoformat(match[0]) + moved
        return time.isoformat().replace("+00:00", "Z")

    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", later, text)
    path.write_text(text)
