"""The commands that deploy: from two files and an account to a listed sale, stopped and resumed."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from jumpstart import drafts, platforms
from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.chain.platform import Committee, Platform
from jumpstart.chain.sale import Sale
from jumpstart.cli import main
from tests.chain.stage import Stage
from tests.unit.conftest import PROJECT

PLATFORM = PROJECT / "platforms" / "example.toml"
DOSSIER = "ab" * 32

Run = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Site:
    """Where it is deployed from: files, names of accounts, the node's own keys."""

    run: Run
    folder: Path
    accounts: list[str]
    sale: Path

    @property
    def sender(self) -> str:
        return self.accounts[0]

    @property
    def reviewers(self) -> list[str]:
        return self.accounts[3:8]

    def of(self, name: str) -> Path:
        return self.folder / "1337" / name

    def applied(self, file: Path, *more: str) -> tuple[int, str, str]:
        names = self.folder / f"{file.stem}.names.toml"
        return self.run(
            "apply", str(file), "--accounts", str(names), "--from", self.sender, "--yes", *more
        )

    def platform(self, chain: Chain) -> Platform:
        record = json.loads((self.of("example") / "record.json").read_text())
        (launchpad,) = (each for each in record["contracts"] if each["name"] == "Launchpad")
        return Platform.at(chain, launchpad["address"])


@pytest.fixture
def site(
    node: LocalNode, chain: Chain, stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Site:
    """A sale that begins three months from now, of a token that does not exist yet."""
    folder = tmp_path / "deployments"
    folder.mkdir()

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        out = ["--out", str(folder)] if words[0] in ("apply", "resume", "plan") else []
        status = main([*words, "--rpc", node.url, *out])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    accounts: list[str] = [to_checksum_address(each) for each in chain.request("eth_accounts")[:10]]
    bond = chain.deploy("ProjectToken", "Bond", "OKB", 18, 10**24, accounts[0], sender=accounts[0])
    names: dict[str, str] = {
        name: bond.address if name == "bond-token" else accounts[place]
        for place, name in enumerate(platforms.read(PLATFORM).open_names)
    }
    _write_names(folder / "example.names.toml", names)

    sale = tmp_path / "my-sale.toml"
    _write_sale(sale, chain.now() + 90 * 86_400)
    draft = drafts.read(sale)
    known = {"sale-token", "pass-registry", "project"}
    others = [name for name in draft.open_names if name not in known]
    people: dict[str, str] = {name: accounts[8 - place % 3] for place, name in enumerate(others)}
    people["payment-token"] = stage.payment_token.address
    _write_names(folder / "my-sale.names.toml", people)
    return Site(run, folder, accounts, sale)


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
    if "[application]" not in text:
        application = f'applicant = "project"\ndossier_uri = "x"\ndossier_sha256 = "{DOSSIER}"'
        text = text.replace("[tokens.sale]\n", f"[application]\n{application}\n\n[tokens.sale]\n")
    if "creation" not in text:
        creation = 'creation = { name = "Eminer", supply = "2100000000 EM" }'
        text = text.replace("[tokens.sale]\n", f"[tokens.sale]\n{creation}\n")
    path.write_text(text)


def test_a_platform_and_a_sale_are_deployed_by_two_files(site: Site, chain: Chain) -> None:
    """The second stops at the review, and is resumed after it without saying anything again."""
    status, out, err = site.applied(PLATFORM)
    assert (status, "record: " in out) == (0, True), err
    platform = site.platform(chain)
    assert platform.review.call("chair") == site.accounts[1]

    status, out, err = site.applied(site.sale)
    assert status == 0, err
    assert (
        out == "waiting for the reviewers: Review: commit, reveal, decide. Then: jumpstart resume\n"
    )
    assert not (site.of("my-sale") / "record.json").exists()
    _, out, _ = site.run("status", str(site.of("my-sale")))
    assert "application: 1, applied" in out

    for transaction in Committee(platform=platform, reviewers=site.reviewers).verdict(1):
        chain.send(transaction)
    status, out, err = site.run("resume", str(site.sale), "--from", site.sender, "--json")
    assert status == 0, err
    found = json.loads(out)
    sale = Sale.at(chain, found["results"]["list"]["sale"])
    assert sale.sale_token.call("balanceOf", sale.address) == sale.terms.supply
    assert sale.sale_token.call("name") == "Eminer"
    record = json.loads((site.of("my-sale") / "record.json").read_text())
    assert [each["name"] for each in record["contracts"]] == [
        "ProjectToken",
        "SubscriptionSale",
        "ProceedsEscrow",
    ]
    _, out, _ = site.run("status", str(site.of("my-sale")), "--json")
    assert json.loads(out)["state"] == "done"


def test_what_is_done_is_not_sent_again(site: Site, chain: Chain) -> None:
    """Nor does the record change by a byte."""
    site.applied(PLATFORM)
    record, height = (site.of("example") / "record.json").read_bytes(), chain.block_number()
    status, _, _ = site.run("resume", str(PLATFORM), "--from", site.sender)
    assert (status, chain.block_number()) == (0, height)
    assert (site.of("example") / "record.json").read_bytes() == record


def test_a_lost_journal_costs_nothing(site: Site, chain: Chain) -> None:
    """What stands is found where it stands; no second bond is paid."""
    site.applied(PLATFORM)
    site.applied(site.sale)
    height = chain.block_number()
    for name in ("example", "my-sale"):
        (site.of(name) / "journal.jsonl").unlink()
    assert site.applied(PLATFORM)[0] == 0
    assert site.applied(site.sale)[0] == 0
    assert chain.block_number() == height


Change = Callable[[Site], tuple[str, ...]]


def _other_terms(site: Site) -> tuple[str, ...]:
    site.sale.write_text(site.sale.read_text().replace('minimum = "1 EM"', 'minimum = "2 EM"'))
    return "resume", str(site.sale), "--from", site.sender


def _other_account(site: Site) -> tuple[str, ...]:
    return "resume", str(site.sale), "--from", site.accounts[9]


def _other_name(site: Site) -> tuple[str, ...]:
    return (
        *("resume", str(site.sale), "--from", site.sender),
        *("--account", f"attester={site.accounts[9]}"),
    )


def _again(site: Site) -> tuple[str, ...]:
    names = str(site.folder / "my-sale.names.toml")
    return "apply", str(site.sale), "--from", site.sender, "--accounts", names, "--yes"


def _nothing_begun(site: Site) -> tuple[str, ...]:
    return "resume", str(PROJECT / "sales" / "demo.toml"), "--from", site.sender


def _stranger(site: Site) -> tuple[str, ...]:
    return (*_again(site), "--account", f"nobody={site.accounts[9]}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_terms, "deal.minimum: begun with 1000000000000000000, now 2000000000000000000"),
        (_other_account, "inputs.sender: begun with"),
        (_other_name, "attesters[0]: begun with"),
        (_again, "this deployment has begun, resume it"),
        (_nothing_begun, "there is no such deployment to resume"),
        (_stranger, "account nobody: the terms name nobody so"),
    ],
)
def test_another_deployment_is_refused_with_what_differs(
    site: Site, chain: Chain, change: Change, words: str
) -> None:
    """Nothing is sent, and the journal stays as it was."""
    site.applied(PLATFORM)
    site.applied(site.sale)
    height, journal = chain.block_number(), (site.of("my-sale") / "journal.jsonl").read_bytes()
    status, out, err = site.run(*change(site))
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert chain.block_number() == height
    assert (site.of("my-sale") / "journal.jsonl").read_bytes() == journal


def test_nobody_is_asked_where_nobody_is(site: Site, chain: Chain) -> None:
    """A script says --yes."""
    height = chain.block_number()
    names = str(site.folder / "example.names.toml")
    status, _, err = site.run("apply", str(PLATFORM), "--from", site.sender, "--accounts", names)
    assert (status, chain.block_number()) == (2, height)
    assert "--yes is needed where nobody can be asked" in err
    assert not site.of("example").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--max-fee", "1"], "--max-fee: '1' has the unit ''"),
        (["--max-fee", "0.000000001 gwei"], "--max-fee: a gas costs"),
        (["--network", "ethereum"], "ethereum is chain 1, the node is chain 1337"),
        (["--network", "mars"], "--network: 'mars' is none of ethereum"),
        (["--account", "chair"], "--account: 'chair' is not NAME=0x.."),
    ],
)
def test_bad_options_cost_one_line(site: Site, options: list[str], words: str) -> None:
    """And nothing stays behind."""
    status, out, err = site.applied(PLATFORM, *options)
    assert (status != 0, out) == (True, "")
    assert words in err.splitlines()[-1]


def test_a_rejected_application_stops_the_deployment(site: Site, chain: Chain) -> None:
    """And says so; it is no reason to send anything."""
    site.applied(PLATFORM)
    site.applied(site.sale)
    review = site.platform(chain).review
    chain.mine_at(review.call("expiryOf", 1))
    height = chain.block_number()
    status, _, err = site.run("resume", str(site.sale), "--from", site.sender)
    assert (status, chain.block_number()) == (1, height)
    assert "application 1: rejected, expected approved" in err
