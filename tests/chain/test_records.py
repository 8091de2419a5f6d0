"""The same input on the same chain makes the same record, to the byte."""

from pathlib import Path
from typing import Literal

from jumpstart.chain.client import Chain
from jumpstart.chain.compiler import Artifacts
from jumpstart.chain.node import LocalNode
from tests.chain.conftest import START
from tests.chain.site import Site

NAMES = ("example", "my-sale")


def deployed(
    kind: Literal["ganache", "anvil"], artifacts: Artifacts, folder: Path
) -> dict[str, bytes]:
    """Everything that is kept of a platform and a sale, on a chain of their own."""
    folder.mkdir()
    with LocalNode(kind, start_time=START) as node:
        chain = Chain.connect(node.url, artifacts=artifacts)
        sender = chain.request("eth_accounts")[0]
        money = chain.deploy("ProjectToken", "Money", "USDT", 6, 10**15, sender, sender=sender)
        site = Site.built(node, chain, money.address, folder)
        site.deploy_all()
        found = {
            f"{name}/{path.name}": path.read_bytes()
            for name in NAMES
            for path in site.of(name).iterdir()
            if path.name != "journal.jsonl"
        }
        for name in NAMES:  # and once more, of the same deployment
            site.record(name).unlink()
        for file in ("platforms/example.toml", str(site.sale)):
            assert site.run("resume", file, "--from", site.sender)[0] == 0
        for name in NAMES:
            assert site.record(name).read_bytes() == found[f"{name}/record.json"]
        return found


def test_records_are_the_same_bytes(
    chain_kind: Literal["ganache", "anvil"], artifacts: Artifacts, tmp_path: Path
) -> None:
    """On two chains that began alike; and when it is written again."""
    first = deployed(chain_kind, artifacts, tmp_path / "first")
    second = deployed(chain_kind, artifacts, tmp_path / "second")
    assert sorted(first) == sorted(
        f"{name}/{file}" for name in NAMES for file in ("record.json", "compiler-input.json")
    )
    assert first == second
