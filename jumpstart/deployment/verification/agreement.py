"""The inputs against what was really given: to constructors, when applying, when listing.

Another input is another deployment, at other addresses. That alone would say that something differs
everywhere; here it is said which input.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from jumpstart.accounts import checksummed
from jumpstart.chain.abi import types_of
from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.compiler import Artifact
from jumpstart.chain.factory import FACTORY
from jumpstart.deployment.verification.checks import Checks
from jumpstart.deployment.verification.expected import APPLY, LIST, blueprint_of
from jumpstart.deployment.verification.inputs import PlatformInputs, SaleInputs
from jumpstart.errors import ChainError
from jumpstart.terms import ListingTerms
from jumpstart.writing import plain

_SALT_SIZE: Final = 32


def check_platform_inputs(
    record: Mapping[str, Any],
    inputs: PlatformInputs,
    chain: Chain,
    receipts: Mapping[str, Receipt],
    checks: Checks,
) -> None:
    """Rules and roles against the constructor's arguments as recorded, the salt against the chain."""
    artifacts = chain.artifacts
    given = _arguments(record, artifacts["ProjectReview"], checks)
    if given is not None:
        rules, _, chair, guardian, reviewers = given
        names = plain(inputs.rules).keys()
        _compare(
            checks,
            {
                "rules": dict(zip(names, map(_plain, rules), strict=True)),
                "chair": _plain(chair),
                "guardian": _plain(guardian),
                "reviewers": _plain(reviewers),
            },
            inputs,
        )
    given = _arguments(record, artifacts["LaunchpadCreator"], checks)
    if given is not None:
        _compare(checks, {"sender": _plain(given[0])}, inputs)
    made = receipts.get("create-LaunchpadCreator")
    if made is not None and made.to == FACTORY:
        data = chain.request("eth_getTransactionByHash", made.transaction_hash)["input"]
        checks.compare(
            "record",
            "inputs.salt, as it makes one with rules and roles",
            bytes.fromhex(data[2:])[:_SALT_SIZE],
            blueprint_of(inputs, artifacts).creations["LaunchpadCreator"].salt,
        )


def check_sale_inputs(
    record: Mapping[str, Any],
    inputs: SaleInputs,
    number: int,
    chain: Chain,
    receipts: Mapping[str, Receipt],
    checks: Checks,
) -> None:
    """The token against its constructor's arguments as recorded, all else against the chain's events."""
    artifacts = chain.artifacts
    rows = [row for row in _rows(record) if row.get("name") == "ProjectToken"]
    checks.compare(
        "record", "inputs.createdToken: there is one", bool(rows), inputs.created_token is not None
    )
    if inputs.created_token is not None and rows:
        given = _arguments(record, artifacts["ProjectToken"], checks)
        if given is not None:
            names = plain(inputs.created_token).keys()
            pairs = zip(names, map(_plain, given[:-1]), strict=True)
            _compare(checks, {"createdToken": dict(pairs), "sender": _plain(given[-1])}, inputs)
    applied = _event(chain, "ProjectReview", receipts.get(APPLY), "Applied")
    if applied is not None:
        said = {
            "sender": applied["applicant"],
            "dossierUri": applied["dossierUri"],
            "dossierSha256": _plain(applied["dossierHash"]),
            "termsHash": _plain(applied["termsHash"]),
        }
        _compare(checks, said, inputs)
        what = f"steps.{APPLY}.results.application"
        checks.compare("record", what, applied["id"], number)
    listed = _event(chain, "Launchpad", receipts.get(LIST), "Listed")
    if listed is not None:
        assert receipts[LIST].to is not None
        terms = ListingTerms.decoded(listed["terms"])
        _compare(checks, {"launchpad": receipts[LIST].to, "terms": terms.written()}, inputs)


def _compare(checks: Checks, given: Mapping[str, Any], inputs: PlatformInputs | SaleInputs) -> None:
    written = plain(inputs)
    checks.compare("record", "inputs", given, {name: written[name] for name in given})


def _rows(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = record["contracts"] if isinstance(record["contracts"], list) else []
    return [row for row in rows if isinstance(row, Mapping)]


def _arguments(
    record: Mapping[str, Any], artifact: Artifact, checks: Checks
) -> tuple[Any, ...] | None:
    """The arguments of a constructor as the record has them; None, and a difference, for none."""
    where = f"contracts: constructorArguments of {artifact.name}"
    row = next((row for row in _rows(record) if row.get("name") == artifact.name), {})
    written = row.get("constructorArguments")
    (entry,) = (entry for entry in artifact.abi if entry["type"] == "constructor")
    try:
        if not isinstance(written, str):
            raise ValueError
        return decode(types_of(entry["inputs"]), bytes.fromhex(written.removeprefix("0x")))
    except (ValueError, DecodingError, OverflowError):
        checks.fail("record", where, "encoded arguments", str(written))
        return None


def _event(
    chain: Chain, name: str, receipt: Receipt | None, event: str
) -> Mapping[str, Any] | None:
    """What the contract that the transaction went to has said there; None where it said nothing."""
    if receipt is None or receipt.to is None:
        return None
    found: list[Any] = []
    with suppress(ChainError, DecodingError, ValueError):
        found = chain.contract(name, receipt.to).events(receipt, event)
    return found[0].args if found else None


def _plain(value: Any) -> Any:
    """A decoded value in the form of the inputs: eth_abi gives addresses in lower case."""
    if isinstance(value, str) and value.startswith("0x") and len(value) == len(FACTORY):
        return checksummed(bytes.fromhex(value[2:]))
    if isinstance(value, tuple | list):
        return list(map(_plain, value))
    return plain(value)
