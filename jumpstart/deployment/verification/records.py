"""A record against the chain: identity, compiler, contracts and their code, transactions."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jumpstart.chain.client import Chain, Receipt
from jumpstart.chain.compiler import EVM_VERSION, OPTIMIZER_RUNS, SOLC_VERSION, VIA_IR
from jumpstart.deployment import record as records
from jumpstart.deployment.verification.expected import (
    ExpectedContract,
    ExpectedPlatform,
    ExpectedSale,
    ExpectedStep,
)
from jumpstart.deployment.verification.findings import Findings
from jumpstart.deployment.verification.rebuild import where_it_differs
from jumpstart.errors import ChainError
from jumpstart.hashing import keccak256

_FIELDS: Final = (
    *("kind", "title", "chainId", "genesis", "inputs", "compiler", "contracts", "steps", "gates"),
)
_GATES: Final = ("approval",)


def check_identity(record: Mapping[str, Any], chain: Chain, findings: Findings) -> None:
    """The chain, and that the record says the same of itself everywhere."""
    inputs = record["inputs"]
    findings.equal("record", "fields of the record", sorted(_FIELDS), sorted(record))
    findings.equal("record", "chainId", chain.chain_id, record["chainId"])
    findings.reads("record", "genesis", record["genesis"], lambda: chain.header(0).hash)
    findings.equal("record", "inputs.chainId", chain.chain_id, inputs["chainId"])
    findings.equal("record", "inputs.kind", record["kind"], inputs["kind"])
    findings.equal("record", "title", inputs["title"], record["title"])


def check_compiler(record: Mapping[str, Any], folder: Path, findings: Findings) -> None:
    """The settings, and that the input beside the record is the one of these sources."""
    compiler = record["compiler"]
    own = records.compiler_input()
    expected = {
        "version": SOLC_VERSION,
        "evmVersion": EVM_VERSION,
        "optimizerRuns": OPTIMIZER_RUNS,
        "viaIR": VIA_IR,
        "inputSha256": hashlib.sha256(own.encode()).hexdigest(),
    }
    findings.equal("compiler", "fields of compiler", sorted(expected), sorted(compiler))
    for field, value in expected.items():
        findings.equal("compiler", f"compiler.{field}", value, compiler.get(field))
    beside = folder / records.COMPILER_INPUT
    try:
        digest = hashlib.sha256(beside.read_bytes()).hexdigest()
    except OSError as error:
        digest = f"no file ({error.strerror})"
    findings.equal(
        "compiler", f"SHA-256 of {records.COMPILER_INPUT}", compiler.get("inputSha256"), digest
    )


def check_contracts(
    record: Mapping[str, Any],
    expected: Sequence[ExpectedContract],
    code: Mapping[str, bytes],
    chain: Chain,
    findings: Findings,
) -> None:
    """Addresses, arguments, and the code on the chain against the rebuilt one."""
    rows = record["contracts"]
    names = [each.name for each in expected]
    if not findings.equal(
        "contracts", "names of contracts", names, [row.get("name") for row in rows]
    ):
        return
    for each, row in zip(expected, rows, strict=True):
        what = f"contracts.{each.name}"
        values: dict[str, Any] = {
            "name": each.name,
            "address": each.address,
            "codeHash": "0x" + keccak256(code[each.address]).hex(),
        }
        if each.implementation is None:
            values["constructorArguments"] = "0x" + each.arguments.hex()
        else:
            values["implementation"] = each.implementation
            values["cloneArguments"] = "0x" + each.arguments.hex()
        made = ("transaction", "block", "gasUsed")
        findings.equal("contracts", f"{what}: fields", sorted((*values, *made)), sorted(row))
        for field, value in values.items():
            findings.equal("contracts", f"{what}.{field}", value, row.get(field))
        step: Mapping[str, Any] = next(
            (step for step in record["steps"] if step.get("step") == each.step), {}
        )
        for field in made:
            findings.equal("contracts", f"{what}.{field}", step.get(field), row.get(field))
        _check_code(each, code[each.address], chain, findings)


def _check_code(each: ExpectedContract, expected: bytes, chain: Chain, findings: Findings) -> None:
    try:
        found = chain.code(each.address)
    except ChainError as error:
        findings.equal("code", f"code of {each.name}", "the rebuilt one", f"no answer: {error}")
        return
    why = "" if found == expected else where_it_differs(chain.artifacts[each.name], expected, found)
    rebuilt, there = ("0x" + keccak256(code).hex() for code in (expected, found))
    findings.equal("code", f"code of {each.name} at {each.address}", rebuilt, there, why)
    if each.implementation is not None:
        artifact = chain.artifacts[each.name]
        matches = artifact.matches(chain.code(each.implementation))
        findings.equal("code", f"code that {each.name} is a clone of", True, matches)


def check_steps(
    record: Mapping[str, Any],
    expected: ExpectedPlatform | ExpectedSale,
    chain: Chain,
    findings: Findings,
) -> dict[str, Receipt]:
    """Every transaction, as the chain has it; the receipts by step."""
    rows = record["steps"]
    keys = [step.key for step in expected.steps]
    receipts: dict[str, Receipt] = {}
    gates = [step.key for step in expected.steps if step.key in _GATES]
    findings.equal("record", "gates", gates, record["gates"])
    if not findings.equal("transactions", "steps", keys, [row.get("step") for row in rows]):
        return receipts
    for step, row in zip(expected.steps, rows, strict=True):
        fields = ("step", "transaction", "block", "gasUsed", "results")
        findings.equal("transactions", f"{step.key}: fields", sorted(fields), sorted(row))
        results = dict(sorted(step.results.items()))
        findings.equal("transactions", f"{step.key}: results", results, row.get("results"))
        if row.get("transaction") is None:
            for field in ("block", "gasUsed"):
                findings.equal("transactions", f"{step.key}: {field}", None, row.get(field))
            if step.to is not None:
                findings.leave(step.key, "its effect was there before, or came from others")
            continue
        receipt = _check_transaction(step, row, expected.sender, chain, findings)
        if receipt is not None:
            receipts[step.key] = receipt
    return receipts


def _check_transaction(
    step: ExpectedStep, row: Mapping[str, Any], sender: str, chain: Chain, findings: Findings
) -> Receipt | None:
    name, wanted = step.key, str(row["transaction"])
    try:
        receipt = chain.receipt(wanted)
        sent = chain.request("eth_getTransactionByHash", wanted)
    except ChainError as error:
        findings.equal("transactions", f"{name}: transaction", wanted, f"no answer: {error}")
        return None
    if receipt is None or sent is None:
        findings.equal("transactions", f"{name}: transaction", wanted, None, "the chain has none")
        return None
    check = findings.equal
    check("transactions", f"{name}: transaction", receipt.transaction_hash, wanted)
    check("transactions", f"{name}: block", receipt.block_number, row.get("block"))
    check("transactions", f"{name}: gasUsed", receipt.gas_used, row.get("gasUsed"))
    check("transactions", f"{name}: succeeded", True, receipt.succeeded)
    if step.hash is not None:
        check("transactions", f"{name}: the transaction signed in advance", step.hash, wanted)
        return receipt
    check("transactions", f"{name}: sender", sender, receipt.sender)
    check("transactions", f"{name}: to", step.to, receipt.to)
    check("transactions", f"{name}: value", step.value, int(sent["value"], 16))
    check("transactions", f"{name}: data", step.data, bytes.fromhex(sent["input"][2:]))
    return receipt
