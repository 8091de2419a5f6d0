"""From a file to a deployment: which kind it is, on which platform, and where its journal lies."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jumpstart import drafts, platforms
from jumpstart.accounts import checksummed, parse_account
from jumpstart.chain.client import Chain
from jumpstart.chain.platform import Platform
from jumpstart.deployment import record
from jumpstart.deployment.platform import LAUNCHPAD_STEP, PlatformDeployment
from jumpstart.deployment.sale import SaleDeployment
from jumpstart.deployment.steps import Deployment
from jumpstart.drafts import Draft
from jumpstart.errors import InputError, located
from jumpstart.files import read_text
from jumpstart.platforms import PlatformDraft

FOLDER: Final = Path("deployments")
"""Where journals and records are kept, by chain id and name of the file."""


def read(path: Path) -> Draft | PlatformDraft:
    """The draft in a file: a platform's has a table `[review]`. Raises `InputError`."""
    with located(str(path)):
        try:
            tables = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"not TOML: {error}") from None
    return platforms.read(path) if "review" in tables else drafts.read(path)


def address_book(path: Path) -> dict[str, str]:
    """The addresses by name in a TOML file of `name = "0x.."` lines. Raises `InputError`."""
    with located(str(path)):
        try:
            entries = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"not TOML: {error}") from None
        found = {}
        for name, address in entries.items():
            with located(name):
                if not isinstance(address, str):
                    raise InputError(f"{address!r} is no address in quotes")
                found[name] = checksummed(parse_account(address))
        return found


def folder_of(path: Path, chain_id: int, root: Path = FOLDER) -> Path:
    """Where the journal and the record of a file's deployment lie."""
    return root / str(chain_id) / path.stem


def deployment_of(
    draft: Draft | PlatformDraft,
    chain: Chain,
    *,
    sender: str,
    accounts: Mapping[str, str],
    platform: str | None,
    root: Path = FOLDER,
) -> Deployment:
    """The deployment of a draft. `platform`: for a sale, a platform's record or launchpad; else the
    only one that has a record for this chain.

    Raises `InputError` as `resolve` does, and for names that the draft does not have.
    """
    if draft.chain_id != chain.chain_id:
        raise InputError(f"chain_id: {draft.chain_id}, the node is chain {chain.chain_id}")
    if isinstance(draft, Draft):
        launchpad, block = _launchpad_of(platform, chain.chain_id, root)
        return SaleDeployment.of(
            draft,
            Platform.at(chain, launchpad),
            accounts=accounts,
            sender=sender,
            first_block=block,
        )
    known = {*draft.accounts, *draft.open_names}
    for name in accounts:
        if name not in known:
            raise InputError(f"account {name}: the file names nobody so")
    return PlatformDeployment(
        draft=draft, terms=draft.resolve(accounts), sender=sender, artifacts=chain.artifacts
    )


def _launchpad_of(platform: str | None, chain_id: int, root: Path) -> tuple[str, int]:
    """The address of the launchpad, and a block before which there was none of it."""
    if platform is not None and platform.startswith("0x"):
        with located("--platform"):
            return checksummed(parse_account(platform)), 0
    if platform is not None:
        return _of_record(Path(platform), chain_id)
    found = [
        path
        for path in sorted((root / str(chain_id)).glob(f"*/{record.RECORD}"))
        if record.read(path)["kind"] == "platform"
    ]
    if len(found) != 1:
        names = ", ".join(map(str, found)) or "none"
        raise InputError(
            f"--platform: say which; records of platforms on chain {chain_id}: {names}"
        )
    return _of_record(found[0], chain_id)


def _of_record(path: Path, chain_id: int) -> tuple[str, int]:
    content = record.read(path)
    with located(str(path)):
        if content["kind"] != "platform":
            raise InputError(f"kind: {content['kind']}, expected platform")
        if content["chainId"] != chain_id:
            raise InputError(f"chainId: {content['chainId']}, the node is chain {chain_id}")
        steps = {step["step"]: step for step in content["steps"]}
        blocks = [step["block"] for step in content["steps"] if step["block"] is not None]
        return steps[LAUNCHPAD_STEP]["results"]["address"], min(blocks, default=0)
