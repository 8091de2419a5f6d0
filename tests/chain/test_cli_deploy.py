"""The commands that deploy: from two files and an account to a listed sale, stopped and resumed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jumpstart.chain.client import Chain
from jumpstart.chain.node import LocalNode
from jumpstart.chain.sale import Sale
from tests.chain.site import PLATFORM, Site
from tests.chain.stage import Stage
from tests.unit.conftest import PROJECT


@pytest.fixture
def site(node: LocalNode, chain: Chain, stage: Stage, tmp_path: Path) -> Site:
    return Site.built(node, chain, stage.payment_token.address, tmp_path)


def test_a_platform_and_a_sale_are_deployed_by_two_files(site: Site, chain: Chain) -> None:
    """The second stops at the review, and is resumed after it without saying anything again."""
    status, out, err = site.applied(PLATFORM)
    assert (status, "record: " in out) == (0, True), err
    platform = site.platform()
    assert platform.review.call("chair") == site.accounts[1]

    status, out, err = site.applied(site.sale)
    assert status == 0, err
    assert (
        out == "waiting for the reviewers: Review: commit, reveal, decide. Then: jumpstart resume\n"
    )
    assert not site.record("my-sale").exists()
    _, out, _ = site.run("status", str(site.of("my-sale")))
    assert "application: 1, applied" in out

    site.approve()
    status, out, err = site.run("resume", str(site.sale), "--from", site.sender, "--json")
    assert status == 0, err
    found = json.loads(out)
    sale = Sale.at(chain, found["results"]["list"]["sale"])
    assert sale.sale_token.call("balanceOf", sale.address) == sale.terms.supply
    assert sale.sale_token.call("name") == "Eminer"
    record = json.loads(site.record("my-sale").read_text())
    assert [each["name"] for each in record["contracts"]] == [
        "ProjectToken",
        "SubscriptionSale",
        "ProceedsEscrow",
    ]
    _, out, _ = site.run("status", str(site.of("my-sale")), "--json")
    assert json.loads(out)["state"] == "done"


def test_one_address_book_serves_all_files(site: Site) -> None:
    """What a file does not name is for another one; what is said for it alone has to be in it."""
    books = [site.folder / f"{name}.names.toml" for name in ("example", "my-sale")]
    both = "".join(book.read_text() for book in books)
    for book in books:
        book.write_text(both)
    assert site.applied(PLATFORM)[0] == 0
    assert site.applied(site.sale)[0] == 0
    nobody = f"nobody={site.accounts[9]}"
    status, _, err = site.run("plan", str(site.sale), "--from", site.sender, "--account", nobody)
    assert (status, "account nobody: the terms name nobody so" in err) == (2, True)


def test_a_plan_shows_everything_and_does_nothing(site: Site, chain: Chain) -> None:
    """As a table, as JSON, as a picture; nothing is sent, nothing is written."""
    site.applied(PLATFORM)
    names, sale = str(site.folder / "my-sale.names.toml"), str(site.sale)
    height, files = chain.block_number(), sorted(site.folder.rglob("*"))
    planned = ("plan", sale, "--accounts", names, "--from", site.sender)
    status, table, err = site.run(*planned)
    assert status == 0, err
    assert "applicant" in table
    assert "33,600,000 EM" in table
    status, out, _ = site.run(*planned, "--json")
    assert status == 0
    keys = [row["key"] for row in json.loads(out)["rows"]]
    assert keys[-3:] == ["approval", "approve-tokens", "list"]
    assert json.loads(site.run(*planned, "--format", "json")[1]) == json.loads(out)
    status, out, _ = site.run(*planned, "--format", "svg")
    assert (status, out.startswith("<svg"), out.rstrip().endswith("</svg>")) == (0, True, True)
    status, out, err = site.run(*planned, "--format", "safe")
    assert (status, out) == (2, "")
    assert site.sender in err
    assert (chain.block_number(), sorted(site.folder.rglob("*"))) == (height, files)


def test_what_is_done_is_not_sent_again(site: Site, chain: Chain) -> None:
    """Nor does the record change by a byte."""
    site.applied(PLATFORM)
    record, height = site.record("example").read_bytes(), chain.block_number()
    status, _, _ = site.run("resume", str(PLATFORM), "--from", site.sender)
    assert (status, chain.block_number()) == (0, height)
    assert site.record("example").read_bytes() == record


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
    review = site.platform().review
    chain.mine_at(review.call("expiryOf", 1))
    height = chain.block_number()
    status, _, err = site.run("resume", str(site.sale), "--from", site.sender)
    assert (status, chain.block_number()) == (1, height)
    assert "application 1: rejected, expected approved" in err
