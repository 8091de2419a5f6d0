"""Verifies a record: everything is compared, and all that differs is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jumpstart.chain.client import Chain
from jumpstart.deployment import record as records
from jumpstart.deployment.verification.expected import (
    ExpectedPlatform,
    ExpectedSale,
    expected_platform,
    expected_sale,
)
from jumpstart.deployment.verification.findings import Findings
from jumpstart.deployment.verification.platforms import check_platform
from jumpstart.deployment.verification.rebuild import platform_code, sale_code
from jumpstart.deployment.verification.records import (
    check_compiler,
    check_contracts,
    check_identity,
    check_steps,
)
from jumpstart.deployment.verification.sales import check_sale
from jumpstart.errors import InputError, located


def verify(path: Path, chain: Chain) -> Findings:
    """Compares a record with the chain, and with the sources of this checkout.

    Raises `InputError` for what is no record, or has inputs that are none.
    """
    record = records.read(path)
    with located(str(path)):
        _require_shape(record)
        findings = Findings()
        check_identity(record, chain, findings)
        expected = _expected(record, chain)
    check_compiler(record, path.parent, findings)
    rebuilt = (
        platform_code(expected, chain.artifacts, chain.chain_id)
        if isinstance(expected, ExpectedPlatform)
        else sale_code(expected, chain.artifacts, chain.chain_id)
    )
    check_contracts(record, expected.contracts, rebuilt, chain, findings)
    receipts = check_steps(record, expected, chain, findings)
    blocks = [receipt.block_number for receipt in receipts.values()]
    from_block = min(blocks, default=0)
    if findings.differences:
        # What is not where it must be cannot be asked for more.
        standing = [each for each in expected.contracts if chain.code(each.address)]
        if len(standing) < len(expected.contracts):
            return findings
    if isinstance(expected, ExpectedPlatform):
        check_platform(expected, chain, receipts, from_block, findings)
    else:
        check_sale(expected, chain, receipts, from_block, findings)
    return findings


def _expected(record: Mapping[str, Any], chain: Chain) -> ExpectedPlatform | ExpectedSale:
    if record["kind"] == "platform":
        return expected_platform(record["inputs"], chain.artifacts)
    if record["kind"] != "sale":
        raise InputError(f"kind: {record['kind']!r}, expected platform or sale")
    applied: Mapping[str, Any] = next(
        (row for row in record["steps"] if row.get("step") == "apply"), {}
    )
    number = (applied.get("results") or {}).get("application")
    if not (isinstance(number, str) and number.isdecimal()):
        raise InputError(f"steps: apply: results: application is {number!r}, expected a number")
    return expected_sale(record["inputs"], int(number), chain)


def _require_shape(record: Mapping[str, Any]) -> None:
    kinds = {"inputs": dict, "compiler": dict, "contracts": list, "steps": list, "gates": list}
    for field, kind in kinds.items():
        if not isinstance(record.get(field), kind):
            raise InputError(f"{field}: expected {kind.__name__}, found {record.get(field)!r}")
    for field in ("contracts", "steps"):
        if not all(isinstance(row, dict) for row in record[field]):
            raise InputError(f"{field}: expected objects")
    for field in ("kind", "chainId"):
        if field not in record["inputs"]:
            raise InputError(f"inputs: has no {field}")
